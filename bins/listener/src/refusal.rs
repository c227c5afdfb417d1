//! Why a message is answered in the negative: the rows of the acknowledgment decision table.

use hl7::{AckCode, AckError, AckMode, ApplicationCode, ErrorCondition, Location, Severity};

/// One reason, with the code, the ERR segment and the sentence that go with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The frame does not begin with a header that can be read.
    Unreadable,
    /// MSH-10 is empty, so no answer could be told from another.
    NoControlId,
    /// MSH-9 is empty, so nobody could say what the message is.
    NoMessageType,
    /// The tank could not keep the message.
    NotKept,
    /// Kept, but the control id came before with other bytes.
    Altered,
}

impl Refusal {
    /// The outcome. Not to be able to store is a commit error in enhanced mode; original mode has
    /// only the rejection for a cause that is not in the message.
    pub(crate) fn code(self, mode: AckMode) -> AckCode {
        match self {
            Refusal::NotKept if mode != AckMode::Original => AckCode::CommitError,
            Refusal::Unreadable | Refusal::NotKept => AckCode::ApplicationReject,
            Refusal::NoControlId | Refusal::NoMessageType => AckCode::ApplicationError,
            Refusal::Altered => AckCode::ApplicationAccept,
        }
    }

    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Refusal::Unreadable => "not an HL7 v2 message: it must begin with MSH and delimiters",
            Refusal::NoControlId => "MSH-10 is empty: give each message a control id of its own",
            Refusal::NoMessageType => "MSH-9 is empty: say what the message is",
            Refusal::NotKept => "the message could not be stored: send it again later",
            Refusal::Altered => "this control id came before with other content; both are kept",
        }
    }

    pub(crate) fn error(self) -> AckError<'static> {
        let condition = match self {
            Refusal::Unreadable => ErrorCondition::SegmentSequenceError,
            Refusal::NoControlId | Refusal::NoMessageType => ErrorCondition::RequiredFieldMissing,
            Refusal::NotKept => ErrorCondition::ApplicationInternalError,
            Refusal::Altered => ErrorCondition::DuplicateKeyIdentifier,
        };
        let mut error = AckError::new(condition);
        error.severity = match self {
            Refusal::NotKept => Severity::Fatal,
            Refusal::Altered => Severity::Warning,
            _ => Severity::Error,
        };
        error.location = match self {
            Refusal::NoControlId | Refusal::Altered => Some(Location::field("MSH", 1, 10)),
            Refusal::NoMessageType => Some(Location::field("MSH", 1, 9)),
            Refusal::Unreadable | Refusal::NotKept => None,
        };
        if self == Refusal::Altered {
            error.application_code = Some(ApplicationCode::DuplicateKeyIdentifier);
        }
        error.user_message = Some(self.sentence());
        error
    }
}
