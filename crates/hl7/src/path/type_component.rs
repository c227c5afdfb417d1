//! Where the type code stands in fields that repeat by type: what `[L]` and `[type=MR]` mean.

/// The component that holds the type code of a field.
pub(super) const fn type_component(segment: [u8; 3], field: u16) -> Option<u16> {
    let mut rows = SEGMENTS;
    while let [(name, fields), rest @ ..] = rows {
        if same(*name, segment) {
            return component_of(fields, field);
        }
        rows = rest;
    }
    None
}

/// The identifier type code, CX.5.
const CX: u16 = 5;
/// The name type code, XPN.7.
const XPN: u16 = 7;
/// The address type, XAD.7.
const XAD: u16 = 7;
/// The telecommunication use code, XTN.2.
const XTN: u16 = 2;
/// The identifier type code, XCN.13.
const XCN: u16 = 13;
/// The identifier type code, XON.7.
const XON: u16 = 7;

/// A component, and the fields in which it holds the type code.
type Fields = &'static [(u16, &'static [u16])];

/// Every field of these data types, by the last version that has the field.
const SEGMENTS: &[([u8; 3], Fields)] = &[
    (*b"ABS", &[(XCN, &[1, 5, 8])]),
    (*b"ACC", &[(XAD, &[11]), (XCN, &[7])]),
    (*b"ADJ", &[(XON, &[15])]),
    (*b"AFF", &[(XAD, &[3]), (XON, &[2])]),
    (*b"AIP", &[(XCN, &[3])]),
    (*b"ARQ", &[(XAD, &[17]), (XTN, &[16, 20]), (XCN, &[15, 19])]),
    (*b"AUT", &[(XTN, &[27]), (XCN, &[24]), (XON, &[23])]),
    (*b"BLG", &[(CX, &[3])]),
    (*b"BPO", &[(XAD, &[9, 12])]),
    (*b"BPX", &[(XAD, &[19]), (XCN, &[20, 21]), (XON, &[9])]),
    (*b"BTX", &[(XCN, &[14, 15]), (XON, &[6])]),
    (*b"BUI", &[(XON, &[10])]),
    (*b"CDM", &[(CX, &[11]), (XON, &[12])]),
    (*b"CER", &[(XCN, &[5]), (XON, &[4])]),
    (*b"CM0", &[(XAD, &[11]), (XTN, &[10]), (XCN, &[5, 9])]),
    (*b"CON", &[(XPN, &[24])]),
    (*b"CSR", &[(CX, &[4, 5]), (XCN, &[7, 8])]),
    (*b"CTD", &[(XPN, &[2]), (XAD, &[3]), (XTN, &[5])]),
    (*b"DB1", &[(CX, &[3])]),
    (*b"DG1", &[(XCN, &[16])]),
    (
        *b"DON",
        &[(XPN, &[16, 20, 23, 24, 28]), (XCN, &[32, 33]), (XON, &[18])],
    ),
    (*b"DRG", &[(XPN, &[12])]),
    (*b"EDU", &[(XAD, &[8]), (XON, &[6])]),
    (*b"ERR", &[(XTN, &[12])]),
    (*b"EVN", &[(XCN, &[5])]),
    (
        *b"FAC",
        &[(XAD, &[3, 7, 11]), (XTN, &[4, 8, 12]), (XCN, &[5, 9])],
    ),
    (
        *b"FT1",
        &[(CX, &[30, 38, 39]), (XCN, &[20, 21, 24]), (XON, &[32, 33])],
    ),
    (*b"GOL", &[(XPN, &[21])]),
    (
        *b"GT1",
        &[
            (CX, &[2, 19, 29]),
            (XPN, &[3, 4, 16, 42, 45]),
            (XAD, &[5, 17]),
            (XTN, &[6, 7, 18, 46]),
            (XON, &[21, 51]),
        ],
    ),
    (
        *b"IAM",
        &[
            (XPN, &[14]),
            (XCN, &[18, 21, 23, 25]),
            (XON, &[19, 28, 29, 30]),
        ],
    ),
    (
        *b"IN1",
        &[
            (CX, &[3, 10, 49, 54]),
            (XPN, &[6, 16]),
            (XAD, &[5, 19, 44]),
            (XTN, &[7]),
            (XCN, &[30]),
            (XON, &[4, 9, 11]),
        ],
    ),
    (
        *b"IN2",
        &[
            (CX, &[1, 25, 26, 61]),
            (XPN, &[7, 9, 22, 40, 49, 52]),
            (XTN, &[50, 53, 58, 63, 64]),
            (XCN, &[3]),
            (XON, &[69, 70]),
        ],
    ),
    (
        *b"IN3",
        &[(CX, &[2]), (XTN, &[16, 19]), (XCN, &[3, 8, 14, 25])],
    ),
    (*b"ITM", &[(XON, &[16])]),
    (*b"IVC", &[(CX, &[20]), (XCN, &[12, 19]), (XON, &[10, 11])]),
    (*b"LDP", &[(XTN, &[11])]),
    (*b"LOC", &[(XAD, &[5]), (XTN, &[6]), (XON, &[4])]),
    (*b"LRL", &[(XON, &[5])]),
    (*b"MFE", &[(XCN, &[7])]),
    (*b"MRG", &[(CX, &[1, 2, 3, 4, 5, 6]), (XPN, &[7])]),
    (*b"MSH", &[(XON, &[22, 23])]),
    (
        *b"NK1",
        &[
            (CX, &[12, 33]),
            (XPN, &[2, 26, 30]),
            (XAD, &[4, 32]),
            (XTN, &[5, 6, 31, 40, 41]),
            (XON, &[13]),
        ],
    ),
    (*b"NTE", &[(XCN, &[5])]),
    (*b"OBR", &[(CX, &[53]), (XTN, &[17]), (XCN, &[10, 16, 28])]),
    (*b"OBX", &[(XAD, &[24]), (XCN, &[16, 25]), (XON, &[23])]),
    (*b"OM1", &[(XAD, &[28]), (XTN, &[17, 29])]),
    (*b"OM7", &[(XCN, &[20])]),
    (
        *b"ORC",
        &[
            (CX, &[33]),
            (XAD, &[22, 24]),
            (XTN, &[14, 23]),
            (XCN, &[10, 11, 12, 19]),
            (XON, &[21]),
        ],
    ),
    (*b"ORG", &[(CX, &[5])]),
    (*b"OVR", &[(XCN, &[4, 5])]),
    (*b"PCE", &[(CX, &[2])]),
    (*b"PD1", &[(CX, &[10]), (XCN, &[4]), (XON, &[3, 14])]),
    (*b"PDA", &[(XCN, &[5, 8])]),
    (*b"PDC", &[(XON, &[1])]),
    (*b"PEO", &[(XPN, &[19]), (XAD, &[7, 20]), (XTN, &[21])]),
    (
        *b"PES",
        &[(XAD, &[3]), (XTN, &[4]), (XCN, &[2]), (XON, &[1])],
    ),
    (
        *b"PID",
        &[
            (CX, &[2, 3, 4, 18, 21]),
            (XPN, &[5, 6, 9]),
            (XAD, &[11]),
            (XTN, &[13, 14, 40]),
        ],
    ),
    (
        *b"PM1",
        &[
            (CX, &[2]),
            (XPN, &[5]),
            (XAD, &[4]),
            (XTN, &[6]),
            (XON, &[3, 8]),
        ],
    ),
    (*b"PMT", &[(CX, &[10]), (XON, &[8, 11])]),
    (*b"PR1", &[(XCN, &[8, 11, 12])]),
    (
        *b"PRD",
        &[(XPN, &[2]), (XAD, &[3, 11]), (XTN, &[5, 13]), (XON, &[10])],
    ),
    (
        *b"PRT",
        &[(XAD, &[14]), (XTN, &[15]), (XCN, &[5]), (XON, &[8])],
    ),
    (*b"PSL", &[(CX, &[25]), (XCN, &[29, 30])]),
    (
        *b"PV1",
        &[(CX, &[5, 19, 50, 54]), (XCN, &[7, 8, 9, 17, 52])],
    ),
    (*b"PV2", &[(XCN, &[13]), (XON, &[23])]),
    (*b"PYE", &[(XPN, &[5]), (XAD, &[6]), (XON, &[4])]),
    (*b"QRD", &[(XCN, &[8])]),
    (
        *b"REL",
        &[(XAD, &[9]), (XTN, &[10]), (XCN, &[7]), (XON, &[8])],
    ),
    (*b"RF1", &[(XTN, &[23]), (XCN, &[20]), (XON, &[19])]),
    (
        *b"ROL",
        &[(XAD, &[11]), (XTN, &[12]), (XCN, &[4]), (XON, &[14])],
    ),
    (*b"RQD", &[(CX, &[7])]),
    (*b"RXA", &[(XAD, &[28]), (XCN, &[10])]),
    (*b"RXD", &[(XAD, &[31]), (XTN, &[34]), (XCN, &[10])]),
    (*b"RXE", &[(XAD, &[41, 43]), (XTN, &[45]), (XCN, &[13, 14])]),
    (*b"RXG", &[(XAD, &[28, 30])]),
    (*b"RXO", &[(XAD, &[33, 35]), (XTN, &[36]), (XCN, &[14, 15])]),
    (*b"SCD", &[(CX, &[33]), (XCN, &[25, 34])]),
    (
        *b"SCH",
        &[(XAD, &[14, 18]), (XTN, &[13, 17, 21]), (XCN, &[12, 16, 20])],
    ),
    (*b"SFT", &[(XON, &[1])]),
    (*b"SPM", &[(CX, &[30, 31])]),
    (
        *b"STF",
        &[(CX, &[2]), (XPN, &[3]), (XAD, &[11]), (XTN, &[10])],
    ),
    (*b"TXA", &[(XCN, &[5, 9, 10, 11, 23])]),
    (*b"URD", &[(XCN, &[3])]),
    (*b"VAR", &[(XCN, &[4])]),
];

const fn component_of(mut fields: Fields, field: u16) -> Option<u16> {
    while let [(component, numbers), rest @ ..] = fields {
        if contains(numbers, field) {
            return Some(*component);
        }
        fields = rest;
    }
    None
}

const fn contains(mut numbers: &[u16], wanted: u16) -> bool {
    while let [number, rest @ ..] = numbers {
        if *number == wanted {
            return true;
        }
        numbers = rest;
    }
    false
}

/// `==`, which is not const.
const fn same(left: [u8; 3], right: [u8; 3]) -> bool {
    left[0] == right[0] && left[1] == right[1] && left[2] == right[2]
}
