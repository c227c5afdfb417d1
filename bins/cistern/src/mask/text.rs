//! Text whose letters and digits are replaced.

use std::borrow::Cow;

use hl7::{Charset, Delimiters};

use super::alphabet::{Letter, Reading, Repertoire};
use super::cipher::Cipher;
use super::days::Days;
use crate::sequence::{self, Piece};

/// Replaces words, which are runs of letters and digits, and moves dates. Whatever stands between
/// them stays, and so do the escape sequences that say nothing of themselves.
pub(super) struct Masker {
    cipher: Cipher,
    days: Days,
}

impl Masker {
    pub(super) fn new(key: &[u8; 32]) -> Masker {
        let cipher = Cipher::new(key);
        let days = Days::of(&cipher);
        Masker { cipher, days }
    }

    /// The bytes that stand for these: as many, with the same delimiters among them. Only in a
    /// character set whose characters differ in length they may be others in number.
    pub(super) fn mask(&self, raw: &[u8], charset: Charset, delimiters: Delimiters) -> Vec<u8> {
        let escape = delimiters.escape().map(char::from);
        let Some((charset, text, reading)) = decoded(raw, charset) else {
            return vec![b'x'; raw.len()];
        };
        for repertoire in [Repertoire::Own, Repertoire::Ascii] {
            let masked = self.text(&text, escape, repertoire, reading);
            if let Some(bytes) = charset.encode(&masked)
                && (bytes.len() == raw.len() || matches!(repertoire, Repertoire::Ascii))
                && separators(&bytes, delimiters).eq(separators(raw, delimiters))
            {
                return bytes.into_owned();
            }
        }
        vec![b'x'; raw.len()]
    }

    fn text(
        &self,
        text: &str,
        escape: Option<char>,
        repertoire: Repertoire,
        reading: Reading,
    ) -> String {
        let mut masked = String::with_capacity(text.len());
        for piece in sequence::pieces(text, escape) {
            match piece {
                Piece::Text(text) | Piece::Local(text) => {
                    let letter = |c| Letter::of(c, repertoire, reading);
                    self.push_words(&mut masked, text, letter);
                }
                Piece::Known(sequence) => masked.push_str(sequence),
                Piece::Hex { start, bytes, end } => {
                    masked.push_str(start);
                    self.push_hex(&mut masked, &bytes);
                    masked.push_str(end);
                }
            }
        }
        masked
    }

    fn push_words(&self, masked: &mut String, text: &str, letter: impl Fn(char) -> Option<Letter>) {
        let mut word = Vec::new();
        let mut rest = text;
        loop {
            if word.is_empty()
                && let Some((date, after)) = self.days.moved(rest)
            {
                masked.push_str(&date);
                rest = after;
            }
            let mut chars = rest.chars();
            let Some(c) = chars.next() else { break };
            rest = chars.as_str();
            if let Some(letter) = letter(c) {
                word.push(letter);
            } else {
                self.push_word(masked, &mut word);
                masked.push(c);
            }
        }
        self.push_word(masked, &mut word);
    }

    fn push_word(&self, masked: &mut String, word: &mut Vec<Letter>) {
        let mut symbols: Vec<_> = word.iter().map(|letter| letter.symbol).collect();
        self.cipher.replace(&mut symbols);
        let letters = word.drain(..).zip(symbols);
        masked.extend(letters.map(|(letter, symbol)| letter.with(symbol)));
    }

    /// Bytes of text that are written in hexadecimal form; of those beyond ASCII nothing is left.
    fn push_hex(&self, masked: &mut String, bytes: &[u8]) {
        let ascii = |byte: &u8| {
            if byte.is_ascii() {
                char::from(*byte)
            } else {
                'x'
            }
        };
        let text: String = bytes.iter().map(ascii).collect();
        let mut words = String::new();
        let letter = |c| Letter::of(c, Repertoire::Ascii, Reading::Stated);
        self.push_words(&mut words, &text, letter);
        masked.extend(words.bytes().map(|byte| format!("{byte:02X}")));
    }
}

/// The text of these bytes, and the character set that has it so: the stated one, or what bytes
/// that are none of it come from, most likely.
fn decoded(raw: &[u8], stated: Charset) -> Option<(Charset, Cow<'_, str>, Reading)> {
    let charsets = [
        (stated, Reading::Stated),
        (Charset::guess(raw), Reading::Guessed),
        (Charset::LATIN_1, Reading::Guessed),
    ];
    charsets.into_iter().find_map(|(charset, reading)| {
        let text = charset.decode(raw).ok()?;
        let is_its_own = charset.encode(&text).is_some_and(|bytes| *bytes == *raw);
        is_its_own.then_some((charset, text, reading))
    })
}

