//! NM, a number.

use std::fmt;
use std::str;

use nom::branch::alt;
use nom::character::complete::{char, digit0, digit1, one_of};
use nom::combinator::{all_consuming, opt, recognize};
use nom::sequence::{pair, preceded};
use nom::{IResult, Parser};

/// A number (type NM, section 2.A.47): digits with an optional sign and point, exactly as they
/// were written, for `7.10` tells more than 7.1.
///
/// ```
/// use cistern_hl7::Nm;
///
/// let number = Nm::parse(b"+07.10").unwrap();
/// assert_eq!((number.text(), number.to_f64()), ("+07.10", 7.1));
/// assert_eq!(Nm::parse(b"<20"), None);
/// ```
#[derive(Clone, Copy, PartialEq)]
pub struct Nm<'a> {
    text: &'a str,
    nearest: f64,
}

impl<'a> Nm<'a> {
    /// Reads a number; nothing if the bytes are none.
    pub fn parse(raw: &'a [u8]) -> Option<Nm<'a>> {
        let (_, digits) = all_consuming(number).parse(raw).ok()?;
        let text = str::from_utf8(digits).ok()?;
        let nearest = str::parse(text).ok()?;
        Some(Nm { text, nearest })
    }

    /// The number as it was written.
    pub fn text(self) -> &'a str {
        self.text
    }

    /// The nearest `f64`, which may be infinite.
    pub fn to_f64(self) -> f64 {
        self.nearest
    }
}

impl fmt::Debug for Nm<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Nm({} bytes)", self.text.len())
    }
}

fn number(text: &[u8]) -> IResult<&[u8], &[u8]> {
    let whole = recognize(pair(digit1, opt(pair(char('.'), digit0))));
    let fraction = recognize(preceded(char('.'), digit1));
    recognize(pair(opt(one_of("+-")), alt((whole, fraction)))).parse(text)
}
