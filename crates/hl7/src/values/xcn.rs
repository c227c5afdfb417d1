//! XCN, a person by number and name.

use super::hd::Hd;
use super::parts::Parts;
use super::xpn::FamilyName;
use crate::levels::Repetition;
use crate::value::Presence;

/// A person by number, name, or both, such as the doctor of a visit (type XCN, section 2.A.86).
///
/// ```
/// use cistern_hl7::{Message, Xcn};
///
/// let message = Message::parse(b"MSH|^~\\&|\rPV1|1|O|||||77^Poe^Ira^^^DR^^^CITY&1.2.3&ISO\r")?;
/// let attending = message.segment("PV1").unwrap().field(7).unwrap();
/// let doctor = Xcn::of(attending.repetition(1).unwrap());
/// assert_eq!(doctor.id.value().unwrap().raw(), b"77");
/// assert_eq!(doctor.family.surname.value().unwrap().raw(), b"Poe");
/// assert_eq!(doctor.authority.namespace.value().unwrap().raw(), b"CITY");
/// # Ok::<(), cistern_hl7::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Xcn<'a> {
    /// XCN.1, the identifier.
    pub id: Presence<'a>,
    /// XCN.2, the family name.
    pub family: FamilyName<'a>,
    /// XCN.3, the first name.
    pub given: Presence<'a>,
    /// XCN.4, middle names or initials.
    pub further_given: Presence<'a>,
    /// XCN.5, such as `JR` or `III`.
    pub suffix: Presence<'a>,
    /// XCN.6, such as `DR`.
    pub prefix: Presence<'a>,
    /// XCN.7, such as `MD` (until version 2.6).
    pub degree: Presence<'a>,
    /// XCN.8, the table that the identifier is taken from (table 0297).
    pub source_table: Presence<'a>,
    /// XCN.9, who gave the identifier out.
    pub authority: Hd<'a>,
    /// XCN.10, what kind of name it is (table 0200), such as `L` for the legal one.
    pub name_type_code: Presence<'a>,
    /// XCN.11, the check digit of the identifier, where that is not part of it.
    pub check_digit: Presence<'a>,
    /// XCN.12, how the check digit is reckoned (table 0061).
    pub check_digit_scheme: Presence<'a>,
    /// XCN.13, what kind of identifier it is (table 0203), such as `NPI`.
    pub type_code: Presence<'a>,
    /// XCN.14, where the identifier was given out.
    pub facility: Hd<'a>,
    /// XCN.15, in which script the name is written (table 0465; version 2.3.1 and later).
    pub representation_code: Presence<'a>,
    /// XCN.18, whether the family name is written first or last (table 0444; version 2.4 and later).
    pub assembly_order: Presence<'a>,
    /// XCN.19, the day from which it holds (version 2.5 and later, as are the following).
    pub effective_date: Presence<'a>,
    /// XCN.20, the day until which it holds.
    pub expiration_date: Presence<'a>,
    /// XCN.21, such as `MD`.
    pub professional_suffix: Presence<'a>,
    /// XCN.22, the state or country that gave the identifier out, whole.
    pub jurisdiction: Presence<'a>,
    /// XCN.23, the agency or department that gave the identifier out, whole.
    pub agency: Presence<'a>,
}

impl<'a> Xcn<'a> {
    /// Of a repetition, such as those of PV1-7 and OBR-16.
    pub fn of(repetition: Repetition<'a>) -> Xcn<'a> {
        let parts = Parts::of(repetition);
        Xcn {
            id: parts.at(1),
            family: FamilyName::read(Parts::below(repetition, 2)),
            given: parts.at(3),
            further_given: parts.at(4),
            suffix: parts.at(5),
            prefix: parts.at(6),
            degree: parts.at(7),
            source_table: parts.at(8),
            authority: Hd::below(repetition, 9),
            name_type_code: parts.at(10),
            check_digit: parts.at(11),
            check_digit_scheme: parts.at(12),
            type_code: parts.at(13),
            facility: Hd::below(repetition, 14),
            representation_code: parts.at(15),
            assembly_order: parts.at(18),
            effective_date: parts.at(19),
            expiration_date: parts.at(20),
            professional_suffix: parts.at(21),
            jurisdiction: parts.at(22),
            agency: parts.at(23),
        }
    }
}
