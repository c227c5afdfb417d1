//! The version of the standard that a message follows.

use std::fmt;

use nom::IResult;
use nom::Parser;
use nom::bytes::complete::tag;
use nom::character::complete::u8 as number;
use nom::combinator::{all_consuming, opt};
use nom::sequence::preceded;

/// A version of HL7 v2 (table 0104), ordered: 2.3 < 2.3.1 < 2.10.
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
}

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
