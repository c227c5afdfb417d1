//! PL, where a person is in a building.

use super::ei::Ei;
use super::hd::Hd;
use super::parts::Parts;
use crate::levels::Repetition;
use crate::value::Presence;

/// The place of a person (type PL, section 2.A.53), from the bed to the facility.
///
/// ```
/// use cistern_hl7::{Message, Pl};
///
/// let message = Message::parse(b"MSH|^~\\&|\rPV1|1|I|W1^R2^B3^EAST&1.2.3&ISO\r")?;
/// let field = message.segment("PV1").unwrap().field(3).unwrap();
/// let place = Pl::of(field.repetition(1).unwrap());
/// assert_eq!(place.bed.value().unwrap().raw(), b"B3");
/// assert_eq!(place.facility.namespace.value().unwrap().raw(), b"EAST");
/// # Ok::<(), cistern_hl7::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pl<'a> {
    /// PL.1, such as a ward or a clinic (table 0302).
    pub point_of_care: Presence<'a>,
    /// PL.2, the room (table 0303).
    pub room: Presence<'a>,
    /// PL.3, the bed (table 0304).
    pub bed: Presence<'a>,
    /// PL.4, the facility.
    pub facility: Hd<'a>,
    /// PL.5, the state of the bed (table 0306).
    pub status: Presence<'a>,
    /// PL.6, what kind of place it is for a person (table 0305).
    pub person_location_type: Presence<'a>,
    /// PL.7, the building (table 0307).
    pub building: Presence<'a>,
    /// PL.8, the floor (table 0308).
    pub floor: Presence<'a>,
    /// PL.9, the place in words.
    pub description: Presence<'a>,
    /// PL.10, one number for the whole place (version 2.5 and later).
    pub comprehensive_id: Ei<'a>,
    /// PL.11, who gave that number out (version 2.5 and later).
    pub authority: Hd<'a>,
}

impl<'a> Pl<'a> {
    /// Of a field such as PV1-3.
    pub fn of(repetition: Repetition<'a>) -> Pl<'a> {
        let parts = Parts::of(repetition);
        Pl {
            point_of_care: parts.at(1),
            room: parts.at(2),
            bed: parts.at(3),
            facility: Hd::below(repetition, 4),
            status: parts.at(5),
            person_location_type: parts.at(6),
            building: parts.at(7),
            floor: parts.at(8),
            description: parts.at(9),
            comprehensive_id: Ei::read(Parts::below(repetition, 10)),
            authority: Hd::below(repetition, 11),
        }
    }
}
