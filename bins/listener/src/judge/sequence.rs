//! MSH-13 where a feed keeps to the sequence number protocol (HL7 v2, chapter 2, "Sequence number
//! protocol").

use bytes::Bytes;
use hl7::{Header, Message, Segment};
use tank::{Arrived, SequenceNumber};

use super::{Judged, Origin, Verdict, Voice};
use crate::refusal::Refusal;

/// What a message says by its number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    /// Its place in the sequence.
    Place(i64),
    /// 0: the link starts, and asks for the number to go on with.
    Start,
    /// -1: the next number is the first of a new sequence.
    Resynchronization,
    /// None that the protocol knows.
    Unusable,
}

/// What MSA-4 says where the next number may be any.
const ANY_NUMBER: i64 = -1;

impl Number {
    pub(super) fn of(header: Header<'_>) -> Number {
        let text = str::from_utf8(header.sequence_number()).unwrap_or_default();
        match text.trim().parse() {
            Ok(0) => Number::Start,
            Ok(-1) => Number::Resynchronization,
            // What comes after it must be a number too.
            Ok(place) if place > 0 && place < i64::MAX => Number::Place(place),
            _ => Number::Unusable,
        }
    }

    /// What the tank makes of it.
    pub(super) fn step(self) -> SequenceNumber {
        match self {
            Number::Place(number) => SequenceNumber::Number {
                number,
                first: number,
            },
            Number::Resynchronization => SequenceNumber::Restart,
            Number::Start | Number::Unusable => SequenceNumber::Asks { first: None },
        }
    }

    /// MSA-4 of the answer that accepts it.
    pub(super) fn accepted(self) -> Option<i64> {
        match self {
            Number::Place(place) => Some(place),
            Number::Resynchronization => Some(ANY_NUMBER),
            Number::Start | Number::Unusable => None,
        }
    }

    /// Whether it speaks of the link, and its message of nothing else.
    pub(super) fn is_of_link(self) -> bool {
        matches!(self, Number::Start | Number::Resynchronization)
    }
}

impl Voice {
    /// Judges a message whose number is not the one that is expected: it is refused, or asks for
    /// that number.
    pub(crate) fn out_of_sequence(
        &self,
        frame: &Bytes,
        expected: Option<i64>,
        origin: Origin<'_>,
    ) -> Judged {
        let Judged {
            mut arrival,
            mut refusal,
        } = self.judge(frame.clone(), origin);
        let Ok(message) = Message::parse(frame) else {
            return Judged { arrival, refusal };
        };
        if Number::of(message.header()) != Number::Start {
            refusal = Some(Refusal::Sequence);
            arrival.state = Refusal::Sequence.arrived();
        }
        let verdict = Verdict {
            refusal,
            sequence_number: Some(expected.unwrap_or(ANY_NUMBER)),
        };
        arrival.answer = self.answer(&message, verdict, origin);
        (arrival.altered, arrival.sequence) = (None, None);
        arrival.reply.clear();
        // The same bytes may be in sequence when they come again.
        arrival.is_provisional = true;
        Judged { arrival, refusal }
    }
}

/// How a message that speaks of the link alone is kept. Where it has content all the same, a person
/// must say what that is.
pub(super) fn kept_of_link(message: &Message<'_>) -> Arrived {
    let has_content = |segment: Segment<'_>| {
        let mut fields = segment.fields();
        fields.any(|field| field.presence().value().is_some())
    };
    if message.segments().skip(1).any(has_content) {
        let reason =
            "MSH-13 is 0 or -1, which is of the link alone, and yet the message has content";
        Arrived::Held(reason.to_owned())
    } else {
        Arrived::Ignored("of the link alone: MSH-13 is 0 or -1".to_owned())
    }
}
