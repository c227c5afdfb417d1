//! Paths: what they choose, and what is said of malformed ones.
#![cfg(test)]

use std::str;

use cistern_hl7::{Message, Path, PathErrorKind, Presence, Segment, Selector, path};

const MESSAGE: &[u8] = b"MSH|^~\\&|LAB|CITY\r\
    PID|1||17^^^CLINIC^PI~4711^^^HOSP&1.2.3&ISO^MR~4712^^^CLINIC^MR||Roe^Ann^^^^^L~Poe^A^^^^^N\
    ||||||||^PRN^PH^^^555^1111~^PRN^CP^^^555^2222~^NET^Internet^ann@example.org\r\
    OBX|1|NM|a||1\r\
    OBX|2|NM|b||2~3\r";

fn found(path: &str) -> Option<&'static str> {
    let message = Message::parse(MESSAGE).unwrap();
    text(message.get(&Path::parse(path).unwrap()))
}

fn found_all(path: &str) -> Vec<Option<&'static str>> {
    let message = Message::parse(MESSAGE).unwrap();
    message
        .get_all(&Path::parse(path).unwrap())
        .map(text)
        .collect()
}

fn text(presence: Presence<'static>) -> Option<&'static str> {
    str::from_utf8(presence.value()?.raw()).ok()
}

#[test]
fn a_repetition_is_chosen_by_place_or_by_content() {
    assert_eq!(found("PID-3"), Some("17^^^CLINIC^PI"));
    assert_eq!(found("PID-3[2].1"), Some("4711"));
    assert_eq!(found("PID-3[5=MR].1"), Some("4711"));
    assert_eq!(found("PID-3[type=MR].1"), Some("4711"));
    assert_eq!(found("PID-3[MR].1"), Some("4711"));
    assert_eq!(found("PID-3[5=MR][4=CLINIC].1"), Some("4712"));
    assert_eq!(found("PID-3[5=MR][4.1=HOSP].1"), Some("4711"));
    assert_eq!(found("PID-3[4=HOSP].4"), Some("HOSP&1.2.3&ISO"));
    assert_eq!(found("PID-3[4.2=1.2.3].4.3"), Some("ISO"));
    assert_eq!(found("PID-3[5=XX].1"), None);
    assert_eq!(found("PID-5[L].1"), Some("Roe"));
    assert_eq!(found("PID-5[N].1"), Some("Poe"));
    assert_eq!(found("PID-13[2=PRN][3=CP].7"), Some("2222"));
    assert_eq!(found("PID-13[NET].4"), Some("ann@example.org"));
}

#[test]
fn a_segment_is_chosen_by_place() {
    assert_eq!(found("OBX-5"), Some("1"));
    assert_eq!(found("OBX[1]-5"), Some("1"));
    assert_eq!(found("OBX[2]-5"), Some("2"));
    assert_eq!(found("OBX[2]-5[2]"), Some("3"));
    assert_eq!(found("OBX[2]-5[*]"), Some("2~3"));
    assert_eq!(found("OBX[3]-5"), None);
}

#[test]
fn all_repetitions_that_a_path_selects() {
    assert_eq!(
        found_all("PID-3[*].1"),
        [Some("17"), Some("4711"), Some("4712")]
    );
    assert_eq!(found_all("PID-3[5=MR].1"), [Some("4711"), Some("4712")]);
    assert_eq!(found_all("PID-3[2].1"), [Some("4711")]);
    assert_eq!(found_all("PID-3.1"), [Some("17")]);
    assert_eq!(found_all("PID-3[9].1"), []);
    assert_eq!(found_all("PID-40[*]"), []);
    assert_eq!(found_all("ZZZ-1[*]"), []);
    assert_eq!(found("PID-3[*].1"), Some("17"), "get takes the first");
}

#[test]
fn a_field_that_is_null_is_null_once() {
    let message = Message::parse(b"MSH|^~\\&|LAB\rPID|1||\"\"\r").unwrap();
    for path in [
        "PID-3",
        "PID-3.1",
        "PID-3[2].1",
        "PID-3[5=MR].1",
        "PID-3[5=\"\"].1",
        "PID-3[*]",
        "PID-3[*].1",
    ] {
        let path = Path::parse(path).unwrap();
        assert_eq!(message.get(&path), Presence::Null, "{path}");
        let all: Vec<_> = message.get_all(&path).collect();
        assert_eq!(all, [Presence::Null], "{path}");
    }
}

#[test]
fn a_condition_can_ask_for_nothing() {
    let bytes = b"MSH|^~\\&|LAB\rPID|||1^a^x~2^^x~3~4^\"\"^x~5^&b~6^&&^x~\"\"\r";
    let message = Message::parse(bytes).unwrap();
    let all = |path: &str| -> Vec<Option<&str>> {
        let path = Path::parse(path).unwrap();
        message.get_all(&path).map(text).collect()
    };
    assert_eq!(all("PID-3[2=\"\"].1"), ["2", "3", "5", "6"].map(Some));
    assert_eq!(all("PID-3[2.2=\"\"].1"), ["1", "2", "3", "6"].map(Some));
    assert_eq!(all("PID-3[2=\"\"][3=x].1"), ["2", "6"].map(Some));
    assert_eq!(all("PID-3[1=\"\"]"), []);
}

#[test]
fn inside_a_segment_its_name_does_not_matter() {
    let message = Message::parse(MESSAGE).unwrap();
    let last = message.segments_named("OBX").next_back().unwrap();
    assert_eq!(text(Segment::get(last, &path!("OBX-5"))), Some("2"));
    assert_eq!(text(last.get(&path!("ZZZ[7]-3"))), Some("b"));
}

#[test]
fn the_parts_of_a_path() {
    const PATH: Path = path!("PID[2]-3[5=MR][4.1=HOSP].1.2");
    assert_eq!(
        (PATH.segment(), PATH.occurrence(), PATH.field()),
        ("PID", 2, 3)
    );
    assert_eq!((PATH.component(), PATH.subcomponent()), (Some(1), Some(2)));
    let Selector::Where(conditions) = PATH.selector() else {
        panic!("{PATH:?}")
    };
    let read: Vec<_> = conditions
        .iter()
        .map(|one| (one.component(), one.subcomponent(), one.value().to_owned()))
        .collect();
    assert_eq!(
        read,
        [(5, None, "MR".to_owned()), (4, Some(1), "HOSP".to_owned())]
    );
    let plain = path!("ZZ1-70");
    assert_eq!((plain.occurrence(), plain.selector()), (1, Selector::First));
    assert_eq!((plain.component(), plain.subcomponent()), (None, None));
}

#[test]
fn malformed_paths() {
    use PathErrorKind::{
        Hyphen, MixedSelectors, NoTypeComponent, Number, SegmentName, Selector, TooManyConditions,
        Trailing, Unclosed,
    };
    let long = format!("PID-3[1={}]", "x".repeat(97));
    for (path, kind, column) in [
        ("", SegmentName, 1),
        ("pid-3", SegmentName, 1),
        ("PI-3", SegmentName, 1),
        ("1ID-3", SegmentName, 1),
        ("éID-3", SegmentName, 1),
        ("PID", Hyphen, 4),
        ("PID.3", Hyphen, 4),
        ("PIDX-3", Hyphen, 4),
        ("PID[2]3", Hyphen, 7),
        ("PID[0]-3", Number, 5),
        ("PID[L]-3", Number, 5),
        ("PID[2-3", Unclosed, 6),
        ("PID-", Number, 5),
        ("PID-0", Number, 5),
        ("PID-65536", Number, 5),
        ("PID-99999999999999999999", Number, 5),
        ("PID-X", Number, 5),
        ("PID-3[2", Unclosed, 8),
        ("PID-3[", Unclosed, 7),
        ("PID-3[]", Selector, 7),
        ("PID-3[0]", Number, 7),
        ("PID-3[5=]", Selector, 7),
        ("PID-3[5.1]", Selector, 7),
        ("PID-3[2x]", Selector, 7),
        ("PID-3[type=]", Selector, 7),
        ("PID-3[kind=MR]", Selector, 7),
        ("PID-7[L]", NoTypeComponent, 7),
        ("ZZZ-7[type=L]", NoTypeComponent, 7),
        ("PID-3[2][5=MR]", MixedSelectors, 10),
        ("PID-3[5=MR][2]", MixedSelectors, 13),
        ("PID-3[*][*]", MixedSelectors, 10),
        ("PID-3[1=é][*]", MixedSelectors, 12),
        ("PID-3[1=a][2=b][3=c][4=d]", TooManyConditions, 22),
        (&long, TooManyConditions, 7),
        ("PID-3-1", Trailing, 6),
        ("PID-3 ", Trailing, 6),
        ("PID-3.1.2.3", Trailing, 10),
        ("PID-3.", Number, 7),
        ("PID-3.1.", Number, 9),
        ("PID-3[1=é].x", Number, 12),
    ] {
        let error = Path::parse(path).unwrap_err();
        assert_eq!((error.kind(), error.column()), (kind, column), "{path}");
    }
}

#[test]
fn an_error_says_how_it_should_read() {
    let error = Path::parse("PID.3").unwrap_err();
    assert_eq!(
        error.to_string(),
        "column 4: a hyphen and a field number follow the segment, as in PID-3 or OBX[2]-5"
    );
}

#[test]
fn paths_are_equal_where_they_are_written_alike() {
    let alike = |one: &str, other: &str| Path::parse(one) == Path::parse(other);
    for other in ["PID[1]-3", "PID-3[1]", "PID-3[*]", "PID-3.1"] {
        assert!(!alike("PID-3", other), "{other}");
    }
    assert!(alike("PID-5[L].1", "PID-5[7=L].1"));
    assert!(alike("PID-3[type=MR]", "PID-3[5=MR]"));
}
