//! What messages say of a client, written once and in the character set of its name.

use crate::person::Person;

/// A part of a client that a template names, such as `{client.name}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Number,
    Name,
    Kin,
    Birth,
    Sex,
    Race,
    Ethnicity,
    Language,
    Marital,
    Address,
    Phone,
    Email,
    Ssn,
}

/// How the bytes of a message are to be read (MSH-18).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Charset {
    Ascii,
    Latin1,
    Utf8,
}

/// A client as it stands in messages.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) charset: Charset,
    parts: Vec<Box<[u8]>>,
}

impl Part {
    /// Every part with its name, in the order of the enum.
    const ALL: [(&str, Part); 13] = [
        ("number", Part::Number),
        ("name", Part::Name),
        ("kin", Part::Kin),
        ("birth", Part::Birth),
        ("sex", Part::Sex),
        ("race", Part::Race),
        ("ethnicity", Part::Ethnicity),
        ("language", Part::Language),
        ("marital", Part::Marital),
        ("address", Part::Address),
        ("phone", Part::Phone),
        ("email", Part::Email),
        ("ssn", Part::Ssn),
    ];

    pub(crate) fn named(name: &str) -> Option<Part> {
        let mut all = Part::ALL.into_iter();
        all.find(|(known, _)| *known == name).map(|(_, part)| part)
    }

    /// The text of this part.
    fn of(self, person: &Person, mark: &str) -> String {
        let Person {
            number,
            family,
            given,
            middle,
            ..
        } = person;
        match self {
            Part::Number => format!("{mark}{number:06}"),
            Part::Name => format!("{family}^{given}^{middle}"),
            Part::Kin => format!("{family}^{middle}"),
            Part::Birth => {
                let birth = person.birth;
                format!("{:04}{:02}{:02}", birth.year, birth.month, birth.day)
            }
            Part::Sex => person.sex.to_owned(),
            Part::Race => person.race.to_owned(),
            Part::Ethnicity => person.ethnicity.to_owned(),
            Part::Language => person.language.to_owned(),
            Part::Marital => person.marital.to_owned(),
            Part::Address => format!("{}^^Port Ellery^ME^04000^USA", person.street),
            Part::Phone => format!("(207)555-01{:02}", number % 100),
            Part::Email => format!("client{number}@example.org"),
            Part::Ssn => format!("000-{:02}-{:04}", number / 10_000 % 100, number % 10_000),
        }
    }
}

impl Client {
    /// A client in the smallest character set that has its name; of those whose name Latin-1 has,
    /// half come in UTF-8. The mark of the run makes its number unlike those of other runs.
    pub(crate) fn of(person: &Person, mark: &str) -> Client {
        let characters = || {
            [&person.family, &person.given]
                .into_iter()
                .flat_map(|n| n.chars())
        };
        let charset = if characters().all(|c| c.is_ascii()) {
            Charset::Ascii
        } else if person.number.is_multiple_of(2) && characters().all(|c| u8::try_from(c).is_ok()) {
            Charset::Latin1
        } else {
            Charset::Utf8
        };
        Client::encoded(person, mark, [charset, charset])
    }

    /// A client whose messages claim UTF-8, and whose name is in Latin-1.
    pub(crate) fn in_wrong_charset(number: u32, mark: &str) -> Client {
        let person = Person {
            family: "Peñalume".to_owned(),
            ..Person::invent(0, number)
        };
        Client::encoded(&person, mark, [Charset::Latin1, Charset::Utf8])
    }

    fn encoded(person: &Person, mark: &str, [encoding, charset]: [Charset; 2]) -> Client {
        let encode = |(_, part): (&str, Part)| encoding.encode(&part.of(person, mark));
        let parts = Part::ALL.into_iter().map(encode).collect();
        Client { charset, parts }
    }

    pub(crate) fn part(&self, part: Part) -> &[u8] {
        self.parts.get(part as usize).map_or(&[], |bytes| bytes)
    }
}

impl Charset {
    /// What follows MSH-12 to declare it: MSH-13 to MSH-18 (HL7 table 0211).
    pub(crate) fn declaration(self) -> &'static [u8] {
        match self {
            Charset::Ascii => b"",
            Charset::Latin1 => b"||||||8859/1",
            Charset::Utf8 => b"||||||UNICODE UTF-8",
        }
    }

    /// Text in this character set; a character that it lacks becomes `?`.
    fn encode(self, text: &str) -> Box<[u8]> {
        match self {
            Charset::Ascii | Charset::Utf8 => text.as_bytes().into(),
            Charset::Latin1 => text
                .chars()
                .map(|c| u8::try_from(c).unwrap_or(b'?'))
                .collect(),
        }
    }
}
