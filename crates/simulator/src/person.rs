//! Invented people: the same seed and number are always the same person.

mod names;

use fastrand::Rng;

use names::{
    CHARSETS, ENDINGS, FAMILIES_BEYOND, FAMILIES_LATIN, GIVEN, GIVEN_BEYOND, GIVEN_LATIN, STEMS,
    STREET_KINDS, STREETS,
};

/// A person who does not exist. The telephone, the e-mail address and the social security number
/// are of ranges that nobody is given.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Person {
    /// The number that the person was made of.
    pub number: u32,
    /// Family name.
    pub family: String,
    /// Given name.
    pub given: String,
    /// Second given name.
    pub middle: String,
    /// The day of birth.
    pub birth: BirthDate,
    /// HL7 table 0001: `F`, `M`, now and then `O` or `U`.
    pub sex: &'static str,
    /// A coded element of the CDC's race codes.
    pub race: &'static str,
    /// A coded element of HL7 table 0189.
    pub ethnicity: &'static str,
    /// A coded element of ISO 639.
    pub language: &'static str,
    /// HL7 table 0002.
    pub marital: &'static str,
    /// House number and street.
    pub street: String,
}

/// A calendar day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a date has no more parts")]
pub struct BirthDate {
    /// Year of the Gregorian calendar.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, 1 to 28: right in every month.
    pub day: u8,
}

impl Person {
    /// The person of this number in the world of this seed.
    pub fn invent(seed: u64, number: u32) -> Person {
        let mut rng = Rng::with_seed(mixed(seed, u64::from(number)));
        let (given, family) = name(&mut rng);
        Person {
            number,
            family,
            given,
            middle: pick(&mut rng, GIVEN).to_owned(),
            birth: BirthDate {
                year: rng.u16(1936..=2008),
                month: rng.u8(1..=12),
                day: rng.u8(1..=28),
            },
            sex: pick(&mut rng, SEXES),
            race: pick(&mut rng, RACES),
            ethnicity: pick(&mut rng, ETHNICITIES),
            language: pick(&mut rng, LANGUAGES),
            marital: pick(&mut rng, MARITAL_STATES),
            street: street(&mut rng),
        }
    }
}

/// A seed for one of many things that are made from one seed, unlike that of its neighbours.
///
/// The finalizer of `SplitMix64`, which spreads each bit of its input over all of its output.
pub(crate) fn mixed(seed: u64, number: u64) -> u64 {
    let mut bits = seed.wrapping_add(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// Given and family name: most in ASCII, some in Latin-1, a few beyond it.
fn name(rng: &mut Rng) -> (String, String) {
    let (given, family) = match pick(rng, CHARSETS) {
        "latin" => (pick(rng, GIVEN_LATIN), pick(rng, FAMILIES_LATIN)),
        "beyond" => (pick(rng, GIVEN_BEYOND), pick(rng, FAMILIES_BEYOND)),
        _ => return (pick(rng, GIVEN).to_owned(), ascii_family(rng)),
    };
    (given.to_owned(), family.to_owned())
}

fn ascii_family(rng: &mut Rng) -> String {
    let family = [pick(rng, STEMS), pick(rng, ENDINGS)].concat();
    match rng.u8(..5) {
        0 => [&family, "-", pick(rng, STEMS), pick(rng, ENDINGS)].concat(),
        _ => family,
    }
}

fn street(rng: &mut Rng) -> String {
    let house = rng.u16(1..1500);
    format!("{house} {} {}", pick(rng, STREETS), pick(rng, STREET_KINDS))
}

fn pick(rng: &mut Rng, list: &[&'static str]) -> &'static str {
    rng.choice(list).copied().unwrap_or_default()
}

const SEXES: &[&str] = &["F", "M", "F", "M", "F", "M", "F", "M", "O", "U"];

const RACES: &[&str] = &[
    "2054-5^Black or African American^CDCREC",
    "2106-3^White^CDCREC",
    "2028-9^Asian^CDCREC",
    "2131-1^Other Race^CDCREC",
    "1002-5^American Indian or Alaska Native^CDCREC",
];

const ETHNICITIES: &[&str] = &[
    "N^Not Hispanic or Latino^HL70189",
    "H^Hispanic or Latino^HL70189",
    "2186-5^Not Hispanic or Latino^CDCREC",
    "2135-2^Hispanic or Latino^CDCREC",
];

const LANGUAGES: &[&str] = &[
    "en^English^ISO639",
    "es^Spanish^ISO639",
    "ht^Haitian Creole^ISO639",
    "fr^French^ISO639",
];

const MARITAL_STATES: &[&str] = &["S", "M", "D", "W"];
