//! Escape sequences that say nothing, or not what they should.

use hl7::Charset;

use crate::sequence::{Piece, pieces};

/// What is wrong with the escape sequences of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EscapeFault {
    /// An escape character opens or ends nothing.
    Alone,
    /// What stands between two of them is no sequence of the standard, nor a site's own.
    Unknown,
    /// `\X..\` with an odd digit, or with bytes that are no text.
    NoText,
}

impl EscapeFault {
    /// The first that a text has.
    pub(super) fn of(text: &str, escape: char, charset: Charset) -> Option<EscapeFault> {
        pieces(text, Some(escape))
            .into_iter()
            .find_map(|piece| match piece {
                Piece::Known(_) | Piece::Local(_) => None,
                Piece::Hex { bytes, .. } => {
                    let is_text = charset.decode(&bytes).is_ok();
                    (!is_text).then_some(EscapeFault::NoText)
                }
                Piece::Text(text) => between_sequences(text, escape),
            })
    }

    /// What the text has then.
    pub(super) fn sentence(self) -> &'static str {
        match self {
            EscapeFault::Alone => "has an escape character that belongs to no sequence",
            EscapeFault::Unknown => "has an escape sequence that the standard does not know",
            EscapeFault::NoText => "has a hexadecimal escape sequence that is no text",
        }
    }
}

/// What is wrong with text that has no sequence, if it has an escape character.
fn between_sequences(text: &str, escape: char) -> Option<EscapeFault> {
    let (_, rest) = text.split_once(escape)?;
    let body = rest.split_once(escape).map(|(body, _)| body);
    Some(body.map_or(EscapeFault::Alone, fault_of))
}

fn fault_of(body: &str) -> EscapeFault {
    let is_word = |c: char| c.is_ascii_alphanumeric() || ".+-".contains(c);
    let digits = body.strip_prefix('X').unwrap_or_default();
    if !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        EscapeFault::NoText
    } else if !body.is_empty() && body.chars().all(is_word) {
        EscapeFault::Unknown
    } else {
        EscapeFault::Alone
    }
}

#[cfg(test)]
mod tests {
    use hl7::Charset;

    use super::EscapeFault::{self, Alone, NoText, Unknown};

    #[test]
    fn the_first_fault_of_a_text_is_found() {
        let cases = [
            ("plain", None),
            (r"a\T\b\.br\c\H\d\N\\X0D0A\\C2842\", None),
            (r"\Zlocal\ and \Z1\", None),
            (r"a\Z1\T\Z2\b", None),
            (r"\Zhigh\N\Zlow\", None),
            (r"a \ b", Some(Alone)),
            (r"a \ b \ c", Some(Alone)),
            (r"a\", Some(Alone)),
            (r"\\", Some(Alone)),
            (r"\Z1\ \", Some(Alone)),
            (r"\foo\", Some(Unknown)),
            (r"\T\\FOO\", Some(Unknown)),
            (r"\.zz\", Some(Unknown)),
            (r"\X0\", Some(NoText)),
            (r"\T\\XFF\", Some(NoText)),
            (r"\X\", Some(Unknown)),
        ];
        for (text, fault) in cases {
            let found = EscapeFault::of(text, '\\', Charset::UTF_8);
            assert_eq!(found, fault, "{text}");
        }
        assert_eq!(EscapeFault::of(r"\XFF\", '\\', Charset::LATIN_1), None);
    }
}
