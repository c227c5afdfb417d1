//! The answer of a feed that waits for the import: what became of the message, in original mode.

use hl7::{Ack, AckCode, AckError, AckMode, Message, Severity, Version};
use tank::{Answer, Followed};

use super::Voice;
use crate::feed::Feed;
use crate::refusal::Refusal;
use crate::remarks::{Remarks, code_of};

/// The first version whose ERR has a severity: before it, a note would read as an error.
const V2_5: Version = Version::new(5, 0);

impl Voice {
    /// The answer to a message of this [`head`](super::head) that is settled, and what speaks against
    /// it. `sequence_number` is MSA-4.
    pub(crate) fn imported(
        &self,
        head: &[u8],
        sequence_number: Option<i64>,
        followed: &Followed,
        (feed, now): (&Feed, i64),
    ) -> Option<(Answer, Option<Refusal>)> {
        // It had a header when it was kept.
        let message = Message::parse(head).ok()?;
        let header = message.header();
        let (code, refusal) = outcome(feed, followed)?;
        let remarks = match refusal {
            Some(_) => Remarks::faults(&followed.findings),
            None if header.version_number() >= Some(V2_5) => Remarks::notes(&followed.findings),
            None => Remarks::faults(&[]),
        };
        let mut errors = remarks.errors();
        if errors.is_empty() {
            errors.extend(refusal.map(|refusal| refusal.error(code)));
        }
        if followed.is_altered {
            errors.insert(0, Refusal::Altered.error(AckCode::ApplicationAccept));
        }
        if code.is_accept() {
            errors.iter_mut().for_each(soften);
        }
        let ack = Ack {
            text: errors.first().and_then(|error| error.user_message),
            errors: &errors,
            expected_sequence_number: sequence_number,
            charset: feed.agreed_charset(header),
            ..Ack::new(code)
        };
        let answer = Answer {
            code: code.as_str().to_owned(),
            bytes: self.stamped(now, |stamp| ack.answer(&header, stamp)),
        };
        Some((answer, refusal))
    }
}

/// What is accepted has no errors.
fn soften(error: &mut AckError<'_>) {
    if error.severity == Severity::Error {
        error.severity = Severity::Warning;
    }
}

/// The code, and why it is not simply an acceptance; nothing where the import is not through.
fn outcome(feed: &Feed, followed: &Followed) -> Option<(AckCode, Option<Refusal>)> {
    let is_part_ignored = || followed.findings.iter().any(|it| it.severity == "warn");
    let refusal = match code_of(followed.state)? {
        AckCode::ApplicationError => Refusal::Held,
        AckCode::ApplicationAccept if is_part_ignored() => Refusal::PartIgnored,
        code => return Some((code, None)),
    };
    Some((feed.code(refusal, AckMode::Original), Some(refusal)))
}
