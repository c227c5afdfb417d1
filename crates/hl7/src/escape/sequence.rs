//! Text cut into escape sequences and what stands between them.

use nom::branch::alt;
use nom::bytes::complete::take_while;
use nom::character::complete::{alphanumeric0, char, satisfy};
use nom::combinator::{consumed, recognize};
use nom::sequence::delimited;
use nom::{IResult, Parser};

pub(crate) enum Piece<'t> {
    Text(&'t str),
    /// `raw` with the escape characters, `body` without.
    Sequence {
        raw: &'t str,
        body: &'t str,
    },
}

/// All pieces; `mark` is the escape character. In one pass, whatever the text.
pub(crate) fn pieces(text: &str, mark: char) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Ok((after, (raw, body))) = sequence(rest, mark) {
            rest = after;
            return Some(Piece::Sequence { raw, body });
        }
        let (text, after) = text_before(rest, mark);
        rest = after;
        Some(Piece::Text(text))
    })
}

/// `\F\`, `\X0D0A\`, `\Zlocal\`, `\.sp 2\`: a capital and letters or digits, or a formatting
/// command. Anything else between two escape characters is text: they do not belong together.
fn sequence(text: &str, mark: char) -> IResult<&str, (&str, &str)> {
    let named = recognize((satisfy(|first| first.is_ascii_uppercase()), alphanumeric0));
    let lower = || satisfy(|letter| letter.is_ascii_lowercase());
    let counts = |digit: char| digit.is_ascii_digit() || "+- ".contains(digit);
    let count = take_while(|digit: char| counts(digit) && digit != mark);
    let formatting = recognize((char('.'), lower(), lower(), count));
    consumed(delimited(char(mark), alt((named, formatting)), char(mark))).parse(text)
}

/// The text before the next escape character, where a first one opens nothing.
fn text_before(text: &str, mark: char) -> (&str, &str) {
    let next = text
        .char_indices()
        .skip(1)
        .find(|(_, character)| *character == mark);
    next.and_then(|(at, _)| text.split_at_checked(at))
        .unwrap_or((text, ""))
}
