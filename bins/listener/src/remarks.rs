//! What an import found, as a sender is told of it.

use hl7::{AckCode, AckError, ErrorCondition, Location, Path, Selector, Severity};
use tank::{FindingView, State};

/// The acknowledgment code for what became of a message; nothing where its import is not through.
pub(crate) fn code_of(state: State) -> Option<AckCode> {
    match state {
        State::Imported | State::Ignored => Some(AckCode::ApplicationAccept),
        State::Held => Some(AckCode::ApplicationError),
        State::Skipped => Some(AckCode::ApplicationReject),
        State::Received | State::Failed | State::Refused | State::Broken => None,
    }
}

/// Findings, each with its place in the message.
pub(crate) struct Remarks<'a> {
    all: Vec<(&'a FindingView, Severity, Option<Place>)>,
}

impl<'a> Remarks<'a> {
    /// What a record waits for, and what was passed over.
    pub(crate) fn faults(findings: &'a [FindingView]) -> Remarks<'a> {
        Remarks::of(findings, |severity| match severity {
            "hold" => Some(Severity::Error),
            "warn" => Some(Severity::Warning),
            _ => None,
        })
    }

    /// What is only worth knowing.
    pub(crate) fn notes(findings: &'a [FindingView]) -> Remarks<'a> {
        Remarks::of(findings, |severity| match severity {
            "info" => Some(Severity::Information),
            _ => None,
        })
    }

    fn of(findings: &'a [FindingView], as_told: fn(&str) -> Option<Severity>) -> Remarks<'a> {
        let remark = |finding: &'a FindingView| {
            let severity = as_told(&finding.severity)?;
            Some((finding, severity, Place::of(&finding.path)))
        };
        Remarks {
            all: findings.iter().filter_map(remark).collect(),
        }
    }

    /// One error for each.
    pub(crate) fn errors(&self) -> Vec<AckError<'_>> {
        let all = self.all.iter();
        all.map(|(finding, severity, place)| error(finding, *severity, place.as_ref()))
            .collect()
    }
}

/// The finding's own sentence may quote the message, so that its sender hears what goes for all of
/// the kind.
fn error<'a>(
    finding: &'a FindingView,
    severity: Severity,
    place: Option<&'a Place>,
) -> AckError<'a> {
    let (condition, sentence) = of_kind(&finding.kind, severity);
    AckError {
        severity,
        location: place.map(Place::location),
        diagnostics: Some(&finding.kind),
        user_message: Some(sentence),
        ..AckError::new(condition)
    }
}

/// Table 0357, and a sentence of at most the 80 characters of MSA-3. None is 207, on which senders
/// send again: the message is kept.
fn of_kind(kind: &str, severity: Severity) -> (ErrorCondition, &'static str) {
    match kind {
        "unmapped_code" => (
            ErrorCondition::TableValueNotFound,
            of_unmapped_code(severity),
        ),
        "late" => (
            ErrorCondition::MessageAccepted,
            "something newer is known here: nothing was changed",
        ),
        "unknown_account" => (
            ErrorCondition::UnknownKeyIdentifier,
            "this sender and receiver (MSH-4, MSH-6) are not set up here",
        ),
        "unknown_client" => (
            ErrorCondition::UnknownKeyIdentifier,
            "nobody is known here under these identifiers: it waits until somebody is",
        ),
        "ambiguous_client" => (
            ErrorCondition::UnknownKeyIdentifier,
            "this could be one of several people: somebody here must say which",
        ),
        "identity_conflict" => (
            ErrorCondition::DuplicateKeyIdentifier,
            "identifiers, name, birth date or sex contradict what is known here",
        ),
        "missing_required" => (
            ErrorCondition::RequiredFieldMissing,
            "something is missing without which there is no record",
        ),
        "bad_value" => (
            ErrorCondition::DataTypeError,
            "this is not a value of the kind that belongs here",
        ),
        "undecodable" => (
            ErrorCondition::DataTypeError,
            "this is not text of the character set that is agreed, or named by MSH-18",
        ),
        "unreadable" => (
            ErrorCondition::SegmentSequenceError,
            "this message cannot be read",
        ),
        _ => (
            ErrorCondition::OtherError,
            "this waits until somebody has looked at it",
        ),
    }
}

