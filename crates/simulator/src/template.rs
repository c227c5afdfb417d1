//! Templates: a message as text with places to fill, cut up once and filled many times.
//!
//! | place | what comes there |
//! |---|---|
//! | `{control_id}` | MSH-10 |
//! | `{time}` | the time of the message, to the second |
//! | `{begun}` | the time of the first message about the same order, visit or appointment |
//! | `{collected}` | a day before that |
//! | `{charset}` | the fields up to MSH-18, if the client's name needs one |
//! | `{client.name}` | a part of the client, see [`Part`] |
//! | `{order}` | a number of its own for each order, visit or appointment |
//! | `{status}` | `P`, `F` or `C`: HL7 table 0085 |
//! | `{3.5..5.1}` | a number from this range, with as many decimals |
//! | `{normal 3.8-5.0}` | this range, in which the number before it is normal |
//! | `{flag}` | where that number is: `L`, `N` or `H` of HL7 table 0078 |
//! | `{viral load}` | copies of the virus: a structured number, log-uniform between its limits |
//! | `{its logarithm}` | the decimal one of that number, structured like it |
//! | `{one of A/B}` | one of these texts |
//! | `{the same}` | the text chosen last |
//! | `{padding A*B}` | a segment, filled up at the `*`, where the message shall be longer |
//!
//! Braces that hold anything else are text, such as the unit `{ratio}`.

mod number;

use fastrand::Rng;
use hl7::Timestamp;

use crate::client::{Client, Part};
use crate::control_id::{ControlId, push_decimal};
use number::{Normal, Range, ViralLoad};

/// A specimen is taken so long before the first message about it, in seconds.
const BEFORE_RESULT: i64 = 26 * 3600;

/// A message with places to fill.
#[derive(Debug)]
pub(crate) struct Template {
    pieces: Vec<Piece>,
}

#[derive(Debug)]
enum Piece {
    Text(Box<[u8]>),
    ControlId,
    Time,
    Begun,
    Collected,
    Charset,
    Client(Part),
    Order,
    Status,
    Number(Range),
    Normal(Normal),
    Flag,
    ViralLoad,
    Logarithm,
    OneOf(Vec<Box<[u8]>>),
    TheSame,
    Padding { before: Box<[u8]>, after: Box<[u8]> },
}

/// What was drawn for one message, where something after it depends on it.
#[derive(Debug, Default)]
struct Drawn<'a> {
    number: u64,
    flag: u8,
    viral_load: ViralLoad,
    text: &'a [u8],
}

/// What a message is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) control_id: ControlId,
    pub(crate) client: &'a Client,
    /// Seconds since 1970, as the clock on the sender's wall shows them.
    pub(crate) time: i64,
    /// The time of the first message about the order.
    pub(crate) begun: i64,
    pub(crate) order: ControlId,
    pub(crate) status: u8,
    /// The size to fill the message up to, in bytes.
    pub(crate) bytes: usize,
}

