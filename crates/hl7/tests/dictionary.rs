//! The dictionary: well-known places over the versions, and every row of its sheets.
#![cfg(test)]
#![cfg(feature = "dictionary")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use allocation_counter::measure;
use cistern_hl7::{
    CodeDefinition, ComponentDefinition, Condition, Dictionary, FieldDefinition, Message, Path,
    SegmentDefinition, Selector, TypeDefinition, Version, path,
};

const VERSIONS: [(&str, Version); 8] = [
    ("2.3", Version::new(3, 0)),
    ("2.3.1", Version::new(3, 1)),
    ("2.4", Version::new(4, 0)),
    ("2.5", Version::new(5, 0)),
    ("2.5.1", Version::new(5, 1)),
    ("2.6", Version::new(6, 0)),
    ("2.7", Version::new(7, 0)),
    ("2.8", Version::new(8, 0)),
];

fn dictionaries() -> impl Iterator<Item = (&'static str, Dictionary)> {
    let versions = VERSIONS.into_iter();
    versions.map(|(name, version)| (name, Dictionary::of(version)))
}

fn dictionary(version: &str) -> Dictionary {
    Dictionary::of(Version::parse(version.as_bytes()).unwrap())
}

/// `3 patient identifier list CX R * 250 -`: number, name, type, optionality, repetitions, length,
/// table.
fn field_line(field: FieldDefinition) -> String {
    let repetitions = field.repetitions_max();
    format!(
        "{} {} {} {} {} {} {}",
        field.number(),
        field.name(),
        field.data_type(),
        field.optionality().as_str(),
        repetitions.map_or("*".to_owned(), |most| most.to_string()),
        or_dash(field.length_max()),
        or_dash(field.table().map(|table| format!("{table:04}"))),
    )
}

fn component_line(component: ComponentDefinition) -> String {
    format!(
        "{} {} {} {} {} {}",
        component.number(),
        component.name(),
        component.data_type(),
        component.optionality().as_str(),
        or_dash(component.length_max()),
        or_dash(component.table().map(|table| format!("{table:04}"))),
    )
}

fn code_line(code: CodeDefinition) -> String {
    let withdrawn = if code.is_withdrawn() {
        " (withdrawn)"
    } else {
        ""
    };
    format!("{} {}{withdrawn}", code.code(), code.meaning())
}

fn or_dash(value: Option<impl ToString>) -> String {
    value.map_or("-".to_owned(), |value| value.to_string())
}

#[test]
fn fields_that_everybody_sends() {
    for (version, segment, line) in [
        ("2.3", "PID", "3 patient ID (internal ID) CX R * 20 -"),
        ("2.3.1", "PID", "3 patient identifier list CX R * 20 -"),
        ("2.5.1", "PID", "3 patient identifier list CX R * 250 -"),
        ("2.8", "PID", "3 patient identifier list CX R * - -"),
        ("2.3", "PID", "8 sex IS O 1 1 0001"),
        ("2.8", "PID", "8 administrative sex CWE O 1 - 0001"),
        (
            "2.8",
            "PID",
            "40 patient telecommunication information XTN O * - -",
        ),
        ("2.3", "OBX", "5 observation value varies O * 65536 -"),
        ("2.8", "OBX", "5 observation value varies C * - -"),
        ("2.5.1", "OBX", "2 value type ID O 1 2 0125"),
        ("2.5.1", "OBX", "11 observation result status ID R 1 1 0085"),
        ("2.7", "OBX", "8 interpretation codes CWE O * - 0078"),
        ("2.5.1", "PV1", "7 attending doctor XCN O * 250 0010"),
        ("2.5.1", "PV1", "2 patient class IS R 1 1 0004"),
        ("2.5.1", "RXA", "5 administered code CE R 1 250 0292"),
        ("2.6", "RXA", "5 administered code CWE R 1 250 0292"),
        ("2.3", "OBR", "4 universal service identifier CE R 1 200 -"),
        ("2.8", "OBR", "4 universal service identifier CWE R 1 - -"),
        ("2.8", "OBR", "27 quantity/timing TQ W * 705 -"),
        ("2.3", "MSH", "9 message type CM_MSG R 1 7 -"),
        ("2.5.1", "MSH", "12 version ID VID R 1 60 -"),
        ("2.5.1", "ORC", "1 order control ID R 1 2 0119"),
        ("2.8", "ORC", "7 quantity/timing TQ W * 705 -"),
        ("2.5.1", "NK1", "3 relationship CE O 1 250 0063"),
        ("2.5.1", "IN1", "3 insurance company ID CX R * 250 -"),
        ("2.5.1", "TXA", "2 document type IS R 1 30 0270"),
        ("2.5.1", "SCH", "25 filler status code CE O 1 250 0278"),
        (
            "2.5.1",
            "AIS",
            "3 universal service identifier CE R 1 250 -",
        ),
        ("2.5.1", "SPM", "4 specimen type CWE R 1 250 0487"),
        ("2.5.1", "ERR", "3 HL7 error code CWE R 1 705 0357"),
        ("2.5.1", "DG1", "3 diagnosis code CE O 1 250 0051"),
    ] {
        let number = line.split(' ').next().unwrap().parse().unwrap();
        let field = dictionary(version).field(segment, number).unwrap();
        assert_eq!(field_line(field), line, "{segment} of {version}");
    }
}

