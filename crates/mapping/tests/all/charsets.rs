//! Messages in sets whose characters can hold the bytes of delimiters.

use cistern_mapping::{Codes, Mapped, Mapping, Setting};
use hl7::{Charset, Message};

use crate::render;

fn import(charset: &str, person: &[u8]) -> care::Import {
    import_as(None, charset, person)
}

/// What becomes of a message for which this character set is decided.
fn import_as(decided: Option<&str>, charset: &str, person: &[u8]) -> care::Import {
    let header = "MSH|^~\\&|EHR|HARBOR|CISTERN|HARBOR|20260401||ADT^A28|1|P|2.5.1";
    let header = format!("{header}||||||{charset}\rPID|1||4711^^^HARBOR^MR||");
    let bytes = [header.as_bytes(), person, b"||19940714|F\r"].concat();
    let codes = Codes::starter();
    let message = Message::parse(&bytes).unwrap();
    let decided = decided.map(|name| Charset::from_label(name.as_bytes()).unwrap());
    let setting = Setting {
        charset: decided,
        ..render::setting(&codes)
    };
    match Mapping::starter().apply(&message, &setting) {
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
fn what_is_decided_goes_before_what_the_message_says() {
    for (decided, charset, name, expected) in [
        ("8859/2", "", &b"Ko\xB3o"[..], "Koło"),
        ("8859/1", "UNICODE UTF-8", b"Pe\xF1a", "Peña"),
        ("UNICODE UTF-8", "BIG-5", "Peña".as_bytes(), "Peña"),
        ("BIG-5", "", b"\xB4^^\xB3\\", "彭"),
        ("8859/1", "44", b"Pe\xF1a", "Peña"),
    ] {
        let import = import_as(Some(decided), charset, name);
        let found = import.changes[0].patch("last_name").map(render::patch);
        assert_eq!(found, Some(format!("= \"{expected}\"")), "{decided}");
        assert_eq!(import.findings, [], "{decided}");
    }
    let import = import_as(Some("UNICODE UTF-8"), "8859/1", b"Pe\xF1a");
    let findings: Vec<_> = import.findings.iter().map(render::line).collect();
    assert_eq!(
        findings,
        [
            "hold undecodable [PID-5.1.1] byte 2 of the value is no character of UNICODE UTF-8; as \
          hexadecimal: 5065F161\n"
        ]
    );
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
