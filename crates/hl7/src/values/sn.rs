//! SN, a number with what qualifies it.

use super::nm::Nm;
use super::parts::Parts;
use crate::levels::Repetition;
use crate::value::Presence;

/// A structured number (type SN, section 2.A.70): `>^100`, `^100^-^200`, `^1^:^128`, `^2^+`.
///
/// The comparator is part of the value: below 20 is not 20.
///
/// ```
/// use cistern_hl7::{Message, Nm, Sn};
///
/// let message = Message::parse(b"MSH|^~\\&|\rOBX|1|SN|||<^20\r")?;
/// let field = message.segment("OBX").unwrap().field(5).unwrap();
/// let sn = Sn::of(field.repetition(1).unwrap());
/// assert_eq!(sn.comparator.value().unwrap().raw(), b"<");
/// assert_eq!(sn.first_number().unwrap().to_f64(), 20.0);
/// # Ok::<(), cistern_hl7::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sn<'a> {
    /// SN.1: `>`, `<`, `>=`, `<=`, `=` or `<>`; `=` where it is not there.
    pub comparator: Presence<'a>,
    /// SN.2, the first number.
    pub first: Presence<'a>,
    /// SN.3: `-` range, `/` or `:` ratio, `.` decimal point, `+` or more.
    pub separator: Presence<'a>,
    /// SN.4, the second number.
    pub second: Presence<'a>,
}

impl<'a> Sn<'a> {
    /// Of a repetition, such as that of OBX-5 where OBX-2 is `SN`.
    pub fn of(repetition: Repetition<'a>) -> Sn<'a> {
        let parts = Parts::of(repetition);
        Sn {
            comparator: parts.at(1),
            first: parts.at(2),
            separator: parts.at(3),
            second: parts.at(4),
        }
    }

    /// SN.2, if it is a number.
    pub fn first_number(&self) -> Option<Nm<'a>> {
        Nm::parse(self.first.value()?.raw())
    }

    /// SN.4, if it is a number.
    pub fn second_number(&self) -> Option<Nm<'a>> {
        Nm::parse(self.second.value()?.raw())
    }
}
