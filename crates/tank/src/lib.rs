//! The holding tank: HL7 messages kept durably, and the care records made from them, in one
//! database, so that an import is one transaction.
//!
//! [`HoldingTank`] is the promise, [`Database`] keeps it on SQLite and PostgreSQL. The tank never
//! reads HL7: whoever holds a message says what it is ([`MessageKeys`]), and whoever settles it
//! says what it means ([`care::Import`]).
//!
//! ```
//! use bytes::Bytes;
//! use cistern_tank::{Answer, Arrival, Body, Database, HoldingTank, MessageKeys, Receipt};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! # let folder = tempfile::tempdir().unwrap();
//! # let url = format!("sqlite:{}", folder.path().join("cistern.db").display());
//! let tank = Database::open(&url).await?;
//! let arrival = Arrival {
//!     feed: "main".into(),
//!     peer: "10.0.0.7:50112".into(),
//!     received_at: 1_714_746_600_000,
//!     keys: MessageKeys { control_id: "42".into(), ..MessageKeys::default() },
//!     lane: String::new(),
//!     body: Body::new("MSH|^~\\&|..."),
//!     state: cistern_tank::Arrived::Received,
//!     answer: Answer { code: "AA".into(), bytes: Bytes::from_static(b"MSH|^~\\&|...") },
//!     is_provisional: false,
//!     altered: None,
//!     reply: String::new(),
//!     sequence: None,
//!     read_as: cistern_tank::ReadAs::default(),
//! };
//! let receipts = tank.hold(&[arrival.clone()]).await?;
//! assert!(matches!(receipts[..], [Receipt::New { .. }]), "durable: it may be acknowledged");
//! let receipts = tank.hold(&[arrival]).await?;
//! assert!(matches!(receipts[..], [Receipt::Repeat { .. }]), "the stored answer comes back");
//! # Ok::<(), cistern_tank::TankError>(()) }).unwrap();
//! ```
//!
//! The trap: after an error of class [`FailureClass::Fatal`] a flush has failed, and what is on
//! disk is unknown. Stop the process; do not try again.

mod arrival;
mod batch;
mod body;
mod claim;
mod database;
mod debug;
mod decision;
mod error;
mod follow;
mod hold;
mod holder;
mod holding_tank;
mod instant;
mod log;
mod migrations;
mod purge;
mod read_as;
mod records;
mod release;
mod remote;
mod reply;
mod session;
mod settle;
mod setup;
mod state;
mod suspicion;
mod view;
mod work_list;
mod writer;

pub use arrival::{
    Altered, Answer, Arrival, Arrived, AsWritten, MessageKeys, Receipt, SequenceNumber,
};
pub use batch::{Batch, Claimed, Disposition, Outcome, Settled, Settlement};
pub use body::Body;
pub use database::Database;
pub use decision::{Decision, Released};
pub use error::{FailureClass, TankError};
pub use follow::{Followed, Given};
pub use holding_tank::HoldingTank;
pub use purge::Retention;
pub use read_as::{CharsetSource, ReadAs};
pub use records::{RecordCount, RecordView, SourceView};
pub use reply::{DueReply, OpenLink, Replies, ReplyClaim, ReplyFate, ReplyOutcome, ReplyWay};
pub use setup::{Prepared, ProviderSetup, Setup};
pub use state::State;
pub use view::{Count, Filter, FindingView, MessageView, Stored};
pub use work_list::WorkItem;
