//! XTN, a telephone number or an e-mail address.

use super::parts::Parts;
use crate::levels::Repetition;
use crate::value::{Presence, Value};

/// How to reach somebody from afar (type XTN, section 2.A.89).
///
/// ```
/// use cistern_hl7::{Message, TelephoneNumber, Xtn};
///
/// let message = Message::parse(b"MSH|^~\\&|\rNK1|1||||^PRN^PH^^1^404^5550100\r")?;
/// let field = message.segment("NK1").unwrap().field(5).unwrap();
/// let telephone = Xtn::of(field.repetition(1).unwrap());
/// let number = match telephone.number() {
///     Some(TelephoneNumber::Whole(whole)) => whole.raw(),
///     Some(TelephoneNumber::Parts { local_number, .. }) => local_number.raw(),
///     _ => b"",
/// };
/// assert_eq!(number, b"5550100");
/// # Ok::<(), cistern_hl7::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Xtn<'a> {
    /// XTN.1, the number as one writes it: the only form of version 2.3, gone in 2.7, sent by most.
    pub formatted: Presence<'a>,
    /// XTN.2, what it is used for (table 0201), such as `PRN` for the primary home number.
    pub use_code: Presence<'a>,
    /// XTN.3, what is at its end (table 0202), such as `PH`, `CP` or `Internet`.
    pub equipment_type: Presence<'a>,
    /// XTN.4, an e-mail or other network address.
    pub email: Presence<'a>,
    /// XTN.5, the country code.
    pub country_code: Presence<'a>,
    /// XTN.6, the area or city code.
    pub area_code: Presence<'a>,
    /// XTN.7, the number within the area.
    pub local_number: Presence<'a>,
    /// XTN.8, the extension.
    pub extension: Presence<'a>,
    /// XTN.9, a remark, such as when to call.
    pub any_text: Presence<'a>,
    /// XTN.10, what is dialled before the extension (version 2.5 and later).
    pub extension_prefix: Presence<'a>,
    /// XTN.11, the speed dial code (version 2.5 and later).
    pub speed_dial_code: Presence<'a>,
    /// XTN.12, the number in no known form (version 2.5 and later).
    pub unformatted: Presence<'a>,
}

/// Where an [`Xtn`] has its telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TelephoneNumber<'a> {
    /// The whole number in one text: XTN.1, or XTN.12.
    Whole(Value<'a>),
    /// In parts, XTN.5 to XTN.8, of which the local number is there.
    Parts {
        /// XTN.5.
        country_code: Presence<'a>,
        /// XTN.6.
        area_code: Presence<'a>,
        /// XTN.7.
        local_number: Value<'a>,
        /// XTN.8.
        extension: Presence<'a>,
    },
}

impl<'a> Xtn<'a> {
    /// Of a repetition, such as those of PID-13.
    pub fn of(repetition: Repetition<'a>) -> Xtn<'a> {
        let parts = Parts::of(repetition);
        Xtn {
            formatted: parts.at(1),
            use_code: parts.at(2),
            equipment_type: parts.at(3),
            email: parts.at(4),
            country_code: parts.at(5),
            area_code: parts.at(6),
            local_number: parts.at(7),
            extension: parts.at(8),
            any_text: parts.at(9),
            extension_prefix: parts.at(10),
            speed_dial_code: parts.at(11),
            unformatted: parts.at(12),
        }
    }

    /// The telephone number, wherever the sender's version puts it: XTN.1, else in parts, else
    /// XTN.12.
    pub fn number(&self) -> Option<TelephoneNumber<'a>> {
        if let Presence::Value(whole) = self.formatted {
            return Some(TelephoneNumber::Whole(whole));
        }
        if let Presence::Value(local_number) = self.local_number {
            return Some(TelephoneNumber::Parts {
                country_code: self.country_code,
                area_code: self.area_code,
                local_number,
                extension: self.extension,
            });
        }
        self.unformatted.value().map(TelephoneNumber::Whole)
    }
}
