//! A lossless, zero-copy parser and writer for HL7 v2 messages.
//!
//! A [`Message`] is the bytes it was read from, the [`Delimiters`] that MSH-1 and MSH-2 declare,
//! and one flat index of where the segments stand. Fields, repetitions, components and
//! subcomponents are `Copy` views that are split off when somebody asks; [`MessageBuf`] owns its
//! bytes and travels between tasks without being parsed again. [`Draft`] writes.
//!
//! ```
//! use cistern_hl7::{Message, Presence, path};
//!
//! let message = Message::parse(b"MSH|^~\\&|LAB|CITY\rPID|1||4711^^^CITY^MR||Roe^Ann||\"\"\r")?;
//! let family = message.get(&path!("PID-5.1")).value().unwrap();
//! assert_eq!(family.decode(message.charset()?)?, "Roe");
//! assert_eq!(message.get(&path!("PID-7")), Presence::Null);
//! assert_eq!(message.get(&path!("PID-8")), Presence::Absent);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The trap: a byte is not a character. Everything up to [`Value`] is raw bytes as they came;
//! text appears only through [`Value::decode`], which needs the [`Charset`] and can fail. Of a
//! message that [needs recoding](Message::needs_recoding) (BIG-5, GB 18030, the Japanese sets) ask
//! nothing but [`Message::to_utf8`]: there half a character can look like a delimiter.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod batch;
mod line;
mod split;

mod delimiters;
mod header;
mod message;
mod message_buf;
mod segment;

mod levels;
mod path;
mod value;

mod leaves;
mod outline;
mod scan;

mod charset;
mod escape;
mod timestamp;
mod values;
mod version;

#[cfg(feature = "dictionary")]
mod dictionary;

mod ack;
mod draft;
mod error;
#[cfg(feature = "serde")]
mod json;
#[cfg(feature = "profile")]
mod profile;

pub use batch::{Batch, BatchError, BatchItem, BatchReader, CountCheck, EnvelopeSegment};
pub use split::split_messages;

pub use delimiters::{DelimiterFault, Delimiters};
pub use header::Header;
pub use message::Message;
pub use message_buf::MessageBuf;
pub use segment::{Fields, Segment};

pub use levels::{Component, Field, Repetition, Subcomponent};
pub use path::{Condition, Conditions, Path, PathError, PathErrorKind, Selector};
pub use value::{Presence, Value};

pub use leaves::{Leaf, Leaves};
pub use outline::Outline;

pub use charset::{Charset, CharsetProblem, UnknownCharset};
pub use escape::{escape, plain_text, unescape};
pub use timestamp::{Precision, Timestamp, TimestampError};
pub use values::{
    Coding, Cwe, Cx, Ei, FamilyName, Hd, Nm, Pl, Sn, StreetAddress, TelephoneNumber, Tq, Xad, Xcn,
    Xon, Xpn, Xtn,
};
pub use version::Version;

#[cfg(feature = "dictionary")]
pub use dictionary::{
    CodeDefinition, ComponentDefinition, Dictionary, FieldDefinition, Optionality,
    SegmentDefinition, TableDefinition, TypeDefinition,
};

pub use ack::{
    Ack, AckCode, AckCondition, AckError, AckMode, AckStamp, ApplicationCode, ErrorCondition,
    Location, Severity,
};
pub use draft::{Draft, DraftError, SegmentDraft};
pub use error::{DecodeError, ParseError, ParseErrorKind, RecodeError};
#[cfg(all(feature = "serde", feature = "dictionary"))]
pub use json::FriendlyMessage;
#[cfg(feature = "profile")]
pub use profile::{Finding, Profile, ProfileError, ProfileFault, ProfileFaultKind};
