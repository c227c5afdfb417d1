//! XON, an organisation by name and number.

use super::hd::Hd;
use super::parts::Parts;
use crate::levels::Repetition;
use crate::value::Presence;

/// An organisation by name, identifier, or both, such as an insurer (type XON, section 2.A.87).
///
/// ```
/// use cistern_hl7::{Message, Xon};
///
/// let message = Message::parse(b"MSH|^~\\&|\rIN1|1|A|9|Hill Mutual^L^77^^^^XX\r")?;
/// let insurer = message.segment("IN1").unwrap().field(4).unwrap();
/// let insurer = Xon::of(insurer.repetition(1).unwrap());
/// assert_eq!(insurer.name.value().unwrap().raw(), b"Hill Mutual");
/// assert_eq!(insurer.identifier().value().unwrap().raw(), b"77");
/// # Ok::<(), cistern_hl7::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Xon<'a> {
    /// XON.1, the name.
    pub name: Presence<'a>,
    /// XON.2, what kind of name it is (table 0204), such as `L` for the legal one.
    pub name_type_code: Presence<'a>,
    /// XON.3, an identifier in digits (until version 2.6).
    pub numeric_id: Presence<'a>,
    /// XON.4, the check digit of the identifier, where that is not part of it (until version 2.7).
    pub check_digit: Presence<'a>,
    /// XON.5, how the check digit is reckoned (table 0061; until version 2.7).
    pub check_digit_scheme: Presence<'a>,
    /// XON.6, who gave the identifier out.
    pub authority: Hd<'a>,
    /// XON.7, what kind of identifier it is (table 0203), such as `XX`.
    pub type_code: Presence<'a>,
    /// XON.8, where the identifier was given out.
    pub facility: Hd<'a>,
    /// XON.9, in which script the name is written (table 0465; version 2.3.1 and later).
    pub representation_code: Presence<'a>,
    /// XON.10, the identifier (version 2.5 and later).
    pub id: Presence<'a>,
}

impl<'a> Xon<'a> {
    /// Of a repetition, such as those of ORC-21.
    pub fn of(repetition: Repetition<'a>) -> Xon<'a> {
        let parts = Parts::of(repetition);
        Xon {
            name: parts.at(1),
            name_type_code: parts.at(2),
            numeric_id: parts.at(3),
            check_digit: parts.at(4),
            check_digit_scheme: parts.at(5),
            authority: Hd::below(repetition, 6),
            type_code: parts.at(7),
            facility: Hd::below(repetition, 8),
            representation_code: parts.at(9),
            id: parts.at(10),
        }
    }

    /// The identifier, wherever the sender's version puts it: XON.10, else XON.3.
    pub fn identifier(&self) -> Presence<'a> {
        match self.id {
            Presence::Absent | Presence::Empty => self.numeric_id,
            given => given,
        }
    }
}
