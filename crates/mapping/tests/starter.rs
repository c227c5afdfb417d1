//! The starter mappings as they ship.

use cistern_mapping::{Codes, Mapped, Mapping, Setting};

#[test]
fn the_starter_files_are_sound() {
    let mapping = Mapping::starter();
    let expected = [
        "ADT^A01", "ADT^A03", "ADT^A04", "ADT^A08", "ADT^A28", "ADT^A31", "ORU^R01",
    ];
    assert_eq!(mapping.message_types(), expected);
    assert_eq!(mapping.digest().len(), 64);
    assert!(Codes::starter().test("HIV-1 viral load").is_some());
}

#[test]
fn smoke() {
    for path in testkit::testdata::messages() {
        let bytes = std::fs::read(&path).unwrap();
        let message = hl7::Message::parse(&bytes).unwrap();
        let codes = Codes::starter();
        let setting = Setting {
            codes: &codes,
            received_at: 0,
            default_authority: None,
            offset_minutes: 0,
        };
        match Mapping::starter().apply(&message, &setting) {
            Mapped::NotWanted => println!("{path:?} not wanted"),
            Mapped::Import(import) => {
                println!("{path:?} {} {:?}", import.changes.len(), import.findings)
            }
        }
    }
}
