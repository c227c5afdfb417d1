//! How a sender wants to be answered.

use super::AckCode;
use crate::header::Header;

/// Original or enhanced acknowledgment (HL7 v2, chapter 2, "Message processing rules").
///
/// ```
/// use cistern_hl7::{AckCode, AckMode, Header};
///
/// let accept = AckCode::ApplicationAccept;
/// let original = Header::parse(b"MSH|^~\\&|LAB||||||ORU^R01|17|P|2.5.1")?.ack_mode();
/// assert_eq!(original, AckMode::Original);
/// assert_eq!(original.first_answer(accept), Some(AckCode::ApplicationAccept));
///
/// let enhanced = Header::parse(b"MSH|^~\\&|LAB||||||ORU^R01|17|P|2.5.1|||AL|NE")?.ack_mode();
/// assert_eq!(enhanced.first_answer(accept), Some(AckCode::CommitAccept));
/// # Ok::<(), cistern_hl7::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "closed by HL7 v2 chapter 2")]
pub enum AckMode {
    /// MSH-15 and MSH-16 are empty or null: one application acknowledgment on the same link.
    Original,
    /// Either is valued: an accept acknowledgment on the same link when the message is kept, an
    /// application acknowledgment later as a message of its own.
    Enhanced {
        /// MSH-15; [`Never`](AckCondition::Never) where it is empty or null.
        accept: AckCondition,
        /// MSH-16; [`Never`](AckCondition::Never) where it is empty or null.
        application: AckCondition,
    },
}

impl AckMode {
    /// The mode that MSH-15 and MSH-16 ask for. A code outside table 0155 counts as `AL`.
    pub fn of(header: Header<'_>) -> AckMode {
        match (
            header.accept_acknowledgment(),
            header.application_acknowledgment(),
        ) {
            (b"", b"") => AckMode::Original,
            (accept, application) => AckMode::Enhanced {
                accept: condition_or_always(accept),
                application: condition_or_always(application),
            },
        }
    }

    /// The code of the first answer on the same link for this outcome, or nothing if the sender
    /// wants no answer: `AA AE AR` in original mode, the matching `CA CE CR` in enhanced mode.
    pub fn first_answer(self, outcome: AckCode) -> Option<AckCode> {
        match self {
            AckMode::Original => Some(outcome.to_application()),
            AckMode::Enhanced { accept, .. } => {
                Some(outcome.to_commit()).filter(|code| accept.wants(*code))
            }
        }
    }
}

fn condition_or_always(code: &[u8]) -> AckCondition {
    match code {
        b"" => AckCondition::Never,
        code => AckCondition::parse(code).unwrap_or(AckCondition::Always),
    }
}

/// When an acknowledgment is wanted (table 0155).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "closed by HL7 table 0155")]
pub enum AckCondition {
    /// `AL`
    Always,
    /// `NE`
    Never,
    /// `ER`: on error or reject.
    OnError,
    /// `SU`: on success.
    OnSuccess,
}

impl AckCondition {
    /// Reads a code of table 0155.
    pub fn parse(code: &[u8]) -> Option<AckCondition> {
        match code {
            b"AL" => Some(AckCondition::Always),
            b"NE" => Some(AckCondition::Never),
            b"ER" => Some(AckCondition::OnError),
            b"SU" => Some(AckCondition::OnSuccess),
            _ => None,
        }
    }

    /// The code of table 0155.
    pub const fn as_str(self) -> &'static str {
        match self {
            AckCondition::Always => "AL",
            AckCondition::Never => "NE",
            AckCondition::OnError => "ER",
            AckCondition::OnSuccess => "SU",
        }
    }

    /// Whether an answer with this code is wanted.
    pub fn wants(self, code: AckCode) -> bool {
        match self {
            AckCondition::Always => true,
            AckCondition::Never => false,
            AckCondition::OnError => !code.is_accept(),
            AckCondition::OnSuccess => code.is_accept(),
        }
    }
}

impl AckCode {
    /// The commit code of the same outcome: `AA` becomes `CA`.
    #[must_use]
    pub const fn to_commit(self) -> AckCode {
        match self {
            AckCode::ApplicationAccept | AckCode::CommitAccept => AckCode::CommitAccept,
            AckCode::ApplicationError | AckCode::CommitError => AckCode::CommitError,
            AckCode::ApplicationReject | AckCode::CommitReject => AckCode::CommitReject,
        }
    }

    /// The application code of the same outcome: `CA` becomes `AA`.
    #[must_use]
    pub const fn to_application(self) -> AckCode {
        match self {
            AckCode::ApplicationAccept | AckCode::CommitAccept => AckCode::ApplicationAccept,
            AckCode::ApplicationError | AckCode::CommitError => AckCode::ApplicationError,
            AckCode::ApplicationReject | AckCode::CommitReject => AckCode::ApplicationReject,
        }
    }
}
