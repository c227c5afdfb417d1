//! Why a message is answered in the negative: the rows of the acknowledgment decision table.

use hl7::{AckCode, AckError, AckMode, ApplicationCode, ErrorCondition, Location, Severity};
use tank::Arrived;

/// One reason, with the code, the ERR segment and the sentence that go with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The frame does not begin with a header that can be read.
    Unreadable,
    /// The feed does not take messages of this sender.
    Sender,
    /// The feed does not take this version.
    Version,
    /// The feed does not take this kind of message.
    MessageCode,
    /// The feed does not take this event of such messages.
    TriggerEvent,
    /// The feed does not take messages for this purpose: tests on a feed for production.
    ProcessingId,
    /// MSH-10 is empty, so no answer could be told from another.
    NoControlId,
    /// MSH-9 is empty, so nobody could say what the message is.
    NoMessageType,
    /// The batch that it came in states another number of messages than there were.
    BatchCount,
    /// There are more messages in the batch than one commit may take.
    BatchLength,
    /// MSH-13 is not the number that is expected.
    Sequence,
    /// The tank could not keep the message.
    NotKept,
    /// Kept, but the control id came before with other bytes.
    Altered,
    /// The listener is about to stop.
    Stopping,
    /// Kept, but the import holds it, and the sender waits for that.
    Held,
    /// Imported, but for a part, and the sender waits for that.
    PartIgnored,
}

impl Refusal {
    /// The outcome. Not to be able to store is a commit error in enhanced mode, and so is a number
    /// that is not expected; original mode has only the rejection for a cause that is not in the
    /// message.
    pub(crate) fn code(self, mode: AckMode) -> AckCode {
        match self {
            Refusal::NotKept | Refusal::Sequence | Refusal::Stopping
                if mode != AckMode::Original =>
            {
                AckCode::CommitError
            }
            Refusal::NoControlId
            | Refusal::NoMessageType
            | Refusal::BatchCount
            | Refusal::Held
            | Refusal::PartIgnored => AckCode::ApplicationError,
            Refusal::Altered => AckCode::ApplicationAccept,
            _ => AckCode::ApplicationReject,
        }
    }

    /// Whether what speaks against the message may be gone when the same bytes come again.
    pub(crate) fn is_provisional(self) -> bool {
        !matches!(self, Refusal::NoControlId | Refusal::NoMessageType)
    }

    /// The state in which the message is kept.
    pub(crate) fn arrived(self) -> Arrived {
        let reason = self.sentence().to_owned();
        match self {
            Refusal::NoControlId | Refusal::NoMessageType | Refusal::BatchCount => {
                Arrived::Held(reason)
            }
            _ => Arrived::Refused(reason),
        }
    }

    /// Its name in the settings, in metrics and in the log.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Refusal::Unreadable => "unreadable",
            Refusal::Sender => "sender",
            Refusal::Version => "version",
            Refusal::MessageCode => "message_code",
            Refusal::TriggerEvent => "trigger_event",
            Refusal::ProcessingId => "processing_id",
            Refusal::NoControlId => "no_control_id",
            Refusal::NoMessageType => "no_message_type",
            Refusal::BatchCount => "batch_count",
            Refusal::BatchLength => "batch_length",
            Refusal::Sequence => "sequence",
            Refusal::Altered => "altered",
            Refusal::Stopping => "stopping",
            Refusal::Held => "held",
            Refusal::PartIgnored => "part_ignored",
            Refusal::NotKept => "not_kept",
        }
    }

    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Refusal::Unreadable => "not an HL7 v2 message: it must begin with MSH and delimiters",
            Refusal::Sender => "this sender (MSH-3, MSH-4) is not known here",
            Refusal::Version => "this version (MSH-12) is not taken here",
            Refusal::MessageCode => "messages of this type (MSH-9.1) are not taken here",
            Refusal::TriggerEvent => "this event (MSH-9.2) is not taken here",
            Refusal::ProcessingId => "messages for this purpose (MSH-11) are not taken here",
            Refusal::NoControlId => "MSH-10 is empty: give each message a control id of its own",
            Refusal::NoMessageType => "MSH-9 is empty: say what the message is",
            Refusal::BatchCount => {
                "BTS-1 or FTS-1 states another number, or is missing: part of the batch may be lost"
            }
            Refusal::BatchLength => "the batch has too many messages: send it in parts",
            Refusal::Sequence => "MSH-13 is not the next number: MSA-4 says which is expected",
            Refusal::NotKept => "the message could not be stored: send it again later",
            Refusal::Altered => "this control id came before with other content; both are kept",
            Refusal::Stopping => {
                "not kept, for this listener is about to stop: send it again later"
            }
            Refusal::Held => "kept, but not imported until somebody has looked at it",
            Refusal::PartIgnored => "imported, but a part of it could not be taken",
        }
    }

    /// The error that goes with the outcome.
    pub(crate) fn error(self, outcome: AckCode) -> AckError<'static> {
        let condition = match self {
            Refusal::Unreadable => ErrorCondition::SegmentSequenceError,
            Refusal::NoControlId | Refusal::NoMessageType => ErrorCondition::RequiredFieldMissing,
            Refusal::Sender
            | Refusal::BatchCount
            | Refusal::BatchLength
            | Refusal::Sequence
            | Refusal::NotKept
            | Refusal::Stopping => ErrorCondition::ApplicationInternalError,
            Refusal::Held | Refusal::PartIgnored => ErrorCondition::OtherError,
            Refusal::Version => ErrorCondition::UnsupportedVersionId,
            Refusal::MessageCode => ErrorCondition::UnsupportedMessageType,
            Refusal::TriggerEvent => ErrorCondition::UnsupportedEventCode,
            Refusal::ProcessingId => ErrorCondition::UnsupportedProcessingId,
            Refusal::Altered => ErrorCondition::DuplicateKeyIdentifier,
        };
        let mut error = AckError::new(condition);
        error.severity = match self {
            Refusal::NotKept | Refusal::Stopping => Severity::Fatal,
            _ if outcome.is_accept() => Severity::Warning,
            _ => Severity::Error,
        };
        error.location = match self {
            Refusal::NoControlId | Refusal::Altered => Some(Location::field("MSH", 1, 10)),
            Refusal::NoMessageType => Some(Location::field("MSH", 1, 9)),
            Refusal::Version => Some(Location::field("MSH", 1, 12)),
            Refusal::MessageCode => Some(Location::component("MSH", 1, 9, 1)),
            Refusal::TriggerEvent => Some(Location::component("MSH", 1, 9, 2)),
            Refusal::ProcessingId => Some(Location::field("MSH", 1, 11)),
            Refusal::Sequence => Some(Location::field("MSH", 1, 13)),
            Refusal::Unreadable
            | Refusal::Sender
            | Refusal::BatchCount
            | Refusal::BatchLength
            | Refusal::NotKept
            | Refusal::Stopping
            | Refusal::Held
            | Refusal::PartIgnored => None,
        };
        if self == Refusal::Altered {
            error.application_code = Some(ApplicationCode::DuplicateKeyIdentifier);
        }
        error.user_message = Some(self.sentence());
        error
    }
}
