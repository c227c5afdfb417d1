//! CWE, one meaning under the codes of up to three systems.

use super::parts::Parts;
use crate::levels::{Component, Repetition};
use crate::value::Presence;

/// A coded value (type CWE, section 2.A.13; and CE, section 2.A.6, its first six components).
///
/// The codings say the same thing; which of them is the sender's own and which the standard's is
/// told by their systems alone, never by their order.
///
/// ```
/// use cistern_hl7::{Coding, Cwe, Message};
///
/// let message = Message::parse(b"MSH|^~\\&|\rOBX|1|NM|GLU^Glucose^L^2345-7^Glucose^LN\r")?;
/// let field = message.segment("OBX").unwrap().field(3).unwrap();
/// let test = Cwe::of(field.repetition(1).unwrap());
/// let is_loinc = |coding: &Coding<'_>| coding.system.value().is_some_and(|it| it.raw() == b"LN");
/// let loinc = test.codings().into_iter().find(is_loinc).unwrap();
/// assert_eq!(loinc.code.value().unwrap().raw(), b"2345-7");
/// # Ok::<(), cistern_hl7::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cwe<'a> {
    /// CWE.1 to CWE.3 and CWE.7.
    pub primary: Coding<'a>,
    /// CWE.4 to CWE.6 and CWE.8.
    pub alternate: Coding<'a>,
    /// CWE.10 to CWE.13 (version 2.7 and later).
    pub second_alternate: Coding<'a>,
    /// CWE.9, what a person wrote, for which the codes were chosen.
    pub original_text: Presence<'a>,
}

/// One code of a [`Cwe`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Coding<'a> {
    /// The code.
    pub code: Presence<'a>,
    /// What it means, in words.
    pub text: Presence<'a>,
    /// The coding system (table 0396), such as `LN` for LOINC.
    pub system: Presence<'a>,
    /// The version of the system.
    pub system_version: Presence<'a>,
}

impl<'a> Cwe<'a> {
    /// Of a field such as OBX-3.
    pub fn of(repetition: Repetition<'a>) -> Cwe<'a> {
        Cwe::read(Parts::of(repetition))
    }

    /// Of a component such as CX.9 or TQ.11.
    pub fn of_component(component: Component<'a>) -> Cwe<'a> {
        Cwe::read(Parts::of_component(component))
    }

    /// The codings in order, those that are not there included.
    pub fn codings(&self) -> [Coding<'a>; 3] {
        [self.primary, self.alternate, self.second_alternate]
    }

    pub(super) fn read(parts: Parts<'a>) -> Cwe<'a> {
        let coding = |[code, text, system, system_version]: [usize; 4]| Coding {
            code: parts.at(code),
            text: parts.at(text),
            system: parts.at(system),
            system_version: parts.at(system_version),
        };
        Cwe {
            primary: coding([1, 2, 3, 7]),
            alternate: coding([4, 5, 6, 8]),
            second_alternate: coding([10, 11, 12, 13]),
            original_text: parts.at(9),
        }
    }
}
