//! The starter files as they ship.

use cistern_mapping::{Codes, Mapping, SourceFile};

#[test]
fn the_starter_files_are_sound() {
    let expected = [
        "ADT^A01", "ADT^A03", "ADT^A04", "ADT^A08", "ADT^A28", "ADT^A31", "ORU^R01",
    ];
    assert_eq!(Mapping::starter().message_types(), expected);
    let codes = Codes::starter();
    assert_eq!(codes.tests().len(), 120);
    assert_eq!(
        codes.test("HIV-1 viral load").unwrap().result_kind,
        "number"
    );
}

#[test]
fn the_digest_tells_sets_of_rules_apart() {
    let table = |text: &str| Mapping::load(&[SourceFile::new("t.csv", text)]).unwrap();
    let one = table("code,value\nW,white\n");
    assert_eq!(one.digest(), table("code,value\nW,white\n").digest());
    assert_ne!(one.digest(), table("code,value\nW,other\n").digest());
    assert_ne!(one.digest(), Mapping::starter().digest());
    assert!(
        one.sources()
            .ends_with("# file: t.csv\ncode,value\nW,white\n\n")
    );
    assert!(one.digest().len() == 64 && one.digest().bytes().all(|b| b.is_ascii_hexdigit()));
}
