//! The character set of a feed, at the prompt.

use std::sync::Arc;

use importer::{Importer, Rules};
use service::Config;
use tank::Database;

use crate::prompt::Prompt;

const FEED: &str = "[[feed]]\nname = \"main\"\naddress = \"h:1\"\n";

const REGISTRATION: &[u8] = b"MSH|^~\\&|EHR|HARBOR|CISTERN|CLINIC|20260302||ADT^A28|1|P|2.5.1\
    ||||||UNICODE UTF-8\rPID|1||1001^^^HARBOR^MR||Ko\xB3o^Ada||19700101|F\r";

/// Of somebody whom nobody has registered.
const RESULT: &[u8] = b"MSH|^~\\&|LAB|QUARRY|CISTERN|CLINIC|20260302||ORU^R01|2|P|2.5.1\r\
    PID|1||2002^^^HARBOR^MR||Pe\xF1a^Eve||19710101|F\r\
    OBR|1|P1|F1|PANEL^A panel^L|||20260303091500\r\
    OBX|1|NM|20447-9^RNA^LN||5|copies/mL|||||F|||20260303091500\r";

/// Imports what waits.
#[tokio::main(flavor = "current_thread")]
async fn import(prompt: &Prompt) {
    let file = prompt.folder.path().join("cistern.db");
    let url = format!("sqlite:{}", file.display());
    let tank = Database::open(&url).await.unwrap();
    let config = Config::default();
    let rules = Rules::load(&config.importer).unwrap();
    let holding = Arc::new(tank.clone());
    let mut importer = Importer::start(holding, rules, &config).await.unwrap();
    importer.finish().await.unwrap();
    tank.close().await;
}

