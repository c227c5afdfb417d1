//! Profiles: any text is one or has mistakes with a place, and what a check finds tells nothing of
//! what the message says.
//!
//! An input is a profile, a line of three equals signs, and the message to check. Each `q` of the
//! message becomes a word that the profile does not hold, and that nothing may repeat.

use cistern_hl7::{Ack, AckCode, AckError, AckStamp, Finding, Message, Profile, Timestamp};

const SECRET: &str = "Xyzzyx";

pub(crate) fn check(input: &[u8]) {
    const END: &[u8] = b"\n===\n";
    let end = input.windows(END.len()).position(|window| window == END);
    let (profile, message) = input.split_at(end.unwrap_or(input.len()));
    let message = with_secrets(message.get(END.len()..).unwrap_or_default());
    let Ok(toml) = str::from_utf8(profile) else {
        return;
    };
    let profile = match Profile::parse(toml) {
        Ok(profile) => profile,
        Err(error) => {
            assert!(!error.faults().is_empty());
            for fault in error.faults() {
                assert!((1..=toml.matches('\n').count() + 1).contains(&fault.line()));
                assert!((1..=toml.chars().count() + 1).contains(&fault.column()));
            }
            return;
        }
    };
    if toml.contains(SECRET) {
        return;
    }
    if let Ok(message) = Message::parse(&message) {
        find(&profile, &message);
        find(&Profile::header(), &message);
    }
}

fn with_secrets(message: &[u8]) -> Vec<u8> {
    let parts: Vec<&[u8]> = message.split(|byte| *byte == b'q').collect();
    parts.join(SECRET.as_bytes())
}

fn find(profile: &Profile, message: &Message<'_>) {
    let findings = profile.check(message);
    assert!(findings.len() <= Profile::FINDINGS_MAX);
    assert!(findings.is_empty() || profile.applies_to(message));
    for finding in &findings {
        let shown = format!("{finding} {finding:?}");
        assert!(!shown.contains(SECRET), "{shown}");
    }
    answer(message, &findings);
}

/// What is found can be answered.
fn answer(message: &Message<'_>, findings: &[Finding]) {
    let errors: Vec<AckError<'_>> = findings.iter().map(AckError::from).collect();
    let ack = Ack {
        errors: &errors,
        ..Ack::new(AckCode::ApplicationError)
    };
    let stamp = AckStamp::new(Timestamp::from_unix_millis(0), "1");
    let answer = ack.answer(&message.header(), &stamp);
    let answer = Message::parse(&answer).unwrap();
    assert_eq!(answer.segment("ERR").is_some(), !findings.is_empty());
}
