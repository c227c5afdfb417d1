//! What a check finds, ready for the ERR segment of an answer.

use std::fmt;
use std::str;

use super::Profile;
use crate::ack::{AckError, ErrorCondition, Location, Severity};
use crate::path::Path;

/// Something that a message lacks by a [`Profile`](crate::Profile).
///
/// It tells the place and what to send, never what the message says. `Display` gives the
/// [`sentence`](Finding::sentence). A reference converts to the [`AckError`] of an answer:
///
/// ```
/// use cistern_hl7::{Ack, AckCode, AckError, AckStamp, Message, Profile, Timestamp};
///
/// let message = Message::parse(b"MSH|^~\\&|LAB|CITY|||||ORU^R01||P|2.5\r")?;
/// let findings = Profile::header().check(&message);
/// let errors: Vec<AckError> = findings.iter().map(AckError::from).collect();
/// let ack = Ack { errors: &errors, ..Ack::new(AckCode::ApplicationError) };
/// let stamp = AckStamp::new(Timestamp::from_unix_millis(1_714_747_800_000), "T1");
/// let answer = ack.answer(&message.header(), &stamp);
/// assert_eq!(
///     answer,
///     b"MSH|^~\\&|||LAB|CITY|20240503145000.000+0000||ACK^R01^ACK|T1|P|2.5\r\
///       MSA|AE\r\
///       ERR||MSH^1^10|101^Required field missing^HL70357|E||||MSH-10 is required and empty\r"
/// );
/// # Ok::<(), cistern_hl7::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub(super) condition: ErrorCondition,
    pub(super) severity: Severity,
    pub(super) place: Place,
    pub(super) sentence: String,
}

impl Finding {
    /// The kind of error (table 0357).
    pub fn condition(&self) -> ErrorCondition {
        self.condition
    }

    /// How grave the profile says it is (table 0516).
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Where it is. Of a segment that is missing, where it would be. Nothing where the number of
    /// the segment or repetition is above 65,535, which a [`Location`] cannot hold.
    pub fn location(&self) -> Option<Location<'_>> {
        self.place.location()
    }

    /// The place, what is wrong with it and what to send, in English. Where the segment or the
    /// repetition is the first, its number is left out, as in a [`Path`](crate::Path).
    pub fn sentence(&self) -> &str {
        &self.sentence
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.sentence)
    }
}

impl<'f> From<&'f Finding> for AckError<'f> {
    fn from(finding: &'f Finding) -> AckError<'f> {
        AckError {
            severity: finding.severity,
            location: finding.location(),
            user_message: Some(&finding.sentence),
            ..AckError::new(finding.condition)
        }
    }
}

/// What was found so far, at most [`Profile::FINDINGS_MAX`].
#[derive(Default)]
pub(super) struct Findings {
    findings: Vec<Finding>,
}

impl Findings {
    pub(super) fn add(&mut self, finding: Finding) {
        if !self.are_full() {
            self.findings.push(finding);
        }
    }

    pub(super) fn are_full(&self) -> bool {
        self.findings.len() == Profile::FINDINGS_MAX
    }

    pub(super) fn into_vec(self) -> Vec<Finding> {
        self.findings
    }
}

/// Where something is. Numbers count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) segment: [u8; 3],
    /// Which of the segments of that name.
    pub(super) ordinal: usize,
    pub(super) field: Option<u16>,
    pub(super) repetition: Option<usize>,
    pub(super) component: Option<u16>,
    pub(super) subcomponent: Option<u16>,
}

impl Place {
    pub(super) fn of_segment(segment: [u8; 3], ordinal: usize) -> Place {
        Place {
            segment,
            ordinal,
            field: None,
            repetition: None,
            component: None,
            subcomponent: None,
        }
    }

    pub(super) fn of_field(self, field: u16) -> Place {
        Place {
            field: Some(field),
            ..self
        }
    }

    /// The part that the path is about, in this repetition of its field.
    pub(super) fn of_part(self, path: &Path, repetition: usize) -> Place {
        Place {
            field: Some(path.field()),
            repetition: Some(repetition),
            component: path.component(),
            subcomponent: path.subcomponent(),
            ..self
        }
    }

    pub(super) fn name(&self) -> &str {
        str::from_utf8(&self.segment).unwrap_or_default()
    }

    fn location(&self) -> Option<Location<'_>> {
        let repetition = self.repetition.map(u16::try_from).transpose().ok()?;
        Some(Location {
            segment: self.name(),
            sequence: self.ordinal.try_into().ok()?,
            field: self.field,
            repetition,
            component: self.component,
            subcomponent: self.subcomponent,
        })
    }
}

/// Writes a path.
impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())?;
        if self.ordinal != 1 {
            write!(out, "[{}]", self.ordinal)?;
        }
        if let Some(field) = self.field {
            write!(out, "-{field}")?;
        }
        if let Some(repetition) = self.repetition.filter(|number| *number != 1) {
            write!(out, "[{repetition}]")?;
        }
        for number in [self.component, self.subcomponent].into_iter().flatten() {
            write!(out, ".{number}")?;
        }
        Ok(())
    }
}
