//! The care records that Cistern keeps, and the rules by which they change.
//!
//! Everything here is pure: no I/O, no clock, no SQL and no HL7. The [`catalogue`] is data, and
//! whatever handles records in general (checks of a mapping, tables, history, export) reads it.
//! A message arrives as an [`Import`]; a [`Ledger`] holds the stored rows that it names; and
//! [`Ledger::apply`] decides, field by field, what becomes of them.
//!
//! ```
//! use cistern_care::{Change, Ledger, Patch, Stamp, Value, merge, record_type};
//!
//! let client = record_type("client").unwrap();
//! let mut stored = None;
//! for (as_of, city) in [(20, "Salem"), (10, "Dover")] {
//!     let mut change = Change::new(client, "demographics");
//!     for (field, value) in [("last_name", "Doe"), ("first_name", "Jane"),
//!                            ("birth_date", "1994-07-14"), ("city", city)] {
//!         change.set(client.field(field).unwrap(), Value::text(value), "PID");
//!     }
//!     merge(&mut stored, &change, Stamp { tier: 0, as_of, message_id: as_of });
//! }
//! let city = client.field("city").unwrap();
//! assert_eq!(stored.unwrap().value(city), Some(&Value::text("Salem")), "the older one came late");
//! ```
//!
//! The trap: a value that is absent from a [`Change`] leaves the stored value alone. Only
//! [`Patch::Clear`] removes one.

mod catalogue;
mod change;
mod finding;
mod identity;
mod ledger;
mod lifecycle;
mod merge;
mod person;
mod record;
mod reference;
mod value;

pub use catalogue::{Correction, Field, RecordType, catalogue, record_type};
pub use change::{Account, AddPolicy, Assignment, Change, Import, Patch};
pub use finding::{Coded, Finding, FindingKind, Severity};
pub use identity::{Candidate, Resolution, resolve};
pub use ledger::{
    Applied, ClientRow, ClientSlot, Ledger, NewIdentifier, RecordKey, RecordRow, RecordSlot,
    Revision,
};
pub use merge::{Edit, Merge, merge};
pub use person::{Identifier, NameKey, Person};
pub use record::{Cell, Life, Record, Source, Stamp};
pub use reference::{CodeDecision, TestDefinition};
pub use value::{BadValue, Kind, Value};
