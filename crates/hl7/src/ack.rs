//! Acknowledgments: what a message is answered, and how the answer reads.

mod answer;
mod error;
mod mode;
mod text_charset;
mod writer;

use crate::charset::{Charset, UnknownCharset};
use crate::header::Header;
use crate::timestamp::Timestamp;

pub use error::{AckError, ApplicationCode, ErrorCondition, Location, Severity};
pub use mode::{AckCondition, AckMode};

/// The acknowledgment code, MSA-1 (table 0008).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "closed by HL7 table 0008")]
pub enum AckCode {
    /// `AA`: taken over, or done.
    ApplicationAccept,
    /// `AE`: the content is at fault.
    ApplicationError,
    /// `AR`: not for us, or we cannot at present.
    ApplicationReject,
    /// `CA`: kept safely; the sender need not send it again.
    CommitAccept,
    /// `CE`: could not be kept.
    CommitError,
    /// `CR`: type, version or processing id is not acceptable.
    CommitReject,
}

impl AckCode {
    /// Reads MSA-1, as whoever sent a message does.
    ///
    /// ```
    /// use cistern_hl7::{AckCode, Message, path};
    ///
    /// let answer = Message::parse(b"MSH|^~\\&|TANK|CITY\rMSA|CA|17\r")?;
    /// let code = answer.get(&path!("MSA-1")).value().unwrap();
    /// assert_eq!(AckCode::parse(code.raw()), Some(AckCode::CommitAccept));
    /// # Ok::<(), cistern_hl7::ParseError>(())
    /// ```
    pub fn parse(code: &[u8]) -> Option<AckCode> {
        match code {
            b"AA" => Some(AckCode::ApplicationAccept),
            b"AE" => Some(AckCode::ApplicationError),
            b"AR" => Some(AckCode::ApplicationReject),
            b"CA" => Some(AckCode::CommitAccept),
            b"CE" => Some(AckCode::CommitError),
            b"CR" => Some(AckCode::CommitReject),
            _ => None,
        }
    }

    /// The code of table 0008.
    pub const fn as_str(self) -> &'static str {
        match self {
            AckCode::ApplicationAccept => "AA",
            AckCode::ApplicationError => "AE",
            AckCode::ApplicationReject => "AR",
            AckCode::CommitAccept => "CA",
            AckCode::CommitError => "CE",
            AckCode::CommitReject => "CR",
        }
    }

    /// Whether the code is `AA` or `CA`.
    pub const fn is_accept(self) -> bool {
        matches!(self, AckCode::ApplicationAccept | AckCode::CommitAccept)
    }
}

/// An acknowledgment to be written.
///
/// ```
/// use cistern_hl7::{Ack, AckCode, AckStamp, Header, Timestamp};
///
/// let message = b"MSH|^~\\&|EHR|CLINIC|TANK|CITY|2024||ADT^A08|17|P|2.5.1\rPID|1\r";
/// let stamp = AckStamp::new(Timestamp::from_unix_millis(1_714_747_800_000), "T1");
/// let answer = Ack::new(AckCode::ApplicationAccept).answer(&Header::parse(message)?, &stamp);
/// assert_eq!(
///     answer,
///     b"MSH|^~\\&|TANK|CITY|EHR|CLINIC|20240503145000.000+0000||ACK^A08^ACK|T1|P|2.5.1\r\
///       MSA|AA|17\r"
/// );
/// # Ok::<(), cistern_hl7::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Ack<'a> {
    /// MSA-1.
    pub code: AckCode,
    /// MSA-3, a sentence for a person. Written up to version 2.4, cut to 80 characters.
    pub text: Option<&'a str>,
    /// One per finding. Must not repeat what the message says of a patient.
    pub errors: &'a [AckError<'a>],
    /// MSA-4, where the sequence number protocol is used.
    pub expected_sequence_number: Option<i64>,
    /// MSH-12 of the answer where it differs from the message's: ours that is nearest, when theirs
    /// is refused.
    pub version: Option<&'a str>,
    /// The character set of the message where it is agreed with the sender, whatever its MSH-18
    /// says. The answer is written in it, with MSH-18 as the sender fills it.
    pub charset: Option<Charset>,
}

impl Ack<'_> {
    /// The code and nothing else; the rest can be set by `Ack { text, ..Ack::new(code) }`.
    pub const fn new(code: AckCode) -> Ack<'static> {
        Ack {
            code,
            text: None,
            errors: &[],
            expected_sequence_number: None,
            version: None,
            charset: None,
        }
    }

    /// The character set of the message with this header.
    fn charset_of(&self, header: Header<'_>) -> Result<Charset, UnknownCharset> {
        self.charset.map_or_else(|| header.charset(), Ok)
    }
}

/// What the answering system puts into the header of its answer.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct AckStamp<'a> {
    /// MSH-7.
    pub now: Timestamp,
    /// MSH-10, a new id of our own.
    pub control_id: &'a str,
    /// MSH-3; if none is given, the message's MSH-5.
    pub sending_application: Option<&'a str>,
    /// MSH-4; if none is given, the message's MSH-6.
    pub sending_facility: Option<&'a str>,
    /// MSH-15 of an answer that is a message of its own: the application acknowledgment of enhanced
    /// mode (HL7 v2, chapter 2, "Enhanced acknowledgment rules"). Empty in any other.
    pub accept_acknowledgment: Option<AckCondition>,
    /// MSH-16 of such an answer: [`Never`](AckCondition::Never), for nobody answers an answer.
    /// Empty in any other.
    pub application_acknowledgment: Option<AckCondition>,
}

impl<'a> AckStamp<'a> {
    /// A stamp of an answering system that is called what the message calls it; else the names can
    /// be set.
    pub const fn new(now: Timestamp, control_id: &'a str) -> AckStamp<'a> {
        AckStamp {
            now,
            control_id,
            sending_application: None,
            sending_facility: None,
            accept_acknowledgment: None,
            application_acknowledgment: None,
        }
    }
}
