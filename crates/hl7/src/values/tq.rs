//! TQ, how much, how often and how long.

use super::parts::Parts;
use crate::levels::Repetition;
use crate::value::Presence;

/// Timing and quantity of an order (type TQ, section 2.A.76), as in ORC-7 and OBR-27 until the
/// segments TQ1 and TQ2 of version 2.5 took its place.
///
/// ```
/// use cistern_hl7::{Message, Tq};
///
/// let message = Message::parse(b"MSH|^~\\&|\rORC|NW||||||1&TAB^Q6H^D10^^^R\r")?;
/// let field = message.segment("ORC").unwrap().field(7).unwrap();
/// let timing = Tq::of(field.repetition(1).unwrap());
/// assert_eq!(timing.quantity.value().unwrap().raw(), b"1");
/// assert_eq!(timing.repeat_pattern.value().unwrap().raw(), b"Q6H");
/// assert_eq!(timing.duration.value().unwrap().raw(), b"D10");
/// # Ok::<(), cistern_hl7::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tq<'a> {
    /// TQ.1.1, how much is given each time.
    pub quantity: Presence<'a>,
    /// TQ.1.2, in which unit.
    pub units: Presence<'a>,
    /// TQ.2.1, how often (table 0335), such as `Q6H`.
    pub repeat_pattern: Presence<'a>,
    /// TQ.2.2, at which times of the day.
    pub explicit_times: Presence<'a>,
    /// TQ.3, for how long, such as `D10` for ten days.
    pub duration: Presence<'a>,
    /// TQ.4, when it starts.
    pub start: Presence<'a>,
    /// TQ.5, when it ends.
    pub end: Presence<'a>,
    /// TQ.6, how urgent it is, such as `S` for stat.
    pub priority: Presence<'a>,
    /// TQ.7, under which condition it is given.
    pub condition: Presence<'a>,
    /// TQ.8, all of this in words.
    pub text: Presence<'a>,
    /// TQ.9, how the next repetition follows: `S` after this one, `A` beside it (table 0472).
    pub conjunction: Presence<'a>,
    /// TQ.10, on which order this one waits, whole.
    pub order_sequencing: Presence<'a>,
    /// TQ.11, how long each occurrence takes, whole.
    pub occurrence_duration: Presence<'a>,
    /// TQ.12, how many occurrences there are.
    pub total_occurrences: Presence<'a>,
}

impl<'a> Tq<'a> {
    /// Of a repetition, such as those of OBR-27.
    pub fn of(repetition: Repetition<'a>) -> Tq<'a> {
        let parts = Parts::of(repetition);
        let below = |number| Parts::below(repetition, number);
        Tq {
            quantity: below(1).at(1),
            units: below(1).at(2),
            repeat_pattern: below(2).at(1),
            explicit_times: below(2).at(2),
            duration: parts.at(3),
            start: below(4).at(1),
            end: below(5).at(1),
            priority: parts.at(6),
            condition: parts.at(7),
            text: parts.at(8),
            conjunction: parts.at(9),
            order_sequencing: parts.at(10),
            occurrence_duration: parts.at(11),
            total_occurrences: parts.at(12),
        }
    }
}
