//! A lossless, zero-copy parser and writer for HL7 v2 messages.
//!
#![doc = include_str!("../README.md")]
//!
//! # Where to look
//!
//! | for | see |
//! |---|---|
//! | a message and its parts | [`Message`], [`MessageBuf`], [`Segment`], [`Field`], [`Repetition`], [`Component`], [`Subcomponent`] |
//! | what stands at a place | [`Path`], [`path!`], [`Message::get`], [`Message::leaves`], [`Presence`], [`Value`] |
//! | the header | [`Header`], [`Delimiters`], [`Version`], [`AckMode`] |
//! | groups of segments | [`Outline`] |
//! | text | [`Value::decode`], [`Value::plain_text`], [`Charset`], [`Message::to_utf8`], [`escape`](escape()), [`unescape`] |
//! | data types | [`Cx`], [`Xpn`], [`Xcn`], [`Xon`], [`Xad`], [`Xtn`], [`Cwe`], [`Ei`], [`Hd`], [`Pl`], [`Tq`], [`Sn`], [`Nm`], [`Timestamp`] |
//! | writing | [`Draft`], [`SegmentDraft`] |
//! | answers | [`Ack`], [`AckError`], [`AckCode`] |
//! | files of messages | [`Batch`], [`BatchReader`], [`split_messages`] |
#![cfg_attr(feature = "dictionary", doc = "| names and codes | [`Dictionary`] |")]
#![cfg_attr(feature = "profile", doc = "| profiles | [`Profile`], [`Finding`] |")]
#![cfg_attr(docsrs, feature(doc_cfg))]

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
pub use version::{Version, VersionError};

#[cfg(feature = "dictionary")]
pub use dictionary::{
    CodeDefinition, ComponentDefinition, Dictionary, FieldDefinition, LeafDefinition, Optionality,
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
