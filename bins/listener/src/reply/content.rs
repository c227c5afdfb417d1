//! What a reply says: what became of the message, and what somebody must look at.

use std::str;

use hl7::{
    Ack, AckCode, AckCondition, AckError, AckStamp, ErrorCondition, Header, Location, Path,
    Selector, Severity,
};
use tank::{Answer, DueReply, FindingView, State};

use crate::feed::Feed;

/// What there is to say.
pub(super) enum Content {
    Say(Answer),
    /// The sender does not want to hear of this outcome.
    NotWanted,
    /// The message is on its way through the importer again.
    NotYet,
}

/// The application acknowledgment to a message, a message of our own in the shape of its version.
pub(super) fn content(feed: &Feed, reply: &DueReply, stamp: &AckStamp<'_>) -> Content {
    if let Some(written) = &reply.written {
        return Content::Say(written.clone());
    }
    let Some(code) = code(reply.state) else {
        return Content::NotYet;
    };
    let wanted = AckCondition::parse(reply.wanted.as_bytes()).unwrap_or(AckCondition::Always);
    // It had a header when it was kept.
    let Some(header) = Header::parse(&reply.head)
        .ok()
        .filter(|_| wanted.wants(code))
    else {
        return Content::NotWanted;
    };
    let findings: &[FindingView] = match code {
        AckCode::ApplicationError => &reply.findings,
        _ => &[],
    };
    let places: Vec<Option<Place>> = findings.iter().map(|f| Place::of(&f.path)).collect();
    let remarks = findings.iter().zip(&places);
    let errors: Vec<AckError<'_>> = remarks
        .filter_map(|(finding, place)| error(finding, place.as_ref()))
        .collect();
    let ack = Ack {
        text: errors.first().and_then(|error| error.user_message),
        errors: &errors,
        charset: feed.agreed_charset(header),
        ..Ack::new(code)
    };
    Content::Say(Answer {
        code: code.as_str().to_owned(),
        bytes: ack.answer(&header, stamp).into(),
    })
}

fn code(state: State) -> Option<AckCode> {
    match state {
        State::Imported | State::Ignored => Some(AckCode::ApplicationAccept),
        State::Held => Some(AckCode::ApplicationError),
        State::Skipped => Some(AckCode::ApplicationReject),
        State::Received | State::Failed | State::Refused | State::Broken => None,
    }
}

/// A finding as the sender is told of it: its own sentence may quote the message, so that it hears
/// what goes for all of the kind. What is only worth knowing here is left out.
fn error<'a>(finding: &'a FindingView, place: Option<&'a Place>) -> Option<AckError<'a>> {
    let severity = match &*finding.severity {
        "hold" => Severity::Error,
        "warn" => Severity::Warning,
        _ => return None,
    };
    let (condition, sentence) = of_kind(&finding.kind);
    Some(AckError {
        severity,
        location: place.map(Place::location),
        diagnostics: Some(&finding.kind),
        user_message: Some(sentence),
        ..AckError::new(condition)
    })
}

/// Table 0357, and a sentence of at most the 80 characters of MSA-3. None is 207, on which senders
/// send again: the message is kept.
fn of_kind(kind: &str) -> (ErrorCondition, &'static str) {
    match kind {
        "unmapped_code" => (
            ErrorCondition::TableValueNotFound,
            "this code is not known here: it waits until somebody says what it means",
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
            (Late, "199"),
            (Undecodable, "102"),
            (Unreadable, "100"),
        ];
        for (kind, code) in kinds {
            let (condition, sentence) = of_kind(kind.as_str());
            assert_eq!(condition.code(), code, "{kind:?}");
            assert!(sentence.len() <= 80, "{sentence}");
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
