//! The types of messages that there are, each as a template.

use std::str::FromStr;

use fastrand::Rng;
use thiserror::Error;

use crate::template::Template;

/// A type of message to send: all of its trigger events, or one.
///
/// ```
/// use cistern_simulator::MessageType;
///
/// let lab: MessageType = "ORU".parse()?;
/// let admit: MessageType = "ADT^A01".parse()?;
/// assert_eq!((lab.to_string(), admit.to_string()), ("ORU".to_owned(), "ADT^A01".to_owned()));
/// assert!("ADT^A99".parse::<MessageType>().is_err());
/// # Ok::<(), cistern_simulator::UnknownMessageType>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageType {
    code: &'static str,
    event: Option<&'static str>,
}

/// There is no template for this type of message.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("no such type of message; there are {}", MessageType::all().join(", "))]
#[non_exhaustive]
pub struct UnknownMessageType;

/// The templates of one run.
#[derive(Debug)]
pub(crate) struct Catalogue {
    /// What tells of a new client.
    pub(crate) registrations: Vec<Template>,
    /// What tells of a client that is known; never empty.
    pub(crate) others: Vec<Kind>,
}

/// A template, and what its message does to what runs over several.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) template: Template,
    pub(crate) step: Option<(Course, Step)>,
}

/// What a client can have one of at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Course {
    /// A stay in the hospital.
    Stay,
    /// An appointment.
    Appointment,
}

/// What a message does to a course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Opens,
    Changes,
    Closes,
}

impl MessageType {
    /// Every type with its event, such as `ADT^A01`.
    pub fn all() -> Vec<String> {
        let mut all: Vec<String> = TEMPLATES
            .iter()
            .map(|(code, event, _)| format!("{code}^{event}"))
            .collect();
        all.dedup();
        all
    }

    fn covers(self, code: &str, event: &str) -> bool {
        self.code == code && self.event.is_none_or(|own| own == event)
    }
}

impl FromStr for MessageType {
    type Err = UnknownMessageType;

    /// `ADT`, or `ADT^A01`, which a shell may prefer as `ADT_A01`.
    fn from_str(text: &str) -> Result<MessageType, UnknownMessageType> {
        let (code, event) = match text.split_once(['^', '_']) {
            Some((code, event)) => (code, Some(event)),
            None => (text, None),
        };
        let known = |(own, trigger, _): &&(&str, &str, &str)| {
            *own == code && event.is_none_or(|event| event == *trigger)
        };
        let (code, trigger, _) = TEMPLATES.iter().find(known).ok_or(UnknownMessageType)?;
        Ok(MessageType {
            code,
            event: event.map(|_| *trigger),
        })
    }
}

impl std::fmt::Display for MessageType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code)?;
        self.event.map_or(Ok(()), |event| write!(f, "^{event}"))
    }
}

impl Catalogue {
    /// The templates of these types, of all where none is named.
    pub(crate) fn of(types: &[MessageType]) -> Catalogue {
        let wanted =
            |code, event| types.is_empty() || types.iter().any(|own| own.covers(code, event));
        let templates = TEMPLATES
            .iter()
            .filter(|(code, event, _)| wanted(code, event));
        let (registering, other): (Vec<_>, Vec<_>) =
            templates.partition(|(_, event, _)| REGISTRATIONS.contains(event));
        if other.is_empty() {
            return Catalogue {
                registrations: Vec::new(),
                others: registering.into_iter().map(Kind::of).collect(),
            };
        }
        let template = |(_, _, text): &(&str, &str, &str)| Template::parse(text);
        Catalogue {
            registrations: registering.into_iter().map(template).collect(),
            others: other.into_iter().map(Kind::of).collect(),
        }
    }

    /// What to tell instead of a kind, so that nothing is opened twice, and nothing is changed or
    /// closed that is not open. Where only some types are sent there may be no other.
    pub(crate) fn fitting(
        &self,
        kind: usize,
        is_open: impl FnOnce(Course) -> bool,
        rng: &mut Rng,
    ) -> usize {
        let step = self.others.get(kind).and_then(|kind| kind.step);
        let Some((course, step)) = step else {
            return kind;
        };
        let opens = step == Step::Opens;
        if opens != is_open(course) {
            return kind;
        }
        let fits = |other: &Kind| {
            let step = other.step.filter(|(of, _)| *of == course);
            step.is_some_and(|(_, step)| (step == Step::Opens) != opens)
        };
        let others = (0..).zip(&self.others);
        let instead: Vec<usize> = others
            .filter(|(_, other)| fits(other))
            .map(|(index, _)| index)
            .collect();
        rng.choice(instead).unwrap_or(kind)
    }
}

impl Kind {
    fn of((_, event, text): &(&str, &str, &str)) -> Kind {
        let step = match *event {
            "A01" => Some((Course::Stay, Step::Opens)),
            "A03" => Some((Course::Stay, Step::Closes)),
            "S12" => Some((Course::Appointment, Step::Opens)),
            "S13" => Some((Course::Appointment, Step::Changes)),
            "S14" | "S15" | "S26" => Some((Course::Appointment, Step::Closes)),
            _ => None,
        };
        Kind {
            template: Template::parse(text),
            step,
        }
    }
}

/// A client is new to the receiver until it has seen one of these.
const REGISTRATIONS: [&str; 2] = ["A04", "A28"];

/// MSH-9.1, MSH-9.2 and the text.
const TEMPLATES: &[(&str, &str, &str)] = &[
    ("ADT", "A01", include_str!("../templates/adt_a01.hl7")),
    ("ADT", "A03", include_str!("../templates/adt_a03.hl7")),
    ("ADT", "A04", include_str!("../templates/adt_a04.hl7")),
    ("ADT", "A08", include_str!("../templates/adt_a08.hl7")),
    ("ADT", "A28", include_str!("../templates/adt_a28.hl7")),
    ("ADT", "A31", include_str!("../templates/adt_a31.hl7")),
    ("ADT", "A40", include_str!("../templates/adt_a40.hl7")),
    (
        "ORU",
        "R01",
        include_str!("../templates/oru_r01_viral_load.hl7"),
    ),
    ("ORU", "R01", include_str!("../templates/oru_r01_cd4.hl7")),
    (
        "ORU",
        "R01",
        include_str!("../templates/oru_r01_screening.hl7"),
    ),
    (
        "ORU",
        "R01",
        include_str!("../templates/oru_r01_chemistry.hl7"),
    ),
    ("SIU", "S12", include_str!("../templates/siu_s12.hl7")),
    ("SIU", "S13", include_str!("../templates/siu_s13.hl7")),
    ("SIU", "S14", include_str!("../templates/siu_s14.hl7")),
    ("SIU", "S15", include_str!("../templates/siu_s15.hl7")),
    ("SIU", "S26", include_str!("../templates/siu_s26.hl7")),
    ("VXU", "V04", include_str!("../templates/vxu_v04.hl7")),
    ("ORM", "O01", include_str!("../templates/orm_o01.hl7")),
    ("OML", "O21", include_str!("../templates/oml_o21.hl7")),
    ("REF", "I12", include_str!("../templates/ref_i12.hl7")),
    ("DFT", "P03", include_str!("../templates/dft_p03.hl7")),
    ("MDM", "T02", include_str!("../templates/mdm_t02.hl7")),
    ("RDE", "O11", include_str!("../templates/rde_o11.hl7")),
];
