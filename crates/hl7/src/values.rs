//! Data types of the standard as small structs: the parts of a repetition or a component by name.
//!
//! Section numbers are those of version 2.5.1, chapter 2A. A part that a version does not have is
//! absent. Nothing is checked or decoded: a part is what stands there.

mod cwe;
mod cx;
mod ei;
mod hd;
mod nm;
mod parts;
mod pl;
mod sn;
mod tq;
mod xad;
mod xcn;
mod xon;
mod xpn;
mod xtn;

pub use cwe::{Coding, Cwe};
pub use cx::Cx;
pub use ei::Ei;
pub use hd::Hd;
pub use nm::Nm;
pub use pl::Pl;
pub use sn::Sn;
pub use tq::Tq;
pub use xad::{StreetAddress, Xad};
pub use xcn::Xcn;
pub use xon::Xon;
pub use xpn::{FamilyName, Xpn};
pub use xtn::{TelephoneNumber, Xtn};
