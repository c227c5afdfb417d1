//! Checks of a message against a profile: what a receiver wants, written by hand as TOML.

mod check;
mod codes;
mod compile;
mod data_type;
mod error;
mod field_check;
mod finding;
mod part;
mod range;
mod rule;
mod spec;

use std::collections::BTreeMap;

use crate::message::Message;
use crate::path;
use crate::path::Path;
use crate::segment::Segment;

pub use error::{ProfileError, ProfileFault, ProfileFaultKind};
pub use finding::Finding;

use check::Check;
use codes::Codes;
use rule::{AcceptedVersion, FieldRule, MessageType, SegmentRules};

/// What a receiver wants of messages, read from a TOML file.
///
/// ```toml
/// name       = "lab results"              # for people
/// applies_to = ["ORU^R01", "ORU^R30"]     # MSH-9.1^MSH-9.2; "ADT" means all its events
/// versions   = ["2.3.1", "2.5.1"]         # MSH-12
///
/// [segments]                              # how many of each
/// PID = "1"                               # exactly one; "0..1", "1..", "2..5"; "0" forbids it
/// OBX = "1.."
///
/// [fields.PID-3]                          # SEG-field; with .component it needs quotes: "PID-3.1"
/// required    = true
/// repetitions = "1..5"
/// length      = 250                       # most characters; a range is "2..250"
/// type        = "CX"
///
/// [fields.PID-8]
/// table    = "sexes"                      # a list of [tables], or ["F", "M"], or a number of HL7
/// severity = "warning"                    # or "information"; without it, "error"
///
/// [fields.OBX-5]
/// type = "OBX-2"                          # the type that OBX-2 names
///
/// [tables]
/// sexes = ["F", "M"]
/// ```
///
/// Only `name` must be written. Without `applies_to` a profile applies to all messages; without
/// `versions` every version is accepted. A key that nothing reads is an error.
///
/// A rule of `[fields]` holds for every segment of that name. Whether there must be such a segment
/// is for `[segments]` to say.
///
/// - `required`: the place holds a value, in every such segment. Null (`""`) does not satisfy it.
///   A component is asked for in every repetition that holds a value, a subcomponent in every
///   component that does: `PID-3.1` says nothing of a message without PID-3, for that is said of
///   `PID-3`. Where the key is not written, a field is required if `repetitions` start at 1 or more.
/// - `repetitions`: how many repetitions of the field hold a value. With `required = false`, those
///   of a field that has any.
/// - `length`: how many characters each repetition, or the component, may have. They are counted
///   after decoding; the delimiters within a composite value count too.
/// - `type`: that each repetition, or the component, reads as the data type. Of a composite type
///   that means its leading parts, such as component 1 of CX. Types without parts must have none.
/// - `table`: that the code is one of those. The code of a composite value is its first part. The
///   number of an HL7 table means every code that a version from 2.3 to 2.8 gave it, and needs the
///   feature `dictionary`.
///
/// Null and empty are neither too short nor of the wrong type: the last three are asked of values
/// only.
///
/// ```
/// use cistern_hl7::{Message, Profile};
///
/// let profile = Profile::parse(r#"
///     name = "lab results"
///     [fields."PID-3.1"]
///     required = true
/// "#)?;
/// let message = Message::parse(b"MSH|^~\\&|LAB\rPID|1||4711^^^CITY~^^^CITY\r")?;
/// let findings = profile.check(&message);
/// assert_eq!(findings.len(), 1);
/// assert_eq!(findings[0].to_string(), "PID-3[2].1 is required and empty");
/// assert_eq!(findings[0].condition().code(), "101");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Profile {
    name: String,
    /// Empty: all.
    message_types: Vec<MessageType>,
    /// Empty: all.
    versions: Vec<AcceptedVersion>,
    /// By name, so that a segment costs no more than the rules that are about it.
    segments: BTreeMap<[u8; 3], SegmentRules>,
}

impl Profile {
    /// The most findings of one message; a check stops there.
    pub const FINDINGS_MAX: usize = 1_000;

    /// Reads a profile. What is wrong with it is told by line and column, all mistakes at once
    /// unless the text is no TOML or has an unknown key.
    pub fn parse(toml: &str) -> Result<Profile, ProfileError> {
        let spec = spec::read(toml).map_err(|fault| ProfileError::new(vec![fault]))?;
        compile::compile(spec, toml)
    }

    /// What the standard asks of the MSH of every version (HL7 v2, chapter 2): MSH-1, MSH-2, the
    /// message code in MSH-9, MSH-10, and codes of tables 0103 and 0104 in MSH-11 and MSH-12.
    pub fn header() -> Profile {
        const REQUIRED: [Path; 7] = [
            path!("MSH-1"),
            path!("MSH-2"),
            path!("MSH-9"),
            path!("MSH-9.1"),
            path!("MSH-10"),
            path!("MSH-11"),
            path!("MSH-12"),
        ];
        let required = |path: Path| FieldRule {
            codes: match path.field() {
                11 => Some(Codes::of_standard(103, &PROCESSING_IDS)),
                12 => Some(Codes::of_standard(104, &VERSION_IDS)),
                _ => None,
            },
            ..FieldRule::required(path)
        };
        let rules = SegmentRules {
            fields: REQUIRED.into_iter().map(required).collect(),
            ..SegmentRules::default()
        };
        Profile {
            name: String::from("message header"),
            message_types: Vec::new(),
            versions: Vec::new(),
            segments: BTreeMap::from([(*b"MSH", rules)]),
        }
    }

    /// What the file calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the message is of a type that the profile is about.
    pub fn applies_to(&self, message: &Message<'_>) -> bool {
        let header = message.header();
        self.message_types.is_empty() || self.message_types.iter().any(|one| one.is_of(header))
    }

    /// What the message lacks, at most [`FINDINGS_MAX`](Profile::FINDINGS_MAX): of the version, of
    /// the numbers of segments, then of the fields in the order of the message. Nothing of a
    /// message that the profile does not apply to.
    pub fn check(&self, message: &Message<'_>) -> Vec<Finding> {
        if self.applies_to(message) {
            Check::run(self, message)
        } else {
            Vec::new()
        }
    }

    fn rules_of(&self, segment: Segment<'_>) -> Option<([u8; 3], &SegmentRules)> {
        let name = segment.name().try_into().ok()?;
        Some((name, self.segments.get(&name)?))
    }

    /// Whether text may be looked at that MSH-18 says how to read.
    fn may_read_text(&self) -> bool {
        let mut rules = self.segments.values().flat_map(|rules| &rules.fields);
        rules.any(FieldRule::may_read_text)
    }
}

/// Table 0103.
const PROCESSING_IDS: [&str; 3] = ["D", "P", "T"];

/// Table 0104.
const VERSION_IDS: [&str; 16] = [
    "2.0", "2.0D", "2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.7.1",
    "2.8", "2.8.1", "2.8.2", "2.9",
];
