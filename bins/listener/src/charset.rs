//! In which character set a message is read: by its MSH-18, by the rule of its feed, or by a guess.

use std::borrow::Cow;

use hl7::{Charset, Header, Message};
use service::FeedConfig;
use tank::{CharsetSource, ReadAs};

/// In which character set a message of a feed is read; none where its header cannot be read.
pub fn read_as(feed: &FeedConfig, message: &[u8]) -> Option<ReadAs> {
    let message = Message::parse(message).ok()?;
    let agreed = agreed(feed, message.header());
    Some(Reading::of(&message, agreed).recorded())
}

/// The character set that is agreed with the senders of a feed, where that goes for a message.
pub(crate) fn agreed(feed: &FeedConfig, header: Header<'_>) -> Option<Charset> {
    let goes = feed.charset_wins || header.charset() == Ok(Charset::UNSTATED);
    feed.charset.filter(|_| goes)
}

/// In which character set a message is read, and who says so.
#[derive(Clone, Copy)]
pub(crate) struct Reading {
    /// Nothing where MSH-18 names a set that cannot be read.
    charset: Option<Charset>,
    source: CharsetSource,
}

impl Reading {
    /// What is agreed, else what MSH-18 says, else a guess.
    pub(crate) fn of(message: &Message<'_>, agreed: Option<Charset>) -> Reading {
        let (charset, source) = match (agreed, message.charset()) {
            (Some(agreed), _) => (Some(agreed), CharsetSource::Feed),
            (None, Ok(Charset::UNSTATED)) => (
                Some(Charset::guess(message.as_bytes())),
                CharsetSource::Guess,
            ),
            (None, Ok(stated)) => (Some(stated), CharsetSource::Message),
            (None, Err(_)) => (None, CharsetSource::Unknown),
        };
        Reading { charset, source }
    }

    /// As the tank keeps it.
    pub(crate) fn recorded(self) -> ReadAs {
        ReadAs {
            charset: self.charset.map_or("", Charset::label).to_owned(),
            source: self.source,
        }
    }

    /// The text of these bytes, if they are text.
    pub(crate) fn text(self, raw: &[u8]) -> Option<Cow<'_, str>> {
        self.charset?.decode(raw).ok()
    }
}
