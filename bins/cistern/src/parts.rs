//! What stands in a file of messages, to the last line, and where.

mod lines;

use hl7::{
    Batch, BatchItem, Charset, CountCheck, Delimiters, Dictionary, Draft, EnvelopeSegment, Message,
    MessageBuf, ParseError, RecodeError, Segment, path,
};
use listener::frame_contents;

use lines::Lines;

/// A message, or lines that are none.
pub(crate) struct Part<'a> {
    /// Where it starts in the file, counted from 0.
    pub(crate) offset: usize,
    /// As it stands in the file.
    pub(crate) bytes: &'a [u8],
    /// The character set of its text where that was decided already.
    pub(crate) decided: Option<Charset>,
    content: Content<'a>,
}

enum Content<'a> {
    Message(Message<'a>),
    /// It begins with an MSH that cannot be read.
    Unreadable(ParseError, Lines),
    /// A line of a batch envelope; where it states a count, how that is.
    Envelope(Lines, Option<CountCheck>),
    /// No bytes: here an envelope ends without its trailer.
    Unclosed(Unclosed, Lines),
    /// Lines that belong to nothing.
    Stray(Lines),
}

/// What ends without its trailer.
#[derive(Clone, Copy)]
pub(crate) enum Unclosed {
    /// BHS began it, and it has so many messages.
    Batch { messages: u64 },
    /// FHS began it, and it has so many batches.
    File { batches: u64 },
}

/// The parts of a file, in order. Between them are only line breaks, byte order marks and frame
/// bytes: what was taken from a wire may have the 0x0B and 0x1C in which MLLP puts each message,
/// at the start and the end of lines.
pub(crate) fn parts(file: &[u8]) -> impl Iterator<Item = Part<'_>> {
    frame_contents(file).flat_map(move |content| {
        let mut delimiters = Delimiters::default();
        let mut end = offset_in(file, content);
        Batch::new(content).map(move |item| {
            let part = part(file, &item, delimiters, end);
            delimiters = part.delimiters();
            end = part.offset + part.bytes.len();
            part
        })
    })
}

/// Where a slice of the file starts in it.
fn offset_in(file: &[u8], slice: &[u8]) -> usize {
    slice.as_ptr().addr() - file.as_ptr().addr()
}

impl<'a> Part<'a> {
    /// The message, if it is one that can be read.
    pub(crate) fn message(&self) -> Option<&Message<'a>> {
        match &self.content {
            Content::Message(message) => Some(message),
            _ => None,
        }
    }

    /// What is wrong with its MSH.
    pub(crate) fn fault(&self) -> Option<ParseError> {
        match self.content {
            Content::Unreadable(error, _) => Some(error),
            _ => None,
        }
    }

    /// What a trailer states of the number of messages or batches before it.
    pub(crate) fn count(&self) -> Option<CountCheck> {
        match self.content {
            Content::Envelope(_, count) => count,
            _ => None,
        }
    }

    /// What ends here without its trailer.
    pub(crate) fn unclosed(&self) -> Option<Unclosed> {
        match self.content {
            Content::Unclosed(unclosed, _) => Some(unclosed),
            _ => None,
        }
    }

    /// Whether it belongs neither to a message nor to an envelope.
    pub(crate) fn is_stray(&self) -> bool {
        matches!(self.content, Content::Stray(_))
    }

    /// Its lines. Without a message around them they are split by the delimiters in force, and
    /// those of an unreadable MSH by the standard's own.
    pub(crate) fn segments(&self) -> Vec<Segment<'_>> {
        match self.content.lines() {
            Ok(message) => message.segments().collect(),
            Err(lines) => lines.segments(),
        }
    }

    /// Where a slice of its segments starts in the file.
    pub(crate) fn place(&self, slice: &[u8]) -> usize {
        self.offset
            + match self.content.lines() {
                Ok(message) => offset_in(message.as_bytes(), slice),
                Err(lines) => lines.offset(slice),
            }
    }

    /// The message in UTF-8, where characters may hold bytes that look like delimiters. Its MSH-18
    /// and MSH-20 still say how the file has it.
    pub(crate) fn recoded(&self) -> Option<MessageBuf> {
        let message = self.message()?;
        if !self.needs_recoding(message) {
            return None;
        }
        let own = message.segment("MSH")?;
        let mut draft = Draft::of(&self.in_utf8(message).ok()?.message());
        // A draft refuses every change after that of MSH-18.
        for path in [path!("MSH-20[*]"), path!("MSH-18[*]")] {
            if let Some(field) = own.field(path.field().into()) {
                draft.set_raw(&path, field.raw()).ok()?;
            }
        }
        draft.to_message().ok()
    }

    /// The message in UTF-8.
    pub(crate) fn in_utf8(&self, message: &Message<'_>) -> Result<MessageBuf, RecodeError> {
        match self.decided {
            Some(charset) => message.to_utf8_from(charset),
            None => message.to_utf8(),
        }
    }

    fn needs_recoding(&self, message: &Message<'_>) -> bool {
        match self.decided {
            Some(charset) => charset.overlaps_ascii(),
            None => message.needs_recoding(),
        }
    }

    /// Whether its texts must be made from the message in UTF-8: characters may hold bytes that
    /// look like delimiters, or it is in another set than by its own word.
    pub(crate) fn needs_utf8(&self, message: &Message<'_>) -> bool {
        let own = match message.charset() {
            Ok(Charset::UNSTATED) => Ok(Charset::guess(message.as_bytes())),
            stated => stated,
        };
        self.needs_recoding(message) || self.decided.is_some_and(|decided| own != Ok(decided))
    }

    /// Its lines, or those of the message that [`recoded`](Part::recoded) gave, and the character
    /// set of their text.
    pub(crate) fn legible<'p>(
        &'p self,
        recoded: Option<&'p MessageBuf>,
    ) -> (Vec<Segment<'p>>, Charset) {
        match recoded.map(MessageBuf::message) {
            Some(message) => (message.segments().collect(), Charset::UTF_8),
            None => (self.segments(), self.charset()),
        }
    }

    /// The character set of its text.
    pub(crate) fn charset(&self) -> Charset {
        let known = self.decided.or_else(|| self.stated_charset());
        known.unwrap_or_else(|| Charset::guess(self.bytes))
    }

    /// The dictionary of the version that its MSH-12 names, or the default one.
    pub(crate) fn dictionary(&self) -> Dictionary {
        let own = self.message().map(Dictionary::of_message);
        own.unwrap_or_default()
    }

    /// The character set that its MSH-18 names; nothing where that is not known.
    pub(crate) fn stated_charset(&self) -> Option<Charset> {
        let stated = self.message().map(Message::charset);
        stated.unwrap_or(Ok(Charset::UNSTATED)).ok()
    }

    fn delimiters(&self) -> Delimiters {
        match self.content.lines() {
            Ok(message) => message.delimiters(),
            Err(lines) => lines.delimiters,
        }
    }
}