/// The bytes that end a leaf.
fn separators(bytes: &[u8], delimiters: Delimiters) -> impl Iterator<Item = &u8> {
    bytes.iter().filter(move |byte| {
        let byte = **byte;
        byte == delimiters.field() || delimiters.separates(byte) || b"\r\n".contains(&byte)
    })
}

#[cfg(test)]
mod tests {
    use hl7::{Charset, Delimiters};

    use super::Masker;

    fn masked(raw: &[u8], charset: Charset) -> Vec<u8> {
        let masker = Masker::new(&[1; 32]);
        masker.mask(raw, charset, Delimiters::default())
    }

    #[test]
    fn case_and_what_stands_between_words_stay() {
        let mask = |text: &str| String::from_utf8(masked(text.as_bytes(), Charset::UTF_8)).unwrap();
        let word = mask("Roe");
        assert_ne!(word, "Roe");
        assert_eq!(mask("ROE"), word.to_uppercase());
        assert_eq!(mask("Roe, (Roe)-roe: Roe\u{2019}s"), {
            let s = mask("s");
            format!(
                "{word}, ({word})-{}: {word}\u{2019}{s}",
                word.to_lowercase()
            )
        });
        assert_eq!(mask("\"\""), "\"\"");
        assert_eq!(mask(""), "");
    }

    #[test]
    fn escape_sequences_stay_and_what_they_hide_does_not() {
        let mask = |text: &str| String::from_utf8(masked(text.as_bytes(), Charset::UTF_8)).unwrap();
        let kept = r"\F\\S\\T\\R\\E\\P\\H\\N\\.br\\.sp 2\\.in+10\\X0D0A\\C2842\\M242842\";
        assert_eq!(mask(kept), kept);
        let roe = mask("Roe");
        let hex = roe.bytes().map(|byte| format!("{byte:02X}"));
        let hex = hex.collect::<Vec<_>>().concat();
        assert_eq!(mask(r"\X526F65\"), format!(r"\X{hex}\"));
        assert_eq!(mask(r"\X0A526F65\"), format!(r"\X0A{hex}\"));
        for text in [
            r"\Roe\",
            r"\.roe\",
            r"a\Roe",
            r"\.br Roe\",
            r"\XRoe\",
            r"\X526\",
        ] {
            let letters = |text: &str| -> String {
                text.chars().filter(char::is_ascii_alphanumeric).collect()
            };
            let marks = |text: &str| -> String {
                text.chars()
                    .filter(|c| !c.is_ascii_alphanumeric())
                    .collect()
            };
            assert_eq!(marks(&mask(text)), marks(text));
            assert!(!letters(&mask(text)).contains(&letters(text)), "{text}");
        }
    }

    #[test]
    fn lengths_stay_in_every_character_set() {
        let cases: [(&[u8], Charset); 7] = [
            ("Peña Łódź Ωμέγα Иван 山田 ß".as_bytes(), Charset::UTF_8),
            ("Peña Łódź Ωμέγα Иван 山田 ß".as_bytes(), Charset::UNSTATED),
            (b"Pe\xF1a \x8A", Charset::LATIN_1),
            (b"Pe\xF1a \x8A\x81", Charset::UNSTATED),
            (b"Pe\xF1a", Charset::UTF_8),
            (b"Pe\xF1a", Charset::ASCII),
            (b"\xA3\xF3d\xBC", Charset::from_label(b"8859/2").unwrap()),
        ];
        for (raw, charset) in cases {
            let masked = masked(raw, charset);
            assert_eq!(masked.len(), raw.len(), "{charset}");
            let words = |text: &[u8]| -> Vec<Vec<u8>> {
                text.split(|byte| *byte == b' ')
                    .map(<[u8]>::to_vec)
                    .collect()
            };
            let stays = words(&masked)
                .iter()
                .zip(words(raw))
                .any(|(new, old)| *new == old);
            assert!(!stays, "{charset}");
        }
    }

    #[test]
    fn characters_of_several_bytes_break_out_of_no_leaf() {
        for label in [&b"GB 18030-2000"[..], b"BIG-5", b"KS X 1001", b"ISO IR87"] {
            let charset = Charset::from_label(label).unwrap();
            let Some(raw) = charset.encode("山田 太郎") else {
                continue;
            };
            let masked = masked(&raw, charset);
            assert_ne!(masked, *raw);
            assert!(
                !masked.iter().any(|byte| b"|^~&\r\n".contains(byte)),
                "{charset}"
            );
        }
    }
}
