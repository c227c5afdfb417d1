//! In which character set the text of a message is read.

use crate::session::Row;

/// In which character set the text of a message is read, as its door decided when it came: it is
/// read so for ever, whatever is agreed with its sender later.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "built by every door")]
pub struct ReadAs {
    /// The name of the set, as in MSH-18 (table 0211); empty where there is none.
    pub charset: String,
    /// Who says so.
    pub source: CharsetSource,
}

/// Who says in which character set a message is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "every importer must treat each")]
pub enum CharsetSource {
    /// Nobody: it is no message, or was kept before this was recorded.
    #[default]
    Unrecorded,
    /// MSH-18 of the message.
    Message,
    /// The rule of its feed.
    Feed,
    /// The bytes: MSH-18 is empty and the feed has no rule.
    Guess,
    /// MSH-18 names a set that cannot be read, and the feed has no rule that wins over it.
    Unknown,
}

impl CharsetSource {
    const ALL: [CharsetSource; 5] = [
        CharsetSource::Unrecorded,
        CharsetSource::Message,
        CharsetSource::Feed,
        CharsetSource::Guess,
        CharsetSource::Unknown,
    ];

    /// The word for it in the tables and for people; empty where nobody says.
    pub fn as_str(self) -> &'static str {
        match self {
            CharsetSource::Unrecorded => "",
            CharsetSource::Message => "msh18",
            CharsetSource::Feed => "feed",
            CharsetSource::Guess => "guess",
            CharsetSource::Unknown => "unknown",
        }
    }

    /// A word that a later version may have written counts as none.
    fn parse(word: &str) -> CharsetSource {
        let mut all = CharsetSource::ALL.into_iter();
        all.find(|source| source.as_str() == word)
            .unwrap_or_default()
    }
}

impl ReadAs {
    /// What stands in these two columns of a row, `charset` and `charset_from`.
    pub(crate) fn of(row: &Row, charset: usize, source: usize) -> Result<ReadAs, sqlx::Error> {
        Ok(ReadAs {
            charset: row.text(charset)?,
            source: CharsetSource::parse(&row.text(source)?),
        })
    }
}
