//! What is kept of a frame, and what its sender hears: the acknowledgment decision table.
//!
//! Nothing here waits or writes; the clock and the running number are arguments.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use hl7::{Ack, AckCode, AckError, AckMode, AckStamp, Header, Message, Timestamp, path};
use service::ListenerConfig;
use tank::{Answer, Arrival, Arrived, MessageKeys};

use crate::refusal::Refusal;

/// The longest text of a header that is kept for look-ups, in characters. The bytes of the message
/// keep all of it.
const KEY_CHARS_MAX: usize = 200;

/// A frame with its answers: the one for when it is kept (inside the arrival) and the one for when
/// it is not.
pub(crate) struct Judged {
    pub(crate) arrival: Arrival,
    /// The answer when the tank could not keep it; empty when the sender wants none.
    pub(crate) not_kept: Bytes,
}

/// Where a frame came from.
#[derive(Clone, Copy)]
pub(crate) struct Origin<'a> {
    pub(crate) feed: &'a str,
    pub(crate) peer: &'a str,
    pub(crate) now: i64,
}

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
        let Ok(message) = &parsed else {
            let reason = parsed
                .as_ref()
                .err()
                .map(ToString::to_string)
                .unwrap_or_default();
            return self.judge_unreadable(frame, origin, reason);
        };
        let header = message.header();
        let keys = keys(header);
        let lane = lane(message);
        let refusal = if header.is_acknowledgment() {
            None
        } else if header.control_id().is_empty() {
            Some(Refusal::NoControlId)
        } else if header.message_code().is_empty() {
            Some(Refusal::NoMessageType)
        } else {
            None
        };
        let state = match refusal {
            None => Arrived::Received,
            Some(refusal) => Arrived::Held(refusal.sentence().to_owned()),
        };
        let answer = self.answer(header, refusal, origin.now);
        let altered_answer = match refusal {
            None => Some(self.answer(header, Some(Refusal::Altered), origin.now)),
            Some(_) => None,
        };
        let not_kept = self
            .answer(header, Some(Refusal::NotKept), origin.now)
            .bytes;
        let arrival = arrive(frame, origin, keys, lane, state, answer, altered_answer);
        Judged { arrival, not_kept }
    }

    /// A frame whose header cannot be read is kept as broken, and answered all the same.
    fn judge_unreadable(&self, frame: Bytes, origin: Origin<'_>, reason: String) -> Judged {
        let answer = |refusal: Refusal| {
            let errors = [refusal.error()];
            let ack = refused(refusal, &errors);
            let code = ack.code.as_str().to_owned();
            let bytes = self.stamped(origin.now, |stamp| ack.answer_unreadable(&frame, stamp));
            Answer { code, bytes }
        };
        let (answer, not_kept) = (answer(Refusal::Unreadable), answer(Refusal::NotKept).bytes);
        let state = Arrived::Broken(reason);
        let keys = MessageKeys::default();
        let arrival = arrive(frame, origin, keys, String::new(), state, answer, None);
        Judged { arrival, not_kept }
    }

    /// The answer on the same link; empty where the sender wants none, and to an acknowledgment.
    fn answer(&self, header: Header<'_>, refusal: Option<Refusal>, now: i64) -> Answer {
        let mode = AckMode::of(header);
        let outcome = refusal.map_or(AckCode::ApplicationAccept, |refusal| refusal.code(mode));
        let code = mode.first_answer(outcome);
        let Some(code) = code.filter(|_| !header.is_acknowledgment()) else {
            return Answer {
                code: String::new(),
                bytes: Bytes::new(),
            };
        };
        let errors: Vec<AckError<'_>> = refusal.map(Refusal::error).into_iter().collect();
        let text = refusal.map(Refusal::sentence);
        let ack = Ack {
            text,
            errors: &errors,
            ..Ack::new(code)
        };
        let bytes = self.stamped(now, |stamp| ack.answer(&header, stamp));
        Answer {
            code: code.as_str().to_owned(),
            bytes,
        }
    }

    fn stamped(&self, now: i64, write: impl FnOnce(&AckStamp<'_>) -> Vec<u8>) -> Bytes {
        let number = self.answers.fetch_add(1, Ordering::Relaxed);
        let control_id = format!("{}-{number}", self.run);
        let mut stamp = AckStamp::new(Timestamp::from_unix_millis(now), &control_id);
        stamp.sending_application = self.sending_application.as_deref();
        stamp.sending_facility = self.sending_facility.as_deref();
        Bytes::from(write(&stamp))
    }
}

/// Without a header there is no sign of enhanced mode.
fn refused<'a>(refusal: Refusal, errors: &'a [AckError<'a>]) -> Ack<'a> {
    Ack {
        text: Some(refusal.sentence()),
        errors,
        ..Ack::new(refusal.code(AckMode::Original))
    }
}

/// A part of a message whose frame never ended: kept as broken, without an answer.
pub(crate) fn fragment(bytes: Bytes, origin: Origin<'_>, reason: &str) -> Arrival {
    let answer = Answer {
        code: String::new(),
        bytes: Bytes::new(),
    };
    let state = Arrived::Broken(reason.to_owned());
    arrive(
        bytes,
        origin,
        MessageKeys::default(),
        String::new(),
        state,
        answer,
        None,
    )
}

#[expect(
    clippy::too_many_arguments,
    reason = "all parts of an arrival, once each"
)]
fn arrive(
    body: Bytes,
    origin: Origin<'_>,
    keys: MessageKeys,
    lane: String,
    state: Arrived,
    answer: Answer,
    altered_answer: Option<Answer>,
) -> Arrival {
    Arrival {
        feed: origin.feed.to_owned(),
        peer: origin.peer.to_owned(),
        received_at: origin.now,
        keys,
        lane,
        body,
        state,
        answer,
        altered_answer,
    }
}

fn keys(header: Header<'_>) -> MessageKeys {
    MessageKeys {
        sending_application: key(header.sending_application()),
        sending_facility: key(header.sending_facility()),
        receiving_application: key(header.receiving_application()),
        receiving_facility: key(header.receiving_facility()),
        control_id: key(header.control_id()),
        message_code: key(header.message_code()),
        trigger_event: key(header.trigger_event()),
        version: key(header.version()),
    }
}

/// Messages of one patient keep their order. Whatever the feed, the same number of the same
/// authority is the same patient.
fn lane(message: &Message<'_>) -> String {
    let part = |path| message.get(&path).value().map(|value| key(value.raw()));
    match part(path!("PID-3.1")) {
        Some(id) => [id, part(path!("PID-3.4")).unwrap_or_default()].join("^"),
        None => String::new(),
    }
}

/// Text for look-ups: UTF-8 where it is that, else each byte as the Latin-1 character it may be.
fn key(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(text) => text.chars().take(KEY_CHARS_MAX).collect(),
        Err(_) => raw
            .iter()
            .take(KEY_CHARS_MAX)
            .map(|byte| char::from(*byte))
            .collect(),
    }
}