impl<'a> Content<'a> {
    /// The message, or the lines that are none.
    fn lines(&self) -> Result<&Message<'a>, &Lines> {
        match self {
            Content::Message(message) => Ok(message),
            Content::Unreadable(_, lines)
            | Content::Envelope(lines, _)
            | Content::Unclosed(_, lines)
            | Content::Stray(lines) => Err(lines),
        }
    }
}

fn part<'a>(
    file: &'a [u8],
    item: &BatchItem<&'a [u8]>,
    in_force: Delimiters,
    end: usize,
) -> Part<'a> {
    let nothing = file.get(end..end).unwrap_or_default();
    let unclosed = |unclosed| {
        (
            nothing,
            Content::Unclosed(unclosed, Lines::new(nothing, in_force)),
        )
    };
    let (slice, content) = match item {
        BatchItem::Message(raw) => (*raw, message(raw)),
        BatchItem::FileHeader(line) | BatchItem::BatchHeader(line) => envelope(line, None),
        BatchItem::BatchTrailer(line, count) | BatchItem::FileTrailer(line, count) => {
            envelope(line, Some(*count))
        }
        BatchItem::Stray(raw) => (*raw, Content::Stray(Lines::new(raw, in_force))),
        BatchItem::BatchUnclosed { found } => unclosed(Unclosed::Batch { messages: *found }),
        BatchItem::FileUnclosed { found } => unclosed(Unclosed::File { batches: *found }),
        _ => (nothing, Content::Stray(Lines::new(nothing, in_force))),
    };
    let offset = offset_in(file, slice);
    Part {
        offset,
        bytes: file.get(offset..offset + slice.len()).unwrap_or_default(),
        decided: None,
        content,
    }
}

fn envelope<'l>(
    line: &'l EnvelopeSegment<&[u8]>,
    count: Option<CountCheck>,
) -> (&'l [u8], Content<'static>) {
    let segment = line.segment();
    let lines = Lines::new(segment.raw(), segment.delimiters());
    (segment.raw(), Content::Envelope(lines, count))
}

fn message(raw: &[u8]) -> Content<'_> {
    match Message::parse(raw) {
        Ok(message) => Content::Message(message),
        Err(error) => Content::Unreadable(error, Lines::unreadable(raw)),
    }
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn lines_without_a_message_are_split_by_the_delimiters_in_force() {
        let file = b"PID|a^b\rBHS!@~\\&!LAB\rBTS!1\rNTE!c@d^e\x1C\rNTE|f^g@h\r";
        let mut leaves = Vec::new();
        for part in parts(file) {
            for segment in part.segments() {
                let texts = segment.leaves().map(|leaf| leaf.raw().to_vec());
                let texts = texts.map(|text| String::from_utf8(text).unwrap());
                leaves.push((part.place(segment.raw()), texts.collect::<Vec<_>>()));
            }
        }
        let expected: [(usize, &[&str]); 5] = [
            (0, &["a", "b"]),
            (8, &["!", "@~\\&", "LAB"]),
            (21, &["1"]),
            (27, &["c", "d^e"]),
            (38, &["f", "g@h"]),
        ];
        let expected = expected
            .map(|(place, texts)| (place, texts.iter().map(|text| (*text).to_owned()).collect()));
        assert_eq!(leaves, expected);
    }
}
