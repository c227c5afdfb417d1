//! A sender for tests, load and onboarding: invented people's messages, well and badly behaved.
//!
//! [`run`] opens links to a listener, sends what its [`Plan`] says, and gives a [`Report`] of every
//! answer. It knows the listener only through the socket, and does not believe it: each answer is
//! matched to its message, and one that is missing, doubled or about another message is counted.
//!
//! ```no_run
//! use cistern_simulator::{Dial, End, Plan, run};
//!
//! # async fn example() -> Result<(), cistern_simulator::RunError> {
//! let mut plan = Plan::new("127.0.0.1:2575");
//! plan.links = 100;
//! plan.end = End::Messages(1_000_000);
//! let report = run(plan, &Dial::default()).await?;
//! assert!(report.is_good());
//! # Ok(())
//! # }
//! ```
//!
//! The same seed gives the same messages, byte for byte: the clock in them is invented too. Sent
//! twice to one listener, the second run is therefore one of repeats.

mod plan;
mod run;

mod person;

mod catalogue;
mod client;
mod control_id;
mod history;
mod messages;
mod template;

mod acknowledged;
mod answer;
mod dial;
mod link;
mod misbehaviour;
mod turns;

mod histogram;
mod report;

pub use plan::{End, Plan, PlanError};
pub use run::{RunError, run};

pub use person::{BirthDate, Person};

pub use catalogue::{MessageType, UnknownMessageType};
pub use control_id::ControlId;
pub use messages::Messages;

pub use dial::Dial;
pub use misbehaviour::{Expected, Misbehaviour, UnknownMisbehaviour};

pub use histogram::Histogram;
pub use report::{Outcomes, Report};
