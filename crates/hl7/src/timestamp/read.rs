//! The grammar of a timestamp.

use std::iter;

use nom::branch::alt;
use nom::bytes::complete::take_while_m_n;
use nom::character::complete::char;
use nom::combinator::{all_consuming, map, opt, value, verify};
use nom::sequence::preceded;
use nom::{AsChar, IResult, Parser};

use super::{MinusZero, Precision, Timestamp};

/// The form only: whether there is such a day is checked afterwards.
pub(super) fn timestamp(text: &[u8]) -> IResult<&[u8], Timestamp> {
    let (rest, year) = map((two, two), |(high, low)| {
        u16::from(high) * 100 + u16::from(low)
    })
    .parse(text)?;
    let (rest, (month, day, hour, minute, second)) =
        (opt(two), opt(two), opt(two), opt(two), opt(two)).parse(rest)?;
    let (rest, fraction) = match second {
        Some(_) => opt(fraction).parse(rest)?,
        None => (rest, None),
    };
    let is_minus_zero = MinusZero(rest == b"-0000");
    let (rest, offset_minutes) = all_consuming(opt(offset)).parse(rest)?;
    let (nanosecond, fraction_digits) = fraction.unwrap_or_default();
    let timestamp = Timestamp {
        precision: precision([month, day, hour, minute, second], fraction_digits),
        year,
        month: month.unwrap_or(1),
        day: day.unwrap_or(1),
        hour: hour.unwrap_or(0),
        minute: minute.unwrap_or(0),
        second: second.unwrap_or(0),
        nanosecond,
        fraction_digits,
        offset_minutes,
        is_minus_zero,
    };
    Ok((rest, timestamp))
}

fn precision(parts: [Option<u8>; 5], fraction_digits: u8) -> Precision {
    match parts.into_iter().flatten().count() {
        0 => Precision::Year,
        1 => Precision::Month,
        2 => Precision::Day,
        3 => Precision::Hour,
        4 => Precision::Minute,
        _ if fraction_digits == 0 => Precision::Second,
        _ => Precision::FractionalSecond,
    }
}

fn two(text: &[u8]) -> IResult<&[u8], u8> {
    map(digits(2, 2), |digits| {
        digits
            .iter()
            .fold(0, |number, digit| number * 10 + (digit - b'0'))
    })
    .parse(text)
}

/// Nanoseconds, and how many digits were written.
fn fraction(text: &[u8]) -> IResult<&[u8], (u32, u8)> {
    map(preceded(char('.'), digits(1, 9)), |digits| {
        let padded = digits.iter().chain(iter::repeat(&b'0')).take(9);
        let nanoseconds = padded.fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
        (nanoseconds, u8::try_from(digits.len()).unwrap_or(9))
    })
    .parse(text)
}

fn offset(text: &[u8]) -> IResult<&[u8], i16> {
    let sign = alt((value(1, char('+')), value(-1, char('-'))));
    let minutes = verify(two, |minutes| *minutes < 60);
    let (rest, (sign, hours, minutes)) = (sign, two, minutes).parse(text)?;
    Ok((rest, sign * (i16::from(hours) * 60 + i16::from(minutes))))
}

fn digits<'t>(
    least: usize,
    most: usize,
) -> impl Parser<&'t [u8], Output = &'t [u8], Error = nom::error::Error<&'t [u8]>> {
    take_while_m_n(least, most, AsChar::is_dec_digit)
}
