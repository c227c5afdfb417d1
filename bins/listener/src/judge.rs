//! What is kept of a frame, and what its sender hears: the acknowledgment decision table.
//!
//! Nothing here waits or writes; the clock and the running number are arguments.

mod imported;
mod keys;
mod origin;
mod sequence;

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use hl7::{Ack, AckCode, AckError, AckMode, AckStamp, Message, Timestamp};
use service::ListenerConfig;
use tank::{Altered, Answer, Arrival, Arrived, Body, MessageKeys, ReadAs};

use crate::batch;
use crate::refusal::Refusal;
use keys::{keys, lane};
use sequence::{Number, kept_of_link};

pub(crate) use origin::Origin;

/// What is kept of a frame, with the answers for when it is, and why it is not simply accepted.
pub(crate) struct Judged {
    pub(crate) arrival: Arrival,
    pub(crate) refusal: Option<Refusal>,
}

/// What an answer says of a message.
#[derive(Clone, Copy, Default)]
struct Verdict {
    refusal: Option<Refusal>,
    /// MSA-4.
    sequence_number: Option<i64>,
}

/// Why an acknowledgment is kept and not imported.
const ACKNOWLEDGMENT: &str = "an acknowledgment, which says nothing of a patient";

/// Longer than any header that is one.
const HEAD_BYTES_MAX: usize = 4096;

/// How the answers of this process are signed.
pub(crate) struct Voice {
    sending_application: Option<String>,
    sending_facility: Option<String>,
    /// What tells the control ids of this run from those of any other.
    run: String,
    answers: AtomicU64,
}

impl Voice {
    /// A voice of its own for each start of the process.
    pub(crate) fn new(config: &ListenerConfig, started: i64) -> Voice {
        Voice {
            sending_application: config.sending_application.clone(),
            sending_facility: config.sending_facility.clone(),
            run: format!("{started:x}"),
            answers: AtomicU64::new(1),
        }
    }

    /// Judges one complete frame.
    pub(crate) fn judge(&self, frame: Bytes, origin: Origin<'_>) -> Judged {
        let parsed = Message::parse(&frame);
        let message = match &parsed {
            Ok(message) => message,
            Err(error) => {
                let reason = error.to_string();
                return self.broken(frame, origin, Refusal::Unreadable, reason);
            }
        };
        let header = message.header();
        let reading = origin.reading(message);
        let refusal = origin.refusal(message, reading);
        let number = origin.number(message, refusal);
        let verdict = Verdict {
            refusal,
            sequence_number: number.and_then(Number::accepted),
        };
        let is_of_link = number.is_some_and(Number::is_of_link);
        let state = match refusal {
            Some(refusal) => refusal.arrived(),
            None if header.is_acknowledgment() => Arrived::Ignored(ACKNOWLEDGMENT.to_owned()),
            None if is_of_link => kept_of_link(message),
            None => Arrived::Received,
        };
        let altered = || Some(self.altered(message, verdict, origin));
        let (altered, reply) = match &state {
            Arrived::Received if is_answer(message) => (altered(), ""),
            Arrived::Received => (altered(), origin.feed.reply(header, origin.identity)),
            _ => (None, ""),
        };
        let (keys, lane) = (keys(header, reading), lane(message, reading));
        let answer = self.answer(message, verdict, origin);
        let arrival = Arrival {
            keys,
            lane,
            answer,
            altered,
            reply: reply.to_owned(),
            is_provisional: is_of_link || refusal.is_some_and(Refusal::is_provisional),
            sequence: number.map(Number::step),
            read_as: reading.recorded(),
            ..arrival(frame, origin, state)
        };
        Judged { arrival, refusal }
    }

    /// A batch with too many messages: kept as one, and answered as one.
    pub(crate) fn too_long(&self, frame: Bytes, origin: Origin<'_>) -> Judged {
        let refusal = Refusal::BatchLength;
        self.broken(frame, origin, refusal, refusal.sentence().to_owned())
    }

    /// What is no message is kept all the same, and answered.
    fn broken(&self, frame: Bytes, origin: Origin<'_>, refusal: Refusal, reason: String) -> Judged {
        let answer = self.answer_unreadable(&frame, refusal, origin);
        Judged {
            arrival: Arrival {
                answer,
                ..arrival(frame, origin, Arrived::Broken(reason))
            },
            refusal: Some(refusal),
        }
    }

    /// What is kept of a batch beside its messages: all of it, as it came.
    pub(crate) fn batch(frame: Bytes, origin: Origin<'_>) -> Arrival {
        let reason = "a batch, whose messages are kept one by one";
        arrival(frame, origin, Arrived::Ignored(reason.to_owned()))
    }

    /// The one answer to a batch that begins like this.
    pub(crate) fn answer_batch(&self, head: &[u8], answers: &[Answer], now: i64) -> Bytes {
        self.stamped(now, |stamp| batch::answer(head, answers, stamp))
    }

    /// A message whose control id came before with other content: where that is no acceptance, it
    /// waits for a person.
    fn altered(&self, message: &Message<'_>, verdict: Verdict, origin: Origin<'_>) -> Altered {
        let refusal = Some(Refusal::Altered);
        let is_accepted = origin
            .feed
            .code(Refusal::Altered, AckMode::Original)
            .is_accept();
        Altered {
            state: if is_accepted {
                Arrived::Received
            } else {
                Arrived::Held(Refusal::Altered.sentence().to_owned())
            },
            answer: self.answer(message, Verdict { refusal, ..verdict }, origin),
        }
    }

