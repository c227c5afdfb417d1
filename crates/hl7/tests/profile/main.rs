//! Profiles: what they find in messages, and what is said of a profile that is malformed.
#![cfg(test)]
#![cfg(feature = "profile")]

mod answer;
mod findings;
mod load;
mod properties;
mod types;

use cistern_hl7::{Finding, Message, Profile};

/// The profile with these rules.
fn profile(rules: &str) -> Profile {
    Profile::parse(&format!("name = \"test\"\n{rules}")).unwrap()
}

/// What is found in a message that has these segments after its header, one line for each finding:
/// condition, severity, place as in ERR-2, sentence.
fn found(rules: &str, segments: &str) -> Vec<String> {
    let text = format!("MSH|^~\\&|LAB|CITY|||2024||ORU^R01|1|P|2.5.1\r{segments}");
    found_in(&profile(rules), text.as_bytes())
}

fn found_in(profile: &Profile, message: &[u8]) -> Vec<String> {
    let message = Message::parse(message).unwrap();
    profile.check(&message).iter().map(line).collect()
}

fn line(finding: &Finding) -> String {
    let location = finding.location().map(|location| {
        let numbers = [
            Some(location.sequence),
            location.field,
            location.repetition,
            location.component,
            location.subcomponent,
        ];
        let numbers = numbers.into_iter().flatten();
        numbers.fold(location.segment.to_owned(), |text, number| {
            format!("{text}^{number}")
        })
    });
    assert_eq!(finding.to_string(), finding.sentence());
    format!(
        "{} {:?} {}: {finding}",
        finding.condition().code(),
        finding.severity(),
        location.unwrap_or_default()
    )
}
