//! Formatted text (type FT) as plain text.

use std::borrow::Cow;
use std::iter;

use super::sequence::{Piece, pieces};
use super::{delimiter, hex_text, mark_in};
use crate::charset::Charset;
use crate::delimiters::Delimiters;

/// The most lines or blanks that one `\.sp<n>\` or `\.sk<n>\` may add.
const SKIP_MAX: usize = 99;

/// Renders escape sequences as a person would read them.
///
/// What [`unescape`](crate::unescape) replaces is replaced here too, with every line break as
/// `\n`. Of the formatting commands, `\.br\ \.ce\ \.sp<n>\` give line breaks, `\.sk<n>\` blanks,
/// and those that only set margins or filling nothing; highlighting disappears. Switches of the
/// character set and local or unknown sequences stay, for dropping them would lose data.
///
/// ```
/// use cistern_hl7::{Charset, Delimiters, plain_text};
///
/// let text = r"1 \T\ 2\.br\see \H\below\N\";
/// assert_eq!(plain_text(text, &Delimiters::default(), Charset::UTF_8), "1 & 2\nsee below");
/// ```
pub fn plain_text<'t>(text: &'t str, delimiters: &Delimiters, charset: Charset) -> Cow<'t, str> {
    let Some(mark) = mark_in(text, *delimiters) else {
        return Cow::Borrowed(text);
    };
    let mut plain = String::with_capacity(text.len());
    for piece in pieces(text, mark) {
        match piece {
            Piece::Text(text) => plain.push_str(text),
            Piece::Sequence { raw, body } => {
                if let Some(delimiter) = delimiter(body, *delimiters) {
                    plain.push(delimiter);
                } else if let Some(text) = hex_text(body, charset) {
                    plain.push_str(&text.replace("\r\n", "\n").replace('\r', "\n"));
                } else if let Some((filler, count)) = format(body) {
                    plain.extend(iter::repeat_n(filler, count));
                } else {
                    plain.push_str(raw);
                }
            }
        }
    }
    Cow::Owned(plain)
}

/// What a formatting or highlighting sequence puts into plain text, and how many of it.
fn format(body: &str) -> Option<(char, usize)> {
    let (command, count) = body.split_at_checked(3).unwrap_or((body, ""));
    let digits = count.trim_start_matches([' ', '+', '-']);
    let count = digits.parse().unwrap_or(1).min(SKIP_MAX);
    match command {
        ".br" | ".ce" => Some(('\n', 1)),
        ".sp" => Some(('\n', count)),
        ".sk" => Some((' ', count)),
        ".fi" | ".nf" | ".in" | ".ti" | "H" | "N" => Some((' ', 0)),
        _ => None,
    }
}