impl Template {
    /// Cuts a text up at its places; the ends of its lines become those of segments.
    pub(crate) fn parse(text: &str) -> Template {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, place, after)) = split_place(rest) {
            pieces.push(Piece::text(before));
            match Piece::parse(place) {
                // Its line is part of it: nothing is left where there is nothing to fill up.
                Some(piece @ Piece::Padding { .. }) => {
                    pieces.push(piece);
                    rest = after.strip_prefix('\n').unwrap_or(after);
                }
                Some(piece) => {
                    pieces.push(piece);
                    rest = after;
                }
                None => {
                    pieces.push(Piece::text(&format!("{{{place}}}")));
                    rest = after;
                }
            }
        }
        pieces.push(Piece::text(rest));
        Template { pieces }
    }

    /// Whether it tells a result, whose status changes from message to message.
    pub(crate) fn has_status(&self) -> bool {
        self.pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Status))
    }

    /// Appends the message about `subject`.
    pub(crate) fn write(&self, subject: &Subject<'_>, rng: &mut Rng, out: &mut Vec<u8>) {
        let start = out.len();
        let mut padding = None;
        let mut drawn = Drawn::default();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.extend_from_slice(text),
                Piece::ControlId => subject.control_id.write(out),
                Piece::Time => push_time(out, subject.time),
                Piece::Begun => push_time(out, subject.begun),
                Piece::Collected => push_time(out, subject.begun - BEFORE_RESULT),
                Piece::Charset => out.extend_from_slice(subject.client.charset.declaration()),
                Piece::Client(part) => out.extend_from_slice(subject.client.part(*part)),
                Piece::Order => out.extend_from_slice(&subject.order.order()),
                Piece::Status => out.push(subject.status),
                Piece::Number(range) => drawn.number = range.write(rng, out),
                Piece::Normal(normal) => {
                    drawn.flag = normal.flag(drawn.number);
                    out.extend_from_slice(normal.text());
                }
                Piece::Flag => out.push(drawn.flag),
                Piece::ViralLoad => {
                    drawn.viral_load = ViralLoad::draw(rng);
                    drawn.viral_load.write(out);
                }
                Piece::Logarithm => drawn.viral_load.write_logarithm(out),
                Piece::OneOf(texts) => {
                    drawn.text = rng.choice(texts).map_or(&[], |text| text);
                    out.extend_from_slice(drawn.text);
                }
                Piece::TheSame => out.extend_from_slice(drawn.text),
                Piece::Padding { before, after } => padding = Some((out.len(), before, after)),
            }
        }
        if let Some((place, before, after)) = padding {
            fill_up(out, start + subject.bytes, place, [before, after]);
        }
    }
}

impl Piece {
    fn text(text: &str) -> Piece {
        Piece::Text(text.replace('\n', "\r").into_bytes().into())
    }

    fn parse(place: &str) -> Option<Piece> {
        if let Some(part) = place.strip_prefix("client.") {
            return Part::named(part).map(Piece::Client);
        }
        if let Some(texts) = place.strip_prefix("one of ") {
            let texts = texts.split('/').map(|text| text.as_bytes().into());
            return Some(Piece::OneOf(texts.collect()));
        }
        if let Some(range) = place.strip_prefix("normal ") {
            return Normal::parse(range).map(Piece::Normal);
        }
        if let Some(segment) = place.strip_prefix("padding ") {
            let (before, after) = segment.split_once('*')?;
            return Some(Piece::Padding {
                before: before.as_bytes().into(),
                after: [after.as_bytes(), b"\r"].concat().into(),
            });
        }
        if let Some((from, to)) = place.split_once("..") {
            return Range::parse(from, to).map(Piece::Number);
        }
        match place {
            "control_id" => Some(Piece::ControlId),
            "time" => Some(Piece::Time),
            "begun" => Some(Piece::Begun),
            "collected" => Some(Piece::Collected),
            "charset" => Some(Piece::Charset),
            "order" => Some(Piece::Order),
            "status" => Some(Piece::Status),
            "flag" => Some(Piece::Flag),
            "viral load" => Some(Piece::ViralLoad),
            "its logarithm" => Some(Piece::Logarithm),
            "the same" => Some(Piece::TheSame),
            _ => None,
        }
    }
}

/// The text before the first place, what is between its braces, and the text after it.
fn split_place(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (place, after) = rest.split_once('}')?;
    Some((before, place, after))
}

/// `YYYYMMDDHHMMSS`
fn push_time(out: &mut Vec<u8>, seconds: i64) {
    let time = Timestamp::from_unix_millis(seconds.saturating_mul(1000));
    push_decimal(out, u64::from(time.year()), 4);
    for part in [
        time.month(),
        time.day(),
        time.hour(),
        time.minute(),
        time.second(),
    ] {
        push_decimal(out, u64::from(part), 2);
    }
}

/// Puts a segment at `place`, of the length that makes `out` end at `end`, if it has that much room.
fn fill_up(out: &mut Vec<u8>, end: usize, place: usize, [before, after]: [&[u8]; 2]) {
    let mut missing = end.saturating_sub(out.len() + before.len() + after.len());
    if missing == 0 {
        return;
    }
    let tail = out.split_off(place);
    out.extend_from_slice(before);
    while missing > 0 {
        let piece = FILLER.get(..missing).unwrap_or(FILLER);
        out.extend_from_slice(piece);
        missing -= piece.len();
    }
    out.extend_from_slice(after);
    out.extend_from_slice(&tail);
}

const FILLER: &[u8] = b"This text is invented and only fills the message up. ";
