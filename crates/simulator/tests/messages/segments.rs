//! The segments that the standard requires of each type of message, in their order, as far as the
//! simulator uses them (chapters 3, 4, 7, 9 to 11 of 2.3.1 and 2.5.1).

pub(crate) fn of(kind: &str) -> &'static [&'static [u8]] {
    match kind {
        "ADT^A40" => &[b"MSH", b"EVN", b"PID", b"MRG"],
        "ADT^A01" | "ADT^A03" | "ADT^A04" | "ADT^A08" | "ADT^A28" | "ADT^A31" => {
            &[b"MSH", b"EVN", b"PID", b"PV1"]
        }
        "ORU^R01" => &[b"MSH", b"PID", b"OBR", b"OBX"],
        "SIU^S12" | "SIU^S13" | "SIU^S14" | "SIU^S15" | "SIU^S26" => {
            &[b"MSH", b"SCH", b"PID", b"RGS", b"AIS"]
        }
        "VXU^V04" => &[b"MSH", b"PID", b"ORC", b"RXA"],
        "ORM^O01" | "OML^O21" => &[b"MSH", b"PID", b"ORC", b"OBR"],
        "REF^I12" => &[b"MSH", b"RF1", b"PRD", b"PID"],
        "DFT^P03" => &[b"MSH", b"EVN", b"PID", b"FT1"],
        "MDM^T02" => &[b"MSH", b"EVN", b"PID", b"PV1", b"TXA", b"OBX"],
        "RDE^O11" => &[b"MSH", b"PID", b"ORC", b"RXE", b"RXR"],
        _ => panic!("no list of segments for {kind}"),
    }
}
