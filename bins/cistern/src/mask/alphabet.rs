//! The alphabets within which letters and digits are replaced.

use super::cipher::Symbol;

/// A letter or digit, as one of an alphabet.
#[derive(Clone, Copy)]
pub(super) struct Letter {
    /// The first letter of the alphabet.
    first: char,
    pub(super) symbol: Symbol,
}

/// Which letters may stand for a letter that is not ASCII.
#[derive(Clone, Copy)]
pub(super) enum Repertoire {
    /// One of its own script, as long in UTF-8 as it is.
    Own,
    /// One of ASCII, which is in every character set.
    Ascii,
}

/// How the text was read of which a character is.
#[derive(Clone, Copy)]
pub(super) enum Reading {
    /// In the character set that the message states.
    Stated,
    /// In one that it may be in: what looks like a sign may be a letter, or half of one.
    Guessed,
}

/// First and last letter of each: what lies between are letters too, and equally long in UTF-8.
/// Capitals and small letters have the same place, so that a word is replaced alike in any case.
const ALPHABETS: [(char, char); 21] = [
    ('0', '9'),
    ('A', 'Z'),
    ('a', 'z'),
    ('À', 'Ö'),
    ('à', 'ö'),
    ('Ø', 'Þ'),
    ('ø', 'þ'),
    ('Ā', 'ſ'),
    ('Α', 'Ρ'),
    ('Σ', 'Ω'),
    ('α', 'ω'),
    ('А', 'Я'),
    ('а', 'я'),
    ('א', 'ת'),
    ('ء', 'ي'),
    ('ぁ', 'ゖ'),
    ('ァ', 'ヺ'),
    ('一', '鿿'),
    ('가', '힣'),
    ('０', '９'),
    ('Ａ', 'Ｚ'),
];

impl Letter {
    /// Nothing for what is neither a letter nor a digit: blanks and marks of punctuation. What
    /// might be one is one.
    pub(super) fn of(c: char, repertoire: Repertoire, reading: Reading) -> Option<Letter> {
        match reading {
            Reading::Guessed if !c.is_ascii() => {}
            _ if is_plain(c) => return None,
            _ => {}
        }
        let (first, last) = match repertoire {
            Repertoire::Ascii if !c.is_ascii() => ascii(c),
            _ => own(c),
        };
        let size = u32::from(last) - u32::from(first) + 1;
        // Of a letter of another alphabet, one that it alone chooses.
        let index = match u32::from(c).checked_sub(u32::from(first)) {
            Some(index) if c <= last => index,
            _ => u32::from(c) % size,
        };
        let symbol = Symbol { index, size };
        Some(Letter { first, symbol })
    }

    /// The letter of the same alphabet that has the number of `symbol`.
    pub(super) fn with(self, symbol: Symbol) -> char {
        let code = u32::from(self.first) + symbol.index;
        char::from_u32(code).unwrap_or(self.first)
    }
}

/// The alphabet of a letter, or one of Latin letters that are as long as it in UTF-8.
fn own(c: char) -> (char, char) {
    let listed = ALPHABETS
        .iter()
        .find(|(first, last)| (*first..=*last).contains(&c));
    match (listed, c.len_utf8()) {
        (Some(alphabet), _) => *alphabet,
        (None, 2) => ('à', 'ö'),
        (None, 3) => ('Ḁ', 'ỿ'),
        (None, _) => ('𝐀', '𝐳'),
    }
}

fn ascii(c: char) -> (char, char) {
    if c.is_uppercase() {
        ('A', 'Z')
    } else {
        ('a', 'z')
    }
}

/// Whether a character can stay, since nobody is called so.
fn is_plain(c: char) -> bool {
    match c {
        '\0'..='\x7F' => !c.is_ascii_alphanumeric(),
        'ª' | 'µ' | 'º' => false,
        // Signs of Latin 1, then general punctuation, currencies, punctuation of East Asia.
        '\u{80}'..='\u{BF}' | '×' | '÷' | '\u{2000}'..='\u{20CF}' | '\u{3000}'..='\u{303F}' => {
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{ALPHABETS, Letter, Reading, Repertoire};

    #[test]
    fn alphabets_hold_letters_of_one_length_alone() {
        for (first, last) in ALPHABETS {
            for c in first..=last {
                assert!(c.is_alphanumeric(), "{c}");
                assert_eq!(c.len_utf8(), first.len_utf8(), "{c}");
                let letter = Letter::of(c, Repertoire::Own, Reading::Stated).unwrap();
                assert_eq!(letter.with(letter.symbol), c);
            }
        }
    }

    #[test]
    fn letters_of_no_alphabet_have_latin_ones_as_long() {
        for c in ['ß', 'ÿ', 'ก', '𠮷', '\u{E000}', 'ǅ'] {
            let letter = Letter::of(c, Repertoire::Own, Reading::Stated).unwrap();
            let other = letter.with(letter.symbol);
            assert_ne!(other, c);
            assert_eq!(other.len_utf8(), c.len_utf8());
        }
    }
}