fn of_unmapped_code(severity: Severity) -> &'static str {
    match severity {
        Severity::Warning => "this code is not known here: what it says is not taken",
        Severity::Information => "codes like this are passed over here, by a decision",
        _ => "this code is not known here: it waits until somebody says what it means",
    }
}

/// Where a finding is, as its path says.
struct Place {
    path: Path,
    is_segment: bool,
}

impl Place {
    /// `OBX[2]-5.1`, or `OBX[2]`, a segment as a whole.
    fn of(text: &str) -> Option<Place> {
        let is_segment = !text.contains('-');
        let path = if is_segment {
            Path::parse(&[text, "-1"].concat())
        } else {
            Path::parse(text)
        };
        path.ok().map(|path| Place { path, is_segment })
    }

    /// ERR-2, or the first components of ERR-1.
    fn location(&self) -> Location<'_> {
        let path = &self.path;
        let mut location = Location::segment(path.segment(), path.occurrence());
        if self.is_segment {
            return location;
        }
        location.field = Some(path.field());
        location.repetition = match path.selector() {
            Selector::First => path.component().map(|_| 1),
            Selector::Nth(number) => Some(number),
            _ => return location,
        };
        location.component = path.component();
        location.subcomponent = path.subcomponent();
        location
    }
}

#[cfg(test)]
mod tests {
    use hl7::Severity;

    use super::{Place, of_kind};
    use care::FindingKind::{
        AmbiguousClient, BadValue, IdentityConflict, Late, MissingRequired, Undecodable,
        UnknownAccount, UnknownClient, UnmappedCode, Unreadable,
    };

    #[test]
    fn each_kind_has_a_condition_and_a_sentence_that_fits() {
        let kinds = [
            (UnmappedCode, "103"),
            (UnknownAccount, "204"),
            (UnknownClient, "204"),
            (AmbiguousClient, "204"),
            (IdentityConflict, "205"),
            (MissingRequired, "101"),
            (BadValue, "102"),
            (Late, "0"),
            (Undecodable, "102"),
            (Unreadable, "100"),
        ];
        for (kind, code) in kinds {
            for severity in [Severity::Error, Severity::Warning, Severity::Information] {
                let (condition, sentence) = of_kind(kind.as_str(), severity);
                assert_eq!(condition.code(), code, "{kind:?}");
                assert!(sentence.len() <= 80, "{sentence}");
            }
        }
    }

    #[test]
    fn a_path_becomes_a_location() {
        let cases = [
            ("PID", Some(["PID", "1"].as_slice())),
            ("OBX[2]", Some(&["OBX", "2"])),
            ("PID-5", Some(&["PID", "1", "5"])),
            ("PID-5.1", Some(&["PID", "1", "5", "1", "1"])),
            ("OBX[3]-5[2]", Some(&["OBX", "3", "5", "2"])),
            ("PID-3[2].4.1", Some(&["PID", "1", "3", "2", "4", "1"])),
            ("PID-3[*].4", Some(&["PID", "1", "3"])),
            ("", None),
            ("the message", None),
        ];
        for (text, expected) in cases {
            let place = Place::of(text);
            let location = place.as_ref().map(Place::location);
            let parts = location.map(|at| {
                let numbers = [at.field, at.repetition, at.component, at.subcomponent];
                let numbers = numbers.into_iter().flatten();
                let mut parts = vec![at.segment.to_owned(), at.sequence.to_string()];
                parts.extend(numbers.map(|number| number.to_string()));
                parts
            });
            let expected = expected.map(|parts| parts.iter().map(ToString::to_string).collect());
            assert_eq!(parts, expected, "{text}");
        }
    }
}
