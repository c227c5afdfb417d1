//! Findings in the ERR segments of an answer.

use cistern_hl7::{Ack, AckCode, AckError, AckStamp, Message, Timestamp};

use crate::profile;

/// The answer to a message of this version, as text with a line for each segment.
fn answer(version: &str) -> String {
    let profile = profile(
        "[segments]\nPV1 = \"1\"\n[fields.\"PID-3.1\"]\nrequired = true\n\
         [fields.PID-5]\nlength = 3\nseverity = \"warning\"",
    );
    let text = format!(
        "MSH|^~\\&|EHR|CLINIC|TANK|CITY|2024||ADT^A08|17|P|{version}\rPID|||^^^CITY||R&E^Ann"
    );
    let message = Message::parse(text.as_bytes()).unwrap();
    let findings = profile.check(&message);
    let errors: Vec<AckError<'_>> = findings.iter().map(AckError::from).collect();
    let ack = Ack {
        errors: &errors,
        ..Ack::new(AckCode::ApplicationError)
    };
    let stamp = AckStamp::new(Timestamp::from_unix_millis(1_714_747_800_000), "T1");
    let answer = ack.answer(&message.header(), &stamp);
    String::from_utf8(answer).unwrap().replace('\r', "\n")
}

#[test]
fn findings_become_err_segments() {
    assert_eq!(
        answer("2.5.1"),
        "MSH|^~\\&|TANK|CITY|EHR|CLINIC|20240503145000.000+0000||ACK^A08^ACK|T1|P|2.5.1\n\
         MSA|AE|17\n\
         ERR||PV1^1|100^Segment sequence error^HL70357|E||||PV1 is missing: send exactly 1\n\
         ERR||PID^1^3^1^1|101^Required field missing^HL70357|E||||PID-3.1 is required and empty\n\
         ERR||PID^1^5^1|104^Value too long^HL70357|W||||\
         PID-5 is longer than 3 characters (7)\n"
    );
}

#[test]
fn before_version_2_5_findings_are_repetitions_of_err_1() {
    assert_eq!(
        answer("2.3"),
        "MSH|^~\\&|TANK|CITY|EHR|CLINIC|20240503145000.000+0000||ACK^A08|T1|P|2.3\n\
         MSA|AE|17||||100^Segment sequence error^HL70357\n\
         ERR|PV1^1^^100&Segment sequence error&HL70357\
         ~PID^1^3^101&Required field missing&HL70357\
         ~PID^1^5^104&Value too long&HL70357\n"
    );
}
