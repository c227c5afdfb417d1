//! Messages in sets whose characters can hold the bytes of delimiters.

use cistern_mapping::{Codes, Mapped, Mapping};
use hl7::Message;

use crate::render;

fn import(charset: &str, person: &[u8]) -> care::Import {
    let header = "MSH|^~\\&|EHR|HARBOR|CISTERN|HARBOR|20260401||ADT^A28|1|P|2.5.1";
    let header = format!("{header}||||||{charset}\rPID|1||4711^^^HARBOR^MR||");
    let bytes = [header.as_bytes(), person, b"||19940714|F\r"].concat();
    let codes = Codes::starter();
    let message = Message::parse(&bytes).unwrap();
    match Mapping::starter().apply(&message, &render::setting(&codes)) {
        Mapped::Import(import) => import,
        Mapped::NotWanted => panic!("wanted"),
    }
}

#[test]
fn a_name_that_holds_the_bytes_of_delimiters_is_whole() {
    for (charset, name, expected) in [
        // The second bytes are those of the tilde and the stroke.
        ("GB 18030-2000", &b"\xC8~^\x96|"[..], ["葉", "東"]),
        // That of the circumflex, and that of the backslash.
        ("BIG-5", b"\xB4^^\xB3\\", ["彭", "許"]),
        (
            "~ISO IR87",
            b"\x1B$B%d%^%b%H\x1B(B^\x1B$B5~;R\x1B(B",
            ["ヤマモト", "京子"],
        ),
    ] {
        let import = import(charset, name);
        let fields = ["last_name", "first_name", "birth_date"];
        let client = &import.changes[0];
        let found = fields.map(|field| client.patch(field).map(render::patch));
        let expected = [expected[0], expected[1], "1994-07-14"];
        assert_eq!(
            found,
            expected.map(|text| Some(format!("= \"{text}\""))),
            "{charset}"
        );
        assert_eq!(import.findings, [], "{charset}");
    }
}

#[test]
fn nothing_is_taken_from_a_message_that_cannot_be_split() {
    let damaged = import("BIG-5", b"\xB4^^Ann\xFF^");
    assert_eq!((damaged.person, damaged.changes), (None, Vec::new()));
    let findings: Vec<_> = damaged.findings.iter().map(render::line).collect();
    assert_eq!(
        findings,
        ["hold undecodable [PID] byte 105 of the message is no character of BIG-5\n"]
    );
    let import = import("BIG-5", b"\xB4^^Ann\rSeen by Okonkwo\xFF");
    let findings: Vec<_> = import.findings.iter().map(render::line).collect();
    assert_eq!(
        findings,
        ["hold undecodable [segment 3] byte 121 of the message is no character of BIG-5\n"]
    );
}