/// The lines that `show` has before a message, but when it came.
fn head(prompt: &Prompt, message: &str) -> Vec<String> {
    let shown = prompt.good(&["show", message]);
    let (head, _) = shown.split_once("\n\n").unwrap();
    head.lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn what_could_not_be_read_is_tried_again_by_what_the_feed_now_says() {
    let prompt = Prompt::new();
    prompt.write("cistern.toml", FEED);
    prompt.write("registration.hl7", REGISTRATION);
    prompt.write("result.hl7", RESULT);
    prompt.good(&["hold", "registration.hl7", "result.hl7"]);
    import(&prompt);
    let finding = "byte 2 of the value is no character of UNICODE UTF-8; as hexadecimal: \
        4B6FB36F; MSH-18 says so: set charset and charset_wins of feed main to what the sender \
        writes, then cistern retry";
    assert_eq!(
        head(&prompt, "1"),
        [
            "state held: undecodable",
            "read as UNICODE UTF-8, by MSH-18",
            &format!("hold undecodable PID-5.1.1: {finding}")
        ]
    );
    let work = prompt.good(&["list", "work"]);
    let entry = format!("  undecodable from EHR HARBOR by feed main: {finding}\n");
    assert!(work.contains(&entry), "{work}");
    assert!(
        work.contains("\n      cistern show 1, then cistern retry 1\n"),
        "{work}"
    );

    // Nothing else is said of it yet.
    let go_on = |number: u32| format!("decision {number}: 1 messages go on\n");
    assert_eq!(prompt.good(&["retry", "1"]), go_on(1));
    import(&prompt);

    let rule = "charset = \"8859/2\"\ncharset_wins = true\n";
    prompt.write("cistern.toml", [FEED, rule].concat());
    let read_anew = "read as 8859/2 from now on: 1\n";
    assert_eq!(
        prompt.good(&["retry", "--all"]),
        [read_anew, &go_on(2), &go_on(3)].concat()
    );
    import(&prompt);
    assert_eq!(
        head(&prompt, "1"),
        [
            "state imported: 1 added",
            "read as 8859/2, by the charset of its feed"
        ]
    );
    let shown = prompt.good(&["show", "1"]);
    assert!(shown.contains("Koło\n"), "{shown}");
    let json = prompt.good(&["show", "--json=friendly", "1"]);
    assert!(json.contains("\"Koło\""), "{json}");
    // What was held for another reason is read as it came.
    let result = head(&prompt, "2");
    assert_eq!(
        result[..2],
        [
            "state held: unknown_client, unmapped_code",
            "read as WINDOWS-1252, by a guess, for MSH-18 is empty"
        ]
    );
    let list = prompt.good(&["list", "--json", "--limit", "1"]);
    let object: serde_json::Value = serde_json::from_str(&list).unwrap();
    assert_eq!(
        [&object["charset"], &object["charset_from"]],
        ["WINDOWS-1252", "guess"]
    );
}

#[test]
fn what_is_no_text_may_be_of_nobody() {
    let prompt = Prompt::new();
    prompt.write("cistern.toml", FEED);
    let nobody = b"MSH|^~\\&|||CISTERN|CLINIC|20260302||ADT^A28|1|P|2.5.1||||||UNICODE UTF-8\r\
        PID|1||1001^^^HARBOR^MR||Ko\xB3o^Ada||19700101|F\r";
    prompt.write("nobody.hl7", nobody);
    prompt.good(&["hold", "nobody.hl7"]);
    import(&prompt);
    let work = prompt.good(&["list", "work"]);
    let first = work.lines().next();
    let expected = "  undecodable by feed main: byte 2 of the value is no character of UNICODE UTF-8; \
        as hexadecimal: 4B6FB36F; MSH-18 says so: set charset and charset_wins of feed main to what \
        the sender writes, then cistern retry";
    assert_eq!(first, Some(expected), "{work}");
}

#[test]
fn rows_are_read_in_the_character_set_of_their_feed() {
    let prompt = Prompt::new();
    let columns = "cwlab_columns = [\"MSH-3\", \"PID-3.1\", \"PID-5.1\", \"\"]\n";
    prompt.write("cistern.toml", [FEED, columns].concat());
    let rows = b"LAB\t1001\tKo\xB3o\tx\nLAB\t1002\tPena\t\xB3\nLAB\t1003\tPena\tx\n";
    prompt.write("rows.cwlab", rows);
    let output = prompt.run(&["hold", "rows.cwlab"]);
    let said = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    assert_eq!(
        said(output.stdout),
        "rows.cwlab: 1 received, 2 broken; rows read as UNICODE UTF-8\n"
    );
    assert_eq!(
        said(output.stderr),
        "cistern: rows.cwlab: line 1 (byte 0): column 3 is not UNICODE UTF-8: have the file \
         written so, or set charset of the feed\n\
         cistern: rows.cwlab: line 2 (byte 16): column 4 is not UNICODE UTF-8: have the file \
         written so, or set charset of the feed\n"
    );
    let rule = "charset = \"8859/2\"\ncharset_wins = true\n";
    prompt.write("cistern.toml", [FEED, columns, rule].concat());
    assert_eq!(
        prompt.good(&["hold", "rows.cwlab"]),
        "rows.cwlab: 2 received, 1 repeated; rows read as 8859/2\n"
    );
    assert_eq!(
        head(&prompt, "4"),
        ["state received: ", "read as UNICODE UTF-8, by MSH-18"]
    );
    let shown = prompt.good(&["show", "4"]);
    assert!(shown.contains("Koło\n"), "{shown}");
}

#[test]
fn check_says_which_character_sets_there_are() {
    let prompt = Prompt::new();
    prompt.write("cistern.toml", [FEED, "charset = \"LATIN-99\"\n"].concat());
    let complaint = prompt.bad(&["check"]);
    let start = "cistern: cistern.toml:4: \"LATIN-99\" is no character set that can be read; these \
        can: ASCII, UNICODE UTF-8, 8859/1, WINDOWS-1252, 8859/2, ";
    assert!(complaint.starts_with(start), "{complaint}");
    assert!(
        complaint.ends_with(", ISO-2022-JP, ISO IR14, ISO IR87, ISO IR159\n"),
        "{complaint}"
    );
}

#[test]
fn check_warns_of_a_character_set_whose_characters_hold_delimiters() {
    let prompt = Prompt::new();
    prompt.write("cistern.toml", [FEED, "charset = \"BIG-5\"\n"].concat());
    let printed = prompt.good(&["check"]);
    let warnings: Vec<&str> = printed
        .lines()
        .filter(|it| it.contains("warning"))
        .collect();
    let expected = "feed main: warning: characters of BIG-5 may hold the bytes of delimiters: \
        the names in MSH, MSH-10 and the parts of PID-3 must be ASCII";
    assert_eq!(warnings, [expected]);
    prompt.write("cistern.toml", [FEED, "charset = \"8859/1\"\n"].concat());
    assert!(!prompt.good(&["check"]).contains("warning"));
}
