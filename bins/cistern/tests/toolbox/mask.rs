//! `cistern mask`.

use std::fs;
use std::path::Path;

use testkit::golden;

use crate::prompt::Prompt;

const MASKABLE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/toolbox/files/maskable.hl7"
);

#[test]
fn mask_replaces_what_names_a_person_and_nothing_else() {
    let prompt = Prompt::new();
    prompt.write("key", "a key that is known");
    let output = prompt.run(&["mask", "--key", "key", MASKABLE]);
    golden::check(Path::new("tests/toolbox/files/masked.hl7"), &output.stdout);
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        format!("cistern: {MASKABLE}: byte 1541: MSH-2 declares fewer than two delimiters\n")
    );
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stdout.len(), fs::read(MASKABLE).unwrap().len());
}

#[test]
fn mask_writes_each_file_to_a_folder() {
    let prompt = Prompt::new();
    let text = "MSH|^~\\&|EHR|HARBOR\rPID|1||4711||Okonkwo^Ada\r";
    prompt.write("a.hl7", text);
    prompt.write("b.hl7", text.replace("EHR", "LAB"));
    let two = ["mask", "a.hl7", "none.hl7", "b.hl7", "-o", "out"];
    let output = prompt.run(&two);
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "cistern: none.hl7: No such file or directory (os error 2)\n"
    );
    assert_eq!(output.status.code(), Some(1));
    let masked = |name: &str| prompt.read(name).split_once("HARBOR").is_some();
    assert!(!masked("out/a.hl7"));
    let patient = |name: &str| prompt.read(name).split_once("\rPID").unwrap().1.to_owned();
    assert_eq!(
        patient("out/a.hl7"),
        patient("out/b.hl7"),
        "equal values in one run"
    );
    let before = patient("out/a.hl7");
    prompt.good(&["mask", "a.hl7", "-o", "out"]);
    assert_ne!(patient("out/a.hl7"), before, "another run has another key");
    assert_eq!(prompt.read("a.hl7"), text);
}

#[test]
fn mask_takes_no_file_for_another() {
    let prompt = Prompt::new();
    prompt.write("a.hl7", "MSH|^~\\&|EHR\r");
    prompt.write("x/a.hl7", "MSH|^~\\&|LAB\r");
    prompt.write("empty", "");
    let cases: [(&[&str], &str); 5] = [
        (
            &["a.hl7", "-o", "."],
            "cistern: ./a.hl7: would be lost; name another folder\n",
        ),
        (
            &["a.hl7", "x/a.hl7", "-o", "out"],
            "cistern: out/a.hl7: would be lost; name another folder\n",
        ),
        (
            &["a.hl7", "x/a.hl7"],
            "cistern: several files go to a folder: name it with --output\n",
        ),
        (
            &["a.hl7", "--key", "none"],
            "cistern: none: No such file or directory (os error 2)\n",
        ),
        (
            &["a.hl7", "--key", "empty"],
            "cistern: empty: an empty file is no key\n",
        ),
    ];
    for (arguments, complaint) in cases {
        assert_eq!(prompt.bad(&[&["mask"], arguments].concat()), complaint);
    }
    assert_eq!(prompt.read("a.hl7"), "MSH|^~\\&|EHR\r");
}

