//! HD, who gives out an identifier.

use super::parts::Parts;
use crate::levels::{Component, Repetition};
use crate::value::Presence;

/// A hierarchic designator (type HD, section 2.A.33): an authority, facility or application, by a
/// local name, a universal identifier, or both.
///
/// ```
/// use cistern_hl7::{Hd, Message};
///
/// let message = Message::parse(b"MSH|^~\\&|LAB^1.2.3^ISO\r")?;
/// let sender = Hd::of(message.header().field(3).unwrap().repetition(1).unwrap());
/// assert_eq!(sender.namespace.value().unwrap().raw(), b"LAB");
/// assert_eq!(sender.universal_id.value().unwrap().raw(), b"1.2.3");
/// # Ok::<(), cistern_hl7::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hd<'a> {
    /// HD.1, a name that both sides know.
    pub namespace: Presence<'a>,
    /// HD.2, such as an OID.
    pub universal_id: Presence<'a>,
    /// HD.3, what kind HD.2 is (table 0301), such as `ISO`.
    pub universal_id_type: Presence<'a>,
}

impl<'a> Hd<'a> {
    /// Of a field such as MSH-3.
    pub fn of(repetition: Repetition<'a>) -> Hd<'a> {
        Hd::starting_at(Parts::of(repetition), 1)
    }

    /// Of a component such as CX.4.
    pub fn of_component(component: Component<'a>) -> Hd<'a> {
        Hd::starting_at(Parts::of_component(component), 1)
    }

    pub(super) fn below(repetition: Repetition<'a>, number: usize) -> Hd<'a> {
        Hd::starting_at(Parts::below(repetition, number), 1)
    }

    /// Three parts in a row.
    pub(super) fn starting_at(parts: Parts<'a>, first: usize) -> Hd<'a> {
        Hd {
            namespace: parts.at(first),
            universal_id: parts.at(first + 1),
            universal_id_type: parts.at(first + 2),
        }
    }
}