#[test]
fn the_patient_of_2_5_1() {
    let segment = dictionary("2.5.1").segment("PID").unwrap();
    let mut listing = format!("{} {}\n", segment.id(), segment.name());
    for field in segment.fields() {
        writeln!(listing, "{}", field_line(field)).unwrap();
    }
    assert_eq!(listing, PID_2_5_1);
}

const PID_2_5_1: &str = "\
PID patient identification
1 set ID SI O 1 4 -
2 patient ID CX O 1 20 -
3 patient identifier list CX R * 250 -
4 alternate patient ID CX O * 20 -
5 patient name XPN R * 250 -
6 mother's maiden name XPN O * 250 -
7 date/time of birth TS O 1 26 -
8 administrative sex IS O 1 1 0001
9 patient alias XPN O * 250 -
10 race CE O * 250 0005
11 patient address XAD O * 250 -
12 county code IS O 1 4 0289
13 phone number - home XTN O * 250 -
14 phone number - business XTN O * 250 -
15 primary language CE O 1 250 0296
16 marital status CE O 1 250 0002
17 religion CE O 1 250 0006
18 patient account number CX O 1 250 -
19 SSN number - patient ST O 1 16 -
20 driver's license number - patient DLN O 1 25 -
21 mother's identifier CX O * 250 -
22 ethnic group CE O * 250 0189
23 birth place ST O 1 250 -
24 multiple birth indicator ID O 1 1 0136
25 birth order NM O 1 2 -
26 citizenship CE O * 250 0171
27 veterans military status CE O 1 250 0172
28 nationality CE O 1 250 0212
29 patient death date and time TS O 1 26 -
30 patient death indicator ID O 1 1 0136
31 identity unknown indicator ID O 1 1 0136
32 identity reliability code IS O * 20 0445
33 last update date/time TS O 1 26 -
34 last update facility HD O 1 241 -
35 species code CE O 1 250 0446
36 breed code CE O 1 250 0447
37 strain ST O 1 80 -
38 production class code CE O 2 250 0429
39 tribal citizenship CWE O * 250 0171
";

