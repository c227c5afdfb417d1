//! XAD, an address.

use super::parts::Parts;
use crate::levels::Repetition;
use crate::value::Presence;

/// An address of a person or a place (type XAD, section 2.A.85).
///
/// ```
/// use cistern_hl7::{Message, Xad};
///
/// let message = Message::parse(b"MSH|^~\\&|\rNK1|1|||1 Main St&Main St&1^^Town^GA^30301\r")?;
/// let field = message.segment("NK1").unwrap().field(4).unwrap();
/// let address = Xad::of(field.repetition(1).unwrap());
/// assert_eq!(address.street.address.value().unwrap().raw(), b"1 Main St");
/// assert_eq!(address.postal_code.value().unwrap().raw(), b"30301");
/// # Ok::<(), cistern_hl7::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Xad<'a> {
    /// XAD.1, street and number.
    pub street: StreetAddress<'a>,
    /// XAD.2, the second line, such as a flat.
    pub other_designation: Presence<'a>,
    /// XAD.3, the city.
    pub city: Presence<'a>,
    /// XAD.4, state or province.
    pub state: Presence<'a>,
    /// XAD.5, zip or postal code.
    pub postal_code: Presence<'a>,
    /// XAD.6, the country (table 0399).
    pub country: Presence<'a>,
    /// XAD.7, what kind of address it is (table 0190), such as `H` for home.
    pub type_code: Presence<'a>,
    /// XAD.8, such as a region.
    pub other_geographic: Presence<'a>,
    /// XAD.9, the county (table 0289).
    pub county: Presence<'a>,
    /// XAD.10, the census tract (table 0288).
    pub census_tract: Presence<'a>,
    /// XAD.11, in which script it is written (table 0465).
    pub representation_code: Presence<'a>,
    /// XAD.13, the day from which it holds (version 2.5 and later).
    pub effective_date: Presence<'a>,
    /// XAD.14, the day until which it holds (version 2.5 and later).
    pub expiration_date: Presence<'a>,
}

/// Street and number (type SAD, section 2.A.67). Before version 2.5 they have no parts, and the
/// whole is the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct StreetAddress<'a> {
    /// SAD.1, the line as one writes it.
    pub address: Presence<'a>,
    /// SAD.2, the street alone.
    pub street_name: Presence<'a>,
    /// SAD.3, the number of the house.
    pub dwelling_number: Presence<'a>,
}

impl<'a> Xad<'a> {
    /// Of a repetition, such as those of PID-11.
    pub fn of(repetition: Repetition<'a>) -> Xad<'a> {
        let parts = Parts::of(repetition);
        Xad {
            street: StreetAddress::read(Parts::below(repetition, 1)),
            other_designation: parts.at(2),
            city: parts.at(3),
            state: parts.at(4),
            postal_code: parts.at(5),
            country: parts.at(6),
            type_code: parts.at(7),
            other_geographic: parts.at(8),
            county: parts.at(9),
            census_tract: parts.at(10),
            representation_code: parts.at(11),
            effective_date: parts.at(13),
            expiration_date: parts.at(14),
        }
    }
}

impl<'a> StreetAddress<'a> {
    fn read(parts: Parts<'a>) -> StreetAddress<'a> {
        StreetAddress {
            address: parts.at(1),
            street_name: parts.at(2),
            dwelling_number: parts.at(3),
        }
    }
}
