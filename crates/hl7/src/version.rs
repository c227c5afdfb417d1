//! The version of the standard that a message follows.

use std::fmt;
use std::str::FromStr;

use nom::IResult;
use nom::Parser;
use nom::bytes::complete::tag;
use nom::character::complete::u8 as number;
use nom::combinator::{all_consuming, opt};
use nom::sequence::preceded;
use thiserror::Error;

/// A version of HL7 v2 (table 0104), ordered: 2.3 < 2.3.1 < 2.10.
///
/// ```
/// use cistern_hl7::Version;
///
/// let version: Version = "2.5.1".parse()?;
/// assert_eq!((version.minor(), version.patch()), (5, 1));
/// assert!(version > Version::new(5, 0));
/// assert_eq!(version.to_string(), "2.5.1");
/// # Ok::<(), cistern_hl7::VersionError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    minor: u8,
    patch: u8,
}

impl Version {
    /// 2.`minor`.`patch`; a patch of 0 is not written.
    pub const fn new(minor: u8, patch: u8) -> Version {
        Version { minor, patch }
    }

    /// Reads MSH-12.1, such as `2.3` or `2.5.1`.
    pub fn parse(id: &[u8]) -> Option<Version> {
        let (_, version) = all_consuming(version).parse(id).ok()?;
        Some(version)
    }

    /// The number after `2.`
    pub const fn minor(self) -> u8 {
        self.minor
    }

    /// The number after that; 0 where there is none.
    pub const fn patch(self) -> u8 {
        self.patch
    }
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Version, VersionError> {
        Version::parse(text.as_bytes()).ok_or(VersionError)
    }
}

/// A text is no version of HL7 v2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a version is written as in MSH-12, such as 2.5.1")]
#[non_exhaustive]
pub struct VersionError;

/// Writes the version as MSH-12.1 does.
impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "2.{}", self.minor)?;
        match self.patch {
            0 => Ok(()),
            patch => write!(out, ".{patch}"),
        }
    }
}

fn version(id: &[u8]) -> IResult<&[u8], Version> {
    let (rest, minor) = preceded(tag("2."), number).parse(id)?;
    let (rest, patch) = opt(preceded(tag("."), number)).parse(rest)?;
    Ok((
        rest,
        Version {
            minor,
            patch: patch.unwrap_or(0),
        },
    ))
}
