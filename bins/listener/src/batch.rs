//! A batch in a frame: its messages, and the one answer where the feed gives one to all.

use bytes::Bytes;
use hl7::{
    AckStamp, Batch, BatchItem, CountCheck, Header, ParseError, ParseErrorKind, Segment, escape,
};
use tank::Answer;

/// What a frame with FHS or BHS holds.
pub(crate) struct Contents {
    /// The lines before the first message: what one answer for all needs.
    pub(crate) head: Bytes,
    pub(crate) messages: Vec<Bytes>,
    /// Whether a trailer states another number than there is, or does not come.
    pub(crate) is_short: bool,
}

/// The contents of a frame that is a batch, or of one that `may_be_many` messages in a row.
pub(crate) fn contents(frame: &Bytes, may_be_many: bool) -> Option<Contents> {
    let is_batch = |error: ParseError| error.kind() == ParseErrorKind::Batch;
    if Header::parse(frame).is_err_and(is_batch) {
        return Some(all(frame));
    }
    let contents = may_be_many.then(|| all(frame));
    contents.filter(|contents| contents.messages.len() > 1)
}

/// Whether a batch stands anywhere in a file.
pub(crate) fn is_in_file(file: &[u8]) -> bool {
    let is_header = |item| matches!(item, BatchItem::FileHeader(_) | BatchItem::BatchHeader(_));
    Batch::new(file).any(is_header)
}

/// The contents of a frame or file that holds a batch.
pub(crate) fn all(frame: &Bytes) -> Contents {
    let mut contents = Contents {
        head: Bytes::new(),
        messages: Vec::new(),
        is_short: false,
    };
    for item in Batch::new(frame) {
        match item {
            BatchItem::Message(message) => contents.messages.push(frame.slice_ref(message)),
            BatchItem::BatchTrailer(_, count) | BatchItem::FileTrailer(_, count) => {
                let is_right = matches!(
                    count,
                    CountCheck::Agrees { .. } | CountCheck::Unstated { .. }
                );
                contents.is_short |= !is_right;
            }
            BatchItem::BatchUnclosed { .. } | BatchItem::FileUnclosed { .. } => {
                contents.is_short = true;
            }
            _ => {}
        }
    }
    let first = contents.messages.first();
    let head_bytes = first.map_or(0, |first| first.as_ptr().addr() - frame.as_ptr().addr());
    contents.head = Bytes::copy_from_slice(frame.get(..head_bytes).unwrap_or_default());
    contents
}

/// All answers in a batch. Its header speaks with the names and delimiters of the one that is
/// answered, and BHS-12 names its BHS-11.
pub(crate) fn answer<'a>(head: &'a [u8], answers: &[Answer], stamp: &AckStamp<'a>) -> Vec<u8> {
    // That of the batch stands after that of the file.
    let headers = Batch::new(head).filter_map(|item| match item {
        BatchItem::BatchHeader(header) | BatchItem::FileHeader(header) => Some(header),
        _ => None,
    });
    let header = headers.last();
    let header = header.as_ref().map(|header| header.segment());
    let field = |number| header.and_then(|header: Segment<'_>| header.field(number));
    let raw = |number| field(number).map_or(&b""[..], |field| field.raw());
    let delimiters = header.map(Segment::delimiters).unwrap_or_default();
    let separator = [delimiters.field()];
    let encoding_characters: Vec<u8> = delimiters.encoding_characters().collect();
    let ours = |name: Option<&str>, number| match name {
        Some(name) => escape(name, &delimiters).into_owned().into_bytes(),
        None => raw(number).to_vec(),
    };
    let (application, facility) = (
        ours(stamp.sending_application, 5),
        ours(stamp.sending_facility, 6),
    );
    let now = stamp.now.to_string();
    let count = answers.len().to_string();
    let fields: [&[u8]; 12] = [
        b"BHS",
        &encoding_characters,
        &application,
        &facility,
        raw(3),
        raw(4),
        now.as_bytes(),
        b"",
        b"",
        b"",
        stamp.control_id.as_bytes(),
        raw(11),
    ];
    let mut batch = fields.join(&separator[..]);
    batch.push(b'\r');
    for answer in answers {
        batch.extend_from_slice(&answer.bytes);
    }
    batch.extend([b"BTS", &separator[..], count.as_bytes(), b"\r"].concat());
    batch
}
