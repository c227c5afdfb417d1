//! Where a value stands, as people write it: `PID-3[2].1`.

mod conditions;
mod error;
mod grammar;
mod resolve;
mod type_component;

use std::fmt;
use std::str::{self, FromStr};

pub use conditions::{Condition, Conditions};
pub use error::{PathError, PathErrorKind};

/// A place in a message: `SEG[n]-field[repetition].component.subcomponent`.
///
/// | written | means |
/// |---|---|
/// | `PID-3` | the first repetition of PID-3, whole |
/// | `PID-3[2].1.1` | second repetition, first component, first subcomponent |
/// | `OBX[2]-5` | field 5 of the second OBX |
/// | `PID-3[*]` | the whole field with all its repetitions |
/// | `PID-3[5=MR][4.1=HOSP].1` | of the first repetition whose component 5 is `MR` and 4.1 is `HOSP` |
/// | `PID-13[2=PRN][3=""].1` | of the first whose component 2 is `PRN` and whose 3 is absent or empty |
/// | `PID-5[L].1`, `PID-3[type=MR].1` | of the first repetition of that type: the component of CX, XPN, XAD, XTN, XCN or XON that holds it |
///
/// Numbers are those of the standard. A path is checked when it is made, so that looking it up
/// cannot fail: [`Path::parse`] at run time, [`path!`](crate::path!) at compile time. A path that
/// says nothing of the repetition means the first.
///
/// Two paths are equal where they are written alike, for a path prints as it was written: `PID-3`,
/// `PID[1]-3` and `PID-3[1]` find the same and differ as values. Only `[L]` and `[type=MR]` equal
/// the condition that they stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path {
    segment: [u8; 3],
    /// 0 where it is not written.
    occurrence: u16,
    field: u16,
    selector: Selector,
    /// 0 where it is not written.
    component: u16,
    /// 0 where it is not written.
    subcomponent: u16,
}

/// Which repetition of a field a [`Path`] means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Selector {
    /// Not written: the first.
    First,
    /// `[2]`, counted from 1.
    Nth(u16),
    /// `[*]`: all of them.
    All,
    /// `[5=MR]`: the first for which all conditions hold.
    Where(Conditions),
}

impl Path {
    /// Reads a path.
    pub const fn parse(text: &str) -> Result<Path, PathError> {
        grammar::path(text)
    }

    /// A path of the program's own text; [`path!`](crate::path!) calls this at compile time.
    ///
    /// # Panics
    /// When the path is malformed. For paths that come from outside there is [`Path::parse`].
    #[doc(hidden)]
    #[expect(
        clippy::panic,
        reason = "runs at compile time, where a panic is a compile error"
    )]
    pub const fn literal(text: &str) -> Path {
        match Path::parse(text) {
            Ok(path) => path,
            Err(error) => panic!("{}", error.kind().advice()),
        }
    }

    /// The name of the segment.
    pub fn segment(&self) -> &str {
        str::from_utf8(&self.segment).unwrap_or_default()
    }

    pub(crate) const fn name(&self) -> [u8; 3] {
        self.segment
    }

    /// Which of the segments of that name, counted from 1; 1 where it is not written.
    pub const fn occurrence(&self) -> u16 {
        if self.occurrence == 0 {
            1
        } else {
            self.occurrence
        }
    }

    /// The number of the field.
    pub const fn field(&self) -> u16 {
        self.field
    }

    /// Which repetition of the field.
    pub const fn selector(&self) -> Selector {
        self.selector
    }

    /// The number of the component, if the path goes so deep.
    pub fn component(&self) -> Option<u16> {
        Some(self.component).filter(|number| *number != 0)
    }

    /// The number of the subcomponent, if the path goes so deep.
    pub fn subcomponent(&self) -> Option<u16> {
        Some(self.subcomponent).filter(|number| *number != 0)
    }
}

impl FromStr for Path {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Path, PathError> {
        Path::parse(text)
    }
}

/// Writes the path in the form in which it is read; `[L]` and `[type=MR]` come out as the
/// component that they stand for.
impl fmt::Display for Path {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.segment())?;
        if self.occurrence != 0 {
            write!(out, "[{}]", self.occurrence)?;
        }
        write!(out, "-{}", self.field)?;
        match &self.selector {
            Selector::First => {}
            Selector::Nth(number) => write!(out, "[{number}]")?,
            Selector::All => out.write_str("[*]")?,
            Selector::Where(conditions) => write!(out, "{conditions}")?,
        }
        for number in [self.component(), self.subcomponent()]
            .into_iter()
            .flatten()
        {
            write!(out, ".{number}")?;
        }
        Ok(())
    }
}

/// A [`Path`] that is checked when the program is compiled.
///
/// ```
/// use cistern_hl7::{Path, path};
///
/// const RECORD_NUMBER: Path = path!("PID-3[type=MR].1");
/// assert_eq!(RECORD_NUMBER.to_string(), "PID-3[5=MR].1");
/// ```
///
/// ```compile_fail
/// cistern_hl7::path!("PID.3");
/// ```
#[macro_export]
macro_rules! path {
    ($text:literal) => {
        const { $crate::Path::literal($text) }
    };
}
