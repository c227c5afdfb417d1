//! XPN, a name of a person.

use super::parts::Parts;
use crate::levels::Repetition;
use crate::value::Presence;

/// A name of a person (type XPN, section 2.A.88).
///
/// ```
/// use cistern_hl7::{Message, Xpn};
///
/// let message = Message::parse(b"MSH|^~\\&|\rPID|1||||van Roe&van&Roe^Ann^^^DR^^L\r")?;
/// let field = message.segment("PID").unwrap().field(5).unwrap();
/// let name = Xpn::of(field.repetition(1).unwrap());
/// assert_eq!(name.family.surname.value().unwrap().raw(), b"van Roe");
/// assert_eq!(name.given.value().unwrap().raw(), b"Ann");
/// assert_eq!(name.type_code.value().unwrap().raw(), b"L");
/// # Ok::<(), cistern_hl7::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Xpn<'a> {
    /// XPN.1, the family name.
    pub family: FamilyName<'a>,
    /// XPN.2, the first name.
    pub given: Presence<'a>,
    /// XPN.3, middle names or initials.
    pub further_given: Presence<'a>,
    /// XPN.4, such as `JR` or `III`.
    pub suffix: Presence<'a>,
    /// XPN.5, such as `DR`.
    pub prefix: Presence<'a>,
    /// XPN.6, such as `MD` (until version 2.6).
    pub degree: Presence<'a>,
    /// XPN.7, what kind of name it is (table 0200), such as `L` for the legal one.
    pub type_code: Presence<'a>,
    /// XPN.8, in which script it is written (table 0465).
    pub representation_code: Presence<'a>,
    /// XPN.11, whether the family name is written first or last (table 0444).
    pub assembly_order: Presence<'a>,
    /// XPN.12, the day from which it holds (version 2.5 and later).
    pub effective_date: Presence<'a>,
    /// XPN.13, the day until which it holds (version 2.5 and later).
    pub expiration_date: Presence<'a>,
    /// XPN.14, such as `MD` (version 2.5 and later).
    pub professional_suffix: Presence<'a>,
}

/// A family name and what it is made of (type FN, section 2.A.30). In version 2.3 it has no parts,
/// and the whole is the surname.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct FamilyName<'a> {
    /// FN.1, the whole family name.
    pub surname: Presence<'a>,
    /// FN.2, such as `van`, where it is sorted apart from the name.
    pub own_prefix: Presence<'a>,
    /// FN.3, the person's own part of the name.
    pub own_surname: Presence<'a>,
    /// FN.4, the prefix of the partner's part.
    pub partner_prefix: Presence<'a>,
    /// FN.5, the partner's part of the name.
    pub partner_surname: Presence<'a>,
}

impl<'a> Xpn<'a> {
    /// Of a repetition, such as those of PID-5.
    pub fn of(repetition: Repetition<'a>) -> Xpn<'a> {
        let parts = Parts::of(repetition);
        Xpn {
            family: FamilyName::read(Parts::below(repetition, 1)),
            given: parts.at(2),
            further_given: parts.at(3),
            suffix: parts.at(4),
            prefix: parts.at(5),
            degree: parts.at(6),
            type_code: parts.at(7),
            representation_code: parts.at(8),
            assembly_order: parts.at(11),
            effective_date: parts.at(12),
            expiration_date: parts.at(13),
            professional_suffix: parts.at(14),
        }
    }
}

impl<'a> FamilyName<'a> {
    pub(super) fn read(parts: Parts<'a>) -> FamilyName<'a> {
        FamilyName {
            surname: parts.at(1),
            own_prefix: parts.at(2),
            own_surname: parts.at(3),
            partner_prefix: parts.at(4),
            partner_surname: parts.at(5),
        }
    }
}
