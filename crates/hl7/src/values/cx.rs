//! CX, the number of a person, an account, a visit.

use super::hd::Hd;
use super::parts::Parts;
use crate::levels::Repetition;
use crate::value::Presence;

/// An identifier with its authority and type (type CX, section 2.A.14; CK in versions before 2.3).
///
/// ```
/// use cistern_hl7::{Cx, Message};
///
/// let message = Message::parse(b"MSH|^~\\&|\rPID|||4711^^^CITY&1.2.3&ISO^MR\r")?;
/// let field = message.segment("PID").unwrap().field(3).unwrap();
/// let cx = Cx::of(field.repetition(1).unwrap());
/// assert_eq!(cx.id.value().unwrap().raw(), b"4711");
/// assert_eq!(cx.authority.universal_id.value().unwrap().raw(), b"1.2.3");
/// assert_eq!(cx.type_code.value().unwrap().raw(), b"MR");
/// # Ok::<(), cistern_hl7::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cx<'a> {
    /// CX.1, the identifier.
    pub id: Presence<'a>,
    /// CX.2, its check digit, where that is not part of it.
    pub check_digit: Presence<'a>,
    /// CX.3, how the check digit is reckoned (table 0061).
    pub check_digit_scheme: Presence<'a>,
    /// CX.4, who gave the identifier out.
    pub authority: Hd<'a>,
    /// CX.5, what kind of identifier it is (table 0203), such as `MR`.
    pub type_code: Presence<'a>,
    /// CX.6, where it was given out.
    pub facility: Hd<'a>,
    /// CX.7, the day from which it holds (version 2.4 and later, as are the following).
    pub effective_date: Presence<'a>,
    /// CX.8, the day until which it holds.
    pub expiration_date: Presence<'a>,
    /// CX.9, the state or country that gave it out, whole (version 2.5 and later).
    pub jurisdiction: Presence<'a>,
    /// CX.10, the agency or department that gave it out, whole (version 2.5 and later).
    pub agency: Presence<'a>,
}

impl<'a> Cx<'a> {
    /// Of a repetition, such as those of PID-3.
    pub fn of(repetition: Repetition<'a>) -> Cx<'a> {
        let parts = Parts::of(repetition);
        Cx {
            id: parts.at(1),
            check_digit: parts.at(2),
            check_digit_scheme: parts.at(3),
            authority: Hd::below(repetition, 4),
            type_code: parts.at(5),
            facility: Hd::below(repetition, 6),
            effective_date: parts.at(7),
            expiration_date: parts.at(8),
            jurisdiction: parts.at(9),
            agency: parts.at(10),
        }
    }
}
