//! The way to another machine: a connection that one opens, in the clear or under TLS.
//!
//! [`Tls`] says whom we trust and who we are; [`Stream::open`] connects. The files of certificates
//! and keys are read here for those too who are connected to, and what is wrong with one of them or
//! with the other side is a sentence, [`TlsError`]. What is said over a connection is not known here.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use cistern_wire::{Stream, Tls, TlsFiles};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let tls = Tls::load("ehr.harbor.example", &TlsFiles::default())?;
//! let patience = Duration::from_secs(10);
//! let stream = Stream::open("ehr.harbor.example:2576", Some(&tls), patience).await?;
//! # Ok(())
//! # }
//! ```

mod error;
mod pem;
mod stream;
mod tls;

pub use error::TlsError;
pub use pem::{certificates, key, revocation_lists, roots};
pub use stream::Stream;
pub use tls::{Identity, Tls, TlsFiles};