    /// The answer to a frame of this [`head`] that is not kept, for this reason; empty when the sender
    /// wants none.
    pub(crate) fn not_kept(&self, head: &[u8], why: Refusal, origin: Origin<'_>) -> Answer {
        match Message::parse(head) {
            Ok(message) => self.answer(&message, Verdict::of(why), origin),
            Err(_) => self.answer_unreadable(head, why, origin),
        }
    }

    /// The answer on the same link; empty where the sender wants none, and to an acknowledgment.
    fn answer(&self, message: &Message<'_>, verdict: Verdict, origin: Origin<'_>) -> Answer {
        if is_answer(message) {
            return no_answer();
        }
        let header = message.header();
        origin.feed.look_at_conditions(header);
        let charset = origin.agreed_charset(header);
        self.reply(AckMode::of(header), verdict, origin, |ack, stamp| {
            Ack { charset, ..*ack }.answer(&header, stamp)
        })
    }

    /// A frame whose header cannot be read is answered all the same. Nothing in it asks for
    /// enhanced mode.
    fn answer_unreadable(&self, frame: &[u8], refusal: Refusal, origin: Origin<'_>) -> Answer {
        self.reply(
            AckMode::Original,
            Verdict::of(refusal),
            origin,
            |ack, stamp| ack.answer_unreadable(frame, stamp),
        )
    }

    /// What the feed says to this, if anything.
    fn reply(
        &self,
        asked: AckMode,
        verdict: Verdict,
        origin: Origin<'_>,
        write: impl FnOnce(&Ack<'_>, &AckStamp<'_>) -> Vec<u8>,
    ) -> Answer {
        let Some(mode) = origin.feed.mode(asked) else {
            return no_answer();
        };
        let refusal = verdict.refusal;
        let outcome = match refusal {
            Some(refusal) => origin.feed.code(refusal, mode),
            None => AckCode::ApplicationAccept,
        };
        let Some(code) = mode.first_answer(outcome) else {
            return no_answer();
        };
        let errors: Vec<AckError<'_>> = refusal.iter().map(|it| it.error(code)).collect();
        let ack = Ack {
            text: refusal.map(Refusal::sentence),
            errors: &errors,
            expected_sequence_number: verdict.sequence_number,
            ..Ack::new(code)
        };
        Answer {
            code: code.as_str().to_owned(),
            bytes: self.stamped(origin.now, |stamp| write(&ack, stamp)),
        }
    }

    fn stamped(&self, now: i64, write: impl FnOnce(&AckStamp<'_>) -> Vec<u8>) -> Bytes {
        let number = self.answers.fetch_add(1, Ordering::Relaxed);
        let control_id = format!("{}-{number}", self.run);
        Bytes::from(write(&self.stamp(&control_id, now)))
    }

    /// Our names under an answer.
    pub(crate) fn stamp<'a>(&'a self, control_id: &'a str, now: i64) -> AckStamp<'a> {
        let mut stamp = AckStamp::new(Timestamp::from_unix_millis(now), control_id);
        stamp.sending_application = self.sending_application.as_deref();
        stamp.sending_facility = self.sending_facility.as_deref();
        stamp
    }
}

impl Verdict {
    fn of(refusal: Refusal) -> Verdict {
        Verdict {
            refusal: Some(refusal),
            ..Verdict::default()
        }
    }
}

/// Whether a message answers another, and so is answered by nobody: an acknowledgment, or MSA after
/// the header, as in ORR and RSP.
fn is_answer(message: &Message<'_>) -> bool {
    let second = message.segments().nth(1);
    message.header().is_acknowledgment() || second.is_some_and(|segment| segment.is("MSA"))
}

/// The first two segments of a frame, or what an answer needs of it.
pub(crate) fn head(frame: &[u8]) -> &[u8] {
    let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
    let text = frame.trim_ascii_start();
    let mut lines = text.split(is_end).filter(|line| !line.is_empty());
    let second = lines.nth(1).unwrap_or(text);
    let bytes = second.as_ptr().addr() + second.len() - text.as_ptr().addr();
    text.get(..bytes.min(HEAD_BYTES_MAX)).unwrap_or(text)
}

/// A part of a message whose frame never ended: kept as broken, without an answer.
pub(crate) fn fragment(bytes: Bytes, origin: Origin<'_>, reason: &str) -> Arrival {
    arrival(bytes, origin, Arrived::Broken(reason.to_owned()))
}

/// Bytes of which nothing is known, and which nobody answers.
fn arrival(body: Bytes, origin: Origin<'_>, state: Arrived) -> Arrival {
    Arrival {
        feed: origin.feed.name().to_owned(),
        peer: origin.peer.to_owned(),
        received_at: origin.now,
        keys: MessageKeys::default(),
        lane: String::new(),
        body: Body::new(body),
        state,
        answer: no_answer(),
        is_provisional: false,
        altered: None,
        reply: String::new(),
        sequence: None,
        read_as: ReadAs::default(),
    }
}

pub(crate) fn no_answer() -> Answer {
    Answer {
        code: String::new(),
        bytes: Bytes::new(),
    }
}