#[test]
fn messages_whose_characters_hold_delimiters_come_out_in_utf_8() {
    let prompt = Prompt::new();
    // The second byte of a name is that of `|`, and of another that of `^`.
    prompt.write(
        "big5.hl7",
        b"FHS|^~\\&\rMSH|^~\\&|EHR|||||||||2.5||||||BIG-5\r\nPID|||||\xB4\x7C^Ann||19700101|F\r\n\
          NTE|1||\xB4\x5E\r\nMSH|^~\\&|EHR\rPID|||||Ann",
    );
    let masked = prompt.good(&["mask", "big5.hl7"]);
    let lines: Vec<&str> = masked.split(['\r', '\n']).collect();
    let [file, header, _, pid, _, nte, _, plain, other] = lines[..] else {
        panic!("{lines:?}");
    };
    assert_eq!(file, "FHS|^~\\&");
    let sender = header.split('|').nth(2).unwrap();
    assert_eq!(
        header,
        format!("MSH|^~\\&|{sender}|||||||||2.5||||||UNICODE UTF-8")
    );
    assert_eq!(plain, format!("MSH|^~\\&|{sender}"));
    let ann = other.strip_prefix("PID|||||").unwrap();
    assert!(ann != "Ann" && ann.len() == 3);
    let fields: Vec<&str> = pid.split('|').collect();
    let name: Vec<char> = fields[5].strip_suffix(ann).unwrap().chars().collect();
    assert!(
        matches!(name[..], ['\u{4E00}'..='\u{9FFF}', '^']),
        "{name:?}"
    );
    assert!(!"\u{63C9}\u{5F6D}".contains(name[0]), "{name:?}");
    assert!(fields[7] != "19700101" && fields[7].starts_with("196"));
    assert_eq!(fields[8..], ["F"]);
    let note: Vec<char> = nte.strip_prefix("NTE|1||").unwrap().chars().collect();
    assert!(note.len() == 1 && note[0] != '\u{5F6D}', "{note:?}");
}

#[test]
fn mask_refuses_a_file_whose_characters_cannot_be_read() {
    let prompt = Prompt::new();
    let good = "MSH|^~\\&|EHR\rPID|||||Roe\r";
    let cut = b"MSH|^~\\&|EHR|||||||||2.5||||||BIG-5\rPID|||||\xB4\x7C^Ann|\xB4\r";
    prompt.write("cut.hl7", [good.as_bytes(), cut].concat());
    prompt.write("good.hl7", good);
    let output = prompt.run(&["mask", "cut.hl7", "good.hl7", "-o", "out"]);
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "cistern: cut.hl7: what starts at byte 25 cannot be masked: byte 51 of the message is no \
         character of BIG-5\n"
    );
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(prompt.files(), ["cut.hl7", "good.hl7", "out"]);
    assert!(!prompt.folder.path().join("out/cut.hl7").exists());
    assert!(!prompt.read("out/good.hl7").contains("Roe"));
}

/// Nobody knows where a character of an unknown set ends, so nothing beside one is sure to be what
/// its place says: here OBX-8 may hold the rest of a text.
#[test]
fn nothing_of_a_text_in_an_unknown_set_stays() {
    let prompt = Prompt::new();
    for name in [
        &b"\xB4\x7C"[..],
        b"\xB4\xA1",
        b"\x1B$BAb\x1B(B",
        b"\xC2\xB4",
    ] {
        let header = b"MSH|^~\\&|EHR|||||||||2.5||||||FANCY\r";
        let result = b"OBX|1|TX|718-7^B^LN||".to_vec();
        let text = [
            &result,
            name,
            b"|mg|N|Roe|||F\rOBX|2|TX|718-7^B^LN||7|mg|||||F\r",
        ]
        .concat();
        prompt.write("file.hl7", [&header[..], &text].concat());
        prompt.write("key", "a key that is known");
        let output = prompt.run(&["mask", "--key", "key", "file.hl7"]).stdout;
        let lines: Vec<&[u8]> = output.split(|byte| *byte == b'\r').collect();
        let [msh, first, second, _] = lines[..] else {
            panic!("{lines:?}");
        };
        assert!(!msh.ends_with(b"FANCY"), "no name of a set");
        let has = |part: &[u8]| first.windows(part.len()).any(|found| found == part);
        assert!(!has(b"Roe") && !has(b"|mg|") && !has(name), "{first:?}");
        assert!(second.starts_with(b"OBX|2|TX|718-7^"));
        assert!(second.ends_with(b"|mg|||||F"));
    }
}

/// The text, with dots for each word that does not stay.
fn kept(text: &str) -> String {
    let prompt = Prompt::new();
    prompt.write("file.hl7", text);
    let masked = prompt.run(&["mask", "file.hl7"]).stdout;
    let masked = String::from_utf8(masked).unwrap();
    let is_mark = |c: char| !c.is_ascii_alphanumeric();
    let words = text.split_inclusive(is_mark);
    let pairs = words.zip(masked.split_inclusive(is_mark));
    let stays = |(old, new): (&str, &str)| {
        let (word, mark) = old.split_at(old.rfind(is_mark).unwrap_or(old.len()));
        if old == new {
            old.to_owned()
        } else {
            ".".repeat(word.len()) + mark
        }
    };
    pairs.map(stays).collect()
}

