//! Where the type code stands in fields that repeat by type: what `[L]` and `[type=MR]` mean.

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

/// The component that holds the type code, by the data types of version 2.5.1.
pub(super) const fn type_component(segment: [u8; 3], field: u16) -> Option<u16> {
    match (&segment, field) {
        (b"PID", 2..=4 | 18 | 21)
        | (b"MRG", 1..=6)
        | (b"NK1", 12 | 33)
        | (b"GT1", 2 | 19)
        | (b"IN1", 49)
        | (b"PV1", 19 | 50) => Some(CX),
        (b"PID", 5 | 6 | 9)
        | (b"MRG", 7)
        | (b"NK1", 2 | 26 | 30)
        | (b"GT1", 3 | 4)
        | (b"IN1", 6 | 16) => Some(XPN),
        (b"PID", 11)
        | (b"NK1", 4 | 32)
        | (b"GT1", 5 | 17)
        | (b"IN1", 5 | 19)
        | (b"OBX", 24)
        | (b"ORC", 22 | 24) => Some(XAD),
        (b"PID", 13 | 14)
        | (b"NK1", 5 | 6 | 31)
        | (b"GT1", 6 | 7 | 18)
        | (b"IN1", 7)
        | (b"OBR", 17)
        | (b"ORC", 14 | 23) => Some(XTN),
        (b"PV1", 7 | 8 | 9 | 17 | 52)
        | (b"PD1", 4)
        | (b"OBR", 10 | 16 | 28)
        | (b"OBX", 16 | 25)
        | (b"ORC", 10 | 11 | 12 | 19)
        | (b"RXA", 10) => Some(XCN),
        (b"PD1", 3) | (b"OBX", 23) | (b"ORC", 21) => Some(XON),
        _ => None,
    }
}