#[test]
fn the_person_name_of_three_versions() {
    let listing = |version| -> Vec<String> {
        let data_type = dictionary(version).data_type("XPN").unwrap();
        data_type.components().map(component_line).collect()
    };
    assert_eq!(
        listing("2.3"),
        [
            "1 family name ST O - -",
            "2 given name ST O - -",
            "3 middle initial or name ST O - -",
            "4 suffix ST O - -",
            "5 prefix ST O - -",
            "6 degree ST O - -",
            "7 name type code ID O - 0200",
            "8 name representation code ID O - -",
        ]
    );
    assert_eq!(
        listing("2.5.1"),
        [
            "1 family name FN O 194 -",
            "2 given name ST O 30 -",
            "3 second and further given names or initials thereof ST O 30 -",
            "4 suffix ST O 20 -",
            "5 prefix ST O 20 -",
            "6 degree IS O 6 0360",
            "7 name type code ID O 1 0200",
            "8 name representation code ID O 1 0465",
            "9 name context CE O 483 0448",
            "10 name validity range DR O 53 -",
            "11 name assembly order ID O 1 0444",
            "12 effective date TS O 26 -",
            "13 expiration date TS O 26 -",
            "14 professional suffix ST O 199 -",
        ]
    );
    assert_eq!(
        listing("2.8"),
        [
            "1 family name FN C - -",
            "2 given name ST O - -",
            "3 second and further given names or initials thereof ST O - -",
            "4 suffix ST O - -",
            "5 prefix ST O - -",
            "6 degree IS W 6 0360",
            "7 name type code ID O 5 0200",
            "8 name representation code ID O 1 0465",
            "9 name context CWE O - 0448",
            "10 name validity range DR W 49 -",
            "11 name assembly order ID O 1 0444",
            "12 effective date DTM O - -",
            "13 expiration date DTM O - -",
            "14 professional suffix ST O - -",
            "15 called by ST O - -",
        ]
    );
}

#[test]
fn a_path_has_the_name_of_its_last_part() {
    for (version, path, name) in [
        ("2.5.1", "PID-5", Some("patient name")),
        ("2.5.1", "PID-5[2].1", Some("family name")),
        ("2.5.1", "PID-5.1.1", Some("surname")),
        ("2.5.1", "PID-5.1.6", None),
        ("2.3", "PID-5.1", Some("family name")),
        ("2.3", "PID-5.1.1", Some("family name")),
        ("2.3", "PID-5.1.2", None),
        ("2.3.1", "PID-5.1.1", Some("family name")),
        ("2.5.1", "PID-3[5=MR].4.2", Some("universal ID")),
        ("2.5.1", "PID-8.1", Some("administrative sex")),
        ("2.8", "PID-8.1", Some("identifier")),
        ("2.3", "MSH-9.2", Some("trigger event")),
        ("2.3", "MSH-9.3", None),
        ("2.3.1", "MSH-9.3", Some("message structure")),
        ("2.3", "MSH-12.1", Some("version ID")),
        ("2.5.1", "MSH-12.2", Some("internationalization code")),
        ("2.5.1", "PV1-3.4", Some("facility")),
        ("2.5.1", "PV1-3.4.1", Some("namespace ID")),
        ("2.5.1", "PV1-7.2.1", Some("surname")),
        ("2.8", "OBR-27.4", Some("start date/time")),
        ("2.5.1", "OBX-5", Some("observation value")),
        ("2.5.1", "OBX-5.1", None),
        ("2.5.1", "ZPD-1", None),
        ("2.5.1", "PID-400", None),
    ] {
        let found = dictionary(version).name_of(&Path::parse(path).unwrap());
        assert_eq!(found, name, "{path} of {version}");
    }
}

/// The component that a path asks for its type; nothing where the field has none.
fn type_component(field: &str) -> Option<u16> {
    let path = Path::parse(&format!("{field}[type=T]")).ok()?;
    let Selector::Where(conditions) = path.selector() else {
        return None;
    };
    conditions.iter().next().map(Condition::component)
}

#[test]
fn a_path_knows_the_type_component_of_every_field() {
    for segment in dictionary("2.8").segments() {
        for field in segment.fields() {
            let expected = match field.data_type() {
                "CX" => Some(5),
                "XPN" | "XAD" | "XON" => Some(7),
                "XTN" => Some(2),
                "XCN" => Some(13),
                _ => None,
            };
            let place = format!("{}-{}", segment.id(), field.number());
            assert_eq!(type_component(&place), expected, "{place}");
        }
    }
}