#[test]
fn mask_keeps_only_what_looks_as_its_place_should() {
    let cases = [
        // The end of the header was lost.
        (
            "MSH|^~\\&|||||||ADT^A08^ADT_A01|1|P|2.3 PID|1||4711||Roe^Ann|||F\r",
            "MSH|^~\\&|||||||ADT^A08^ADT_A01|.|P|... ...|.||....||...^...|||.\r",
        ),
        (
            "MSH|^~\\&|||||||Roe^Z01^Ann|1|Ann|Roe|||Roe|Ann||Roe|||Ann\r",
            "MSH|^~\\&|||||||...^Z01^...|.|...|...|||...|...||...|||...\r",
        ),
        (
            "MSH|^~\\&|||||||ACK|1|P^T|2.5.1|||AL|NE|USA|8859/1~UTF-8||2.3|A^B\r",
            "MSH|^~\\&|||||||ACK|.|P^T|2.5.1|||AL|NE|...|8859/1~UTF-8||2.3|.^.\r",
        ),
        (
            "OBX|1|Roe|Roe|x|4711|Roe|Ann Roe|Ann Roe|||Roe\r",
            "OBX|1|...|...|.|....|...|... ...|... ...|||...\r",
        ),
        (
            "OBX|1|NM|718-7^Roe^LN|x|13.2|mg/dL^Roe^UCUM|3.5-10|H|||F\r",
            "OBX|1|NM|718-7^...^LN|.|13.2|mg/dL^...^UCUM|3.5-10|H|||F\r",
        ),
        (
            "OBX|12345|NM|CD4^Roe^Ann||999414711|999 41 4711|999-41-4711|LOW\r",
            "OBX|.....|NM|...^...^...||.........|... .. ....|...-..-....|...\r",
        ),
        (
            "ERR||PID^1^5^Roe|101^Roe^HL70357|E\rMSA|AA|1|Roe\rEVN|A08|\rEVN|ANN\r",
            "ERR||PID^1^5^...|101^...^HL70357|E\rMSA|AA|.|...\rEVN|A08|\rEVN|...\r",
        ),
        (
            "RXA|||||141^Roe^CVX\rRXA|||||4711^Roe^Ann\rBTS|12\rBTS|1234567\r",
            "RXA|||||141^...^CVX\rRXA|||||....^...^...\rBTS|12\rBTS|.......\r",
        ),
    ];
    for (text, expected) in cases {
        let header = "MSH|^~\\&||||||||||2.5.1\r";
        let [text, expected] = [text, expected].map(|text| [header, text].concat());
        assert_eq!(kept(&text), expected);
    }
}

#[test]
fn mask_keeps_names_of_segments_and_masks_lines_that_are_none() {
    assert_eq!(
        kept("MSH|^~\\&|A\rPV9|Roe\rXYZ|Roe\rZP1|Roe\rPID\rBTS\rROE\rRoe|Ann\r1AB|Roe\rABCD|Roe\r"),
        "MSH|^~\\&|.\rPV9|...\rXYZ|...\rZP1|...\rPID\rBTS\r...\r...|...\r...|...\r....|...\r"
    );
}

/// Wherever they stand, and whatever the type of the place is.
#[test]
fn equal_texts_have_equal_masks() {
    let prompt = Prompt::new();
    for text in [
        "19800625",
        "20260302101500.12-0500",
        "198006251015",
        "4711",
        "1980",
        "Roe",
    ] {
        prompt.write(
            "file.hl7",
            format!("MSH|^~\\&|A\rPID|||{text}||||{text}\rZPI|{text}\rNTE|1||on {text}, {text}\r"),
        );
        let masked = prompt.good(&["mask", "file.hl7"]);
        let mask = masked
            .split("ZPI|")
            .nth(1)
            .unwrap()
            .split('\r')
            .next()
            .unwrap();
        assert_ne!(mask, text);
        let times = masked.matches(mask).count();
        assert_eq!(times, 5, "{text}: {masked}");
    }
}
