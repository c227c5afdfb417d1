//! From HL7 v2 messages to care records, by rules that a user writes.
//!
//! A [`Mapping`] is the starter rules that ship with this crate, overlaid by the user's TOML files;
//! [`Codes`] are the code tables, starter and user's, overlaid by people's decisions.
//! [`Mapping::apply`] turns a message into a [`care::Import`]: the records that it adds or changes,
//! and findings about what could not be mapped. No I/O, no clock: the programs read the files.
//!
//! ```
//! use cistern_mapping::{Codes, Mapped, Mapping, Setting};
//!
//! let message = hl7::Message::parse(b"MSH|^~\\&|EHR|HARBOR||CISTERN|20240503||ADT^A28|1|P|2.5\r\
//!     PID|1||4711^^^HARBOR^MR||Roe^Ann||19940714|F\r")?;
//! let codes = Codes::starter();
//! let received_at = 1_772_452_800_000; // 2 March 2026, 12:00 UTC
//! let setting = Setting {
//!     codes: &codes,
//!     received_at,
//!     default_authority: None,
//!     offset_minutes: 0,
//!     charset: None,
//! };
//! let Mapped::Import(import) = Mapping::starter().apply(&message, &setting) else { panic!() };
//! let client = &import.changes[0];
//! assert_eq!(client.patch("sex_at_birth"), Some(&care::Patch::Set(care::Value::text("female"))));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The trap: a table file must be given twice, to [`Mapping::load`], which checks that the tables
//! which rules name are there, and to [`Codes::add_table`], which looks codes up in it.

mod error;
mod hint;
mod source;

mod csv_file;
mod layer;
mod spec;
mod table_file;
mod test_definition;

mod compile;
mod date_form;
mod mapping;
mod route;
mod rule;

mod codes;

mod apply;
mod spot;

pub use error::{LoadError, LoadErrors, LoadProblem};
pub use hint::Hint;
pub use source::SourceFile;

pub use codes::{Codes, Lookup};
pub use test_definition::parse_test_definitions;

pub use apply::{Mapped, Setting};
pub use mapping::Mapping;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