#[test]
fn a_type_that_varies_is_told() {
    let dictionary = dictionary("2.5.1");
    let name =
        |path: &str, data_type| dictionary.name_of_as(&Path::parse(path).unwrap(), data_type);
    assert_eq!(name("OBX-5", "CE"), Some("observation value"));
    assert_eq!(name("OBX-5.2", "CE"), Some("text"));
    assert_eq!(name("OBX-5.1", "NM"), Some("observation value"));
    assert_eq!(name("OBX-5.2", "NM"), None);
    assert_eq!(name("OBX-5.1", "no type"), None);
    assert_eq!(name("OBX-3.2", "NM"), Some("text"));
}

/// Of a quantity the table is that of its units.
#[test]
fn a_quantity_is_no_code() {
    let text = "MSH|^~\\&|A|||||||||2.6\rADJ||||||4^mg&milligram&UCUM";
    let message = Message::parse(text.as_bytes()).unwrap();
    let dictionary = Dictionary::of_message(&message);
    let of_adj = message.leaves().filter(|leaf| leaf.segment().is("ADJ"));
    let leaves = of_adj.filter_map(|leaf| dictionary.leaf(leaf).filter(|_| !leaf.raw().is_empty()));
    let lines: Vec<String> = leaves
        .map(|leaf| format!("{} {:?}", leaf.name(), leaf.table()))
        .collect();
    let expected = [
        "quantity None",
        "units Some(560)",
        "text None",
        "name of coding system Some(396)",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn a_leaf_is_of_the_type_that_its_segment_states() {
    let text = "MSH|^~\\&|LAB\rPID|||4711^^^CITY&1.2&ISO~9||Roe&van^Ann||1980^D|F\r\
        OBX|1|CWE|||POS^^LN\rOBX|2|NM|||5^x\rOBX|3|?|||5^x\rZPI|1\rMFE|||||4711";
    let message = Message::parse(text.as_bytes()).unwrap();
    let dictionary = Dictionary::of_message(&message);
    assert_eq!(dictionary.version(), Version::new(5, 1));
    let leaves = message.leaves().filter(|leaf| !leaf.raw().is_empty());
    let lines: Vec<String> = leaves
        .skip(3)
        .map(|leaf| match dictionary.leaf(leaf) {
            None => "-".to_owned(),
            Some(leaf) => format!(
                "{} {} {}",
                leaf.name(),
                or_dash(leaf.data_type()),
                or_dash(leaf.table().map(|table| format!("{table:04}"))),
            ),
        })
        .collect();
    let expected = [
        "ID number ST -",
        "assigning authority IS 0300",
        "universal ID ST -",
        "universal ID type ID 0301",
        "ID number ST -",
        "family name ST -",
        "own surname prefix ST -",
        "given name ST -",
        "date/time of birth TS -",
        "degree of precision ID 0529",
        "administrative sex IS 0001",
        "set ID SI -",
        "value type ID 0125",
        "identifier ST -",
        "name of coding system ID 0396",
        "set ID SI -",
        "value type ID 0125",
        "observation value NM -",
        "-",
        "set ID SI -",
        "value type ID 0125",
        "observation value - -",
        "-",
        "-",
        "primary key value type ID 0355",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn definitions_are_compared_and_shown_by_what_they_say() {
    let [old, new] = ["2.5", "2.5.1"].map(|version| dictionary(version).segment("PID").unwrap());
    assert_eq!(old.field(3), old.field(3));
    assert_ne!(old.field(3), new.field(3));
    assert_ne!(old.field(3), old.field(4));
    let sex = dictionary("2.8").table(1).unwrap();
    let shown = [
        format!("{:?}", dictionary("2.7.1")),
        format!("{new:?}"),
        format!("{:?}", new.field(3).unwrap()),
        format!("{:?}", dictionary("2.3").data_type("XPN").unwrap()),
        format!("{:?}", dictionary("2.3").component("XPN", 2).unwrap()),
        format!("{sex:?}"),
        format!("{:?}", sex.code("F").unwrap()),
    ];
    let expected = [
        "Dictionary(2.7)",
        "SegmentDefinition(PID patient identification, 2.5.1)",
        "FieldDefinition(3 patient identifier list, 2.5.1)",
        "TypeDefinition(XPN extended person name, 2.3)",
        "ComponentDefinition(2 given name, 2.3)",
        "TableDefinition(0001 administrative sex, 2.8)",
        "CodeDefinition(F female, 2.8)",
    ];
    assert_eq!(shown, expected);
}

#[test]
fn tables_list_the_codes_of_their_version() {
    let codes = |version, number| -> Vec<String> {
        let table = dictionary(version).table(number).unwrap();
        table.codes().map(code_line).collect()
    };
    assert_eq!(
        codes("2.3.1", 1),
        ["F female", "M male", "O other", "U unknown"]
    );
    assert_eq!(
        codes("2.5.1", 1),
        [
            "A ambiguous",
            "F female",
            "M male",
            "N not applicable",
            "O other",
            "U unknown"
        ]
    );
    assert_eq!(
        codes("2.5.1", 8),
        [
            "AA application accept",
            "AE application error",
            "AR application reject",
            "CA commit accept",
            "CE commit error",
            "CR commit reject",
        ]
    );
    assert_eq!(
        codes("2.5.1", 322),
        [
            "CP complete",
            "NA not administered",
            "PA partially administered",
            "RE refused"
        ]
    );
    assert_eq!(codes("2.5.1", 136), ["N no", "Y yes"]);
    assert_eq!(codes("2.5.1", 292), [""; 0]);
}

#[test]
fn a_code_is_found_in_its_version_and_after() {
    let meaning = |version, number, code| {
        let table = dictionary(version).table(number).unwrap();
        table.code(code).map(code_line)
    };
    assert_eq!(meaning("2.3.1", 1, "A"), None);
    assert_eq!(meaning("2.4", 1, "A"), Some("A ambiguous".to_owned()));
    assert_eq!(meaning("2.5.1", 1, "f"), None);
    assert_eq!(
        meaning("2.5.1", 3, "A08"),
        Some("A08 update patient information".to_owned())
    );
    assert_eq!(
        meaning("2.5.1", 76, "ORU"),
        Some("ORU unsolicited transmission of an observation message".to_owned())
    );
    assert_eq!(
        meaning("2.5.1", 203, "MR"),
        Some("MR Medical record number".to_owned())
    );
    assert_eq!(
        meaning("2.5.1", 119, "SN"),
        Some("SN send order/service number".to_owned())
    );
    assert_eq!(meaning("2.8", 78, "null"), None);
    assert_eq!(meaning("2.5.1", 104, "2.6"), None);
    for (version, table, code) in [
        ("2.6", 104, "2.6"),
        ("2.7", 104, "2.7.1"),
        ("2.6", 125, "DTM"),
    ] {
        assert!(meaning(version, table, code).is_some(), "{code}");
    }
    assert_eq!(meaning("2.6", 125, "CE"), Some("CE coded entry".to_owned()));
    assert_eq!(
        meaning("2.8", 125, "CE"),
        Some("CE coded entry (withdrawn)".to_owned())
    );
}

#[test]
fn a_version_that_is_not_known_is_the_nearest() {
    let nearest = |id: &[u8]| Dictionary::of(Version::parse(id).unwrap()).version();
    for (id, version) in [
        ("2.1", Version::new(3, 0)),
        ("2.2", Version::new(3, 0)),
        ("2.3.2", Version::new(3, 1)),
        ("2.7.1", Version::new(7, 0)),
        ("2.8.2", Version::new(8, 0)),
        ("2.9", Version::new(8, 0)),
        ("2.255.255", Version::new(8, 0)),
    ] {
        assert_eq!(nearest(id.as_bytes()), version, "{id}");
    }
    for (id, version) in VERSIONS {
        assert_eq!(nearest(id.as_bytes()), version, "{id}");
    }
}

#[test]
fn what_is_withdrawn_keeps_its_last_name() {
    let newest = dictionary("2.8");
    let query = newest.segment("QRD").unwrap();
    assert_eq!(query.name(), "original-style query definition");
    assert!(query.is_withdrawn());
    assert!(query.fields().all(FieldDefinition::is_withdrawn));
    assert_eq!(
        field_line(query.field(8).unwrap()),
        "8 who subject filter XCN W * 250 -"
    );
    assert!(newest.data_type("CE").unwrap().is_withdrawn());
    assert_eq!(newest.component("CE", 2).unwrap().name(), "text");
    assert!(!dictionary("2.5").segment("QRD").unwrap().is_withdrawn());
}

#[test]
fn what_is_to_come_is_not_known() {
    let oldest = dictionary("2.3");
    assert!(oldest.segment("SPM").is_none());
    assert!(oldest.data_type("FN").is_none());
    assert!(oldest.field("PID", 31).is_none());
    assert!(oldest.component("XPN", 9).is_none());
    assert!(dictionary("2.5").field("PID", 0).is_none());
    assert!(dictionary("2.5").field("PID", u16::MAX).is_none());
}

#[test]
fn what_is_listed_is_found_and_leads_to_what_is_known() {
    for (version, dictionary) in dictionaries() {
        for segment in dictionary.segments() {
            for field in segment.fields() {
                let place = format!("{}-{} of {version}", segment.id(), field.number());
                let found = dictionary.field(segment.id(), field.number()).unwrap();
                assert_eq!(field_line(found), field_line(field), "{place}");
                assert!(dictionary.data_type(field.data_type()).is_some(), "{place}");
                let table = field.table();
                assert!(
                    table.is_none_or(|table| dictionary.table(table).is_some()),
                    "{place}"
                );
            }
        }
        for data_type in dictionary.data_types() {
            for component in data_type.components() {
                let place = format!("{}.{} of {version}", data_type.id(), component.number());
                let found = dictionary
                    .component(data_type.id(), component.number())
                    .unwrap();
                assert_eq!(component_line(found), component_line(component), "{place}");
                assert!(
                    dictionary.data_type(component.data_type()).is_some(),
                    "{place}"
                );
                let table = component.table();
                assert!(
                    table.is_none_or(|table| dictionary.table(table).is_some()),
                    "{place}"
                );
            }
        }
        for table in dictionary.tables() {
            for code in table.codes() {
                let found = dictionary.table(table.number()).unwrap().code(code.code());
                assert_eq!(found.map(code_line), Some(code_line(code)), "{version}");
            }
        }
    }
}

#[test]
fn a_name_leads_back_to_its_number() {
    for (version, dictionary) in dictionaries() {
        for segment in dictionary.segments() {
            for field in segment.fields() {
                let key = field.name().to_uppercase().replace([' ', '/', '-'], "_");
                let found = dictionary.field_named(segment.id(), &key);
                assert_eq!(
                    found,
                    Some(field.number()),
                    "{key} of {} {version}",
                    segment.id()
                );
            }
        }
        for data_type in dictionary.data_types() {
            for component in data_type.components() {
                let found = dictionary.component_named(data_type.id(), component.name());
                let place = format!("{} of {} {version}", component.name(), data_type.id());
                assert_eq!(found, Some(component.number()), "{place}");
            }
        }
    }
}

#[test]
fn names_are_written_in_one_way() {
    let newest = dictionary("2.8");
    let fields = newest.segments().flat_map(SegmentDefinition::fields);
    let components = newest.data_types().flat_map(TypeDefinition::components);
    let names: BTreeSet<&str> = fields
        .map(FieldDefinition::name)
        .chain(components.map(ComponentDefinition::name))
        .chain(newest.segments().map(SegmentDefinition::name))
        .chain(newest.data_types().map(TypeDefinition::name))
        .collect();
    let is_word_like_this = |word: &str| {
        let letters = word.chars().filter(char::is_ascii_alphabetic);
        let capitals = letters.clone().filter(char::is_ascii_uppercase).count();
        capitals == 1 && letters.count() > 1
    };
    let capitalised: BTreeSet<&str> = names
        .iter()
        .flat_map(|name| name.split([' ', '/', '-', '(']))
        .filter(|word| is_word_like_this(word))
        .collect();
    assert_eq!(Vec::from_iter(capitalised), ["Medicaid", "Medicare"]);
}

/// The sheet read in the simplest way there is: by segment or type and number, the spans of versions
/// with the name that holds in them.
type Spans = BTreeMap<(String, u16), Vec<(usize, usize, String)>>;

fn spans(sheet: &str) -> Spans {
    let path = format!("{}/dictionary/{sheet}.tsv", env!("CARGO_MANIFEST_DIR"));
    let index = |cell: &str| VERSIONS.iter().position(|(version, _)| *version == cell);
    let mut spans = Spans::new();
    for line in fs::read_to_string(path).unwrap().lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let key = (cells[0].to_owned(), cells[1].parse().unwrap());
        let span = (
            index(cells[2]).unwrap(),
            index(cells[3]).unwrap_or(VERSIONS.len() - 1),
            cells[4].to_owned(),
        );
        spans.entry(key).or_default().push(span);
    }
    spans
}

/// Name and whether it is withdrawn, in the version of an index.
fn known(spans: &[(usize, usize, String)], version: usize) -> Option<(&str, bool)> {
    let mut past = spans.iter().filter(|(first, _, _)| *first <= version);
    let (_, last, name) = past.next_back()?;
    Some((name, *last < version))
}

#[test]
fn every_row_of_the_sheets_is_found() {
    for (version, (_, dictionary)) in dictionaries().enumerate() {
        for ((segment, number), spans) in &spans("fields") {
            let found = dictionary.field(segment, *number);
            let found = found.map(|field| (field.name(), field.is_withdrawn()));
            assert_eq!(
                found,
                known(spans, version),
                "{segment}-{number}, {version}"
            );
        }
        for ((data_type, number), spans) in &spans("components") {
            let found = dictionary.component(data_type, *number);
            let found = found.map(|component| (component.name(), component.is_withdrawn()));
            assert_eq!(
                found,
                known(spans, version),
                "{data_type}.{number}, {version}"
            );
        }
    }
}

#[test]
fn looking_up_allocates_nothing() {
    let counted = measure(|| {
        let dictionary = dictionary("2.5.1");
        assert_eq!(dictionary.name_of(&path!("PID-5.1.1")), Some("surname"));
        assert_eq!(dictionary.field_named("PID", "race"), Some(10));
        assert_eq!(
            dictionary
                .segments()
                .flat_map(SegmentDefinition::fields)
                .count(),
            2100
        );
        assert!(dictionary.table(1).unwrap().code("F").is_some());
    });
    assert_eq!(counted.count_total, 0);
}

/// What a field says of itself over the versions that have it, each word once for a run of versions.
fn course(segment: &str, number: u16, word: impl Fn(FieldDefinition) -> String) -> Vec<String> {
    let fields = dictionaries().filter_map(|(_, dictionary)| dictionary.field(segment, number));
    let mut words: Vec<String> = fields
        .filter(|field| !field.is_withdrawn())
        .map(word)
        .collect();
    words.dedup();
    words
}

/// A fact that holds before and after some versions was most likely lost in those alone.
#[test]
fn nothing_is_lost_in_between() {
    for (segment, number) in spans("fields").into_keys() {
        let place = format!("{segment}-{number}");
        let words = course(&segment, number, |field| {
            field.optionality().as_str().to_owned()
        });
        let mut triples = words.windows(3);
        let is_lost = triples.any(|triple| triple[0] == "R" && triple[2] == "R");
        assert!(!is_lost, "{place}: {words:?}");
        let words = course(&segment, number, |field| or_dash(field.repetitions_max()));
        let mut triples = words.windows(3);
        let is_lost = triples.any(|triple| triple[1] == "-" && triple[0] == triple[2]);
        assert!(!is_lost, "{place}: {words:?}");
    }
}

/// Each name and meaning of the sheets, once.
fn texts() -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    for sheet in [
        "segments",
        "fields",
        "components",
        "types",
        "tables",
        "codes",
    ] {
        let path = format!("{}/dictionary/{sheet}.tsv", env!("CARGO_MANIFEST_DIR"));
        let text = fs::read_to_string(path).unwrap();
        let column = |name: &str| {
            text.lines()
                .next()
                .unwrap()
                .split('\t')
                .position(|it| it == name)
        };
        let column = column("name").or_else(|| column("meaning")).unwrap();
        let cell = |line: &str| line.split('\t').nth(column).unwrap().to_owned();
        texts.extend(text.lines().skip(1).map(cell));
    }
    texts
}

#[test]
fn names_and_meanings_are_whole_words() {
    let texts = texts();
    let is_odd = |c: char| !c.is_ascii_alphanumeric() && !" /-,()':.%&=+^#*;".contains(c);
    let odd: Vec<&String> = texts
        .iter()
        .filter(|text| text.contains(is_odd) || text.split(' ').any(|word| word == "s"))
        .collect();
    assert_eq!(odd, [""; 0]);
}

/// A slip of the pen: a rare word that is one letter away from a common one, before its ending; or
/// two words that are one elsewhere. Those that are none are listed.
#[test]
fn no_word_is_misspelt() {
    const LIKE_ANOTHER: [&str; 12] = [
        "barrier", "coming", "dental", "enable", "filling", "genetic", "height", "injured",
        "masked", "positron", "prevent", "referred",
    ];
    const IN_TWO: [&str; 7] = [
        "bar code",
        "birth place",
        "call back",
        "health care",
        "master card",
        "set up",
        "step child",
    ];
    let texts: Vec<String> = texts().iter().map(|text| text.to_lowercase()).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for word in texts.iter().flat_map(|text| words(text)) {
        *counts.entry(word).or_default() += 1;
    }
    let long = counts.iter().filter(|(word, _)| word.len() >= 6);
    let (rare, common): (Vec<_>, Vec<_>) = long
        .filter(|(_, count)| **count <= 2 || **count >= 5)
        .partition(|(_, count)| **count <= 2);
    let mut like_another: Vec<&str> = rare.iter().map(|(word, _)| **word).collect();
    like_another.retain(|word| common.iter().any(|(other, _)| is_slip(word, other)));
    assert_eq!(like_another, LIKE_ANOTHER);

    let mut in_two = BTreeSet::new();
    for text in &texts {
        let words: Vec<&str> = text.split(' ').collect();
        let pairs = words
            .windows(2)
            .filter(|pair| counts.contains_key(&*pair.concat()));
        in_two.extend(pairs.map(|pair| pair.join(" ")));
    }
    assert!(in_two.iter().eq(&IN_TWO), "{in_two:?}");
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_lowercase())
        .filter(|word| !word.is_empty())
}

/// Whether one letter was lost, doubled, changed or swapped with the next, before the last two.
fn is_slip(word: &str, meant: &str) -> bool {
    let (word, meant) = (word.as_bytes(), meant.as_bytes());
    let same = word.iter().zip(meant).take_while(|(a, b)| a == b).count();
    let (left, right) = (&word[same..], &meant[same..]);
    if left.len().min(right.len()) <= 2 {
        return false;
    }
    let is_swapped = left[..2] == [right[1], right[0]] && left[2..] == right[2..];
    left[1..] == right[1..] || left[1..] == *right || *left == right[1..] || is_swapped
}
