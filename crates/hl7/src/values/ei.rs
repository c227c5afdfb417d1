//! EI, the number of an order, a specimen, an appointment.

use super::hd::Hd;
use super::parts::Parts;
use crate::levels::{Component, Repetition};
use crate::value::Presence;

/// An entity identifier (type EI, section 2.A.25), unique within who gave it out.
///
/// ```
/// use cistern_hl7::{Ei, Message};
///
/// let message = Message::parse(b"MSH|^~\\&|\rOBR|1||77^LAB^1.2.3^ISO\r")?;
/// let field = message.segment("OBR").unwrap().field(3).unwrap();
/// let order = Ei::of(field.repetition(1).unwrap());
/// assert_eq!(order.id.value().unwrap().raw(), b"77");
/// assert_eq!(order.authority.namespace.value().unwrap().raw(), b"LAB");
/// # Ok::<(), cistern_hl7::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ei<'a> {
    /// EI.1, the identifier.
    pub id: Presence<'a>,
    /// EI.2 to EI.4, who gave it out.
    pub authority: Hd<'a>,
}

impl<'a> Ei<'a> {
    /// Of a field such as OBR-3.
    pub fn of(repetition: Repetition<'a>) -> Ei<'a> {
        Ei::read(Parts::of(repetition))
    }

    /// Of a component such as EIP.1.
    pub fn of_component(component: Component<'a>) -> Ei<'a> {
        Ei::read(Parts::of_component(component))
    }

    pub(super) fn read(parts: Parts<'a>) -> Ei<'a> {
        Ei {
            id: parts.at(1),
            authority: Hd::starting_at(parts, 2),
        }
    }
}
