//! One segment of a message that is being written.

use std::fmt;

use super::error::DraftError;
use super::is_header;
use super::place::{self, Step};
use super::text;
use crate::charset::{Charset, UnknownCharset};
use crate::delimiters::Delimiters;
use crate::path::{Path, Selector};
use crate::segment::Segment;
use crate::value::{NULL, Presence};

/// A segment of a [`Draft`](crate::Draft). Whatever segment a path names, this one is changed;
/// otherwise the calls are those of the draft.
pub struct SegmentDraft<'d> {
    raw: &'d mut Vec<u8>,
    delimiters: Delimiters,
    charset: Result<Charset, UnknownCharset>,
}

impl<'d> SegmentDraft<'d> {
    pub(super) fn new(
        raw: &'d mut Vec<u8>,
        delimiters: Delimiters,
        charset: Result<Charset, UnknownCharset>,
    ) -> SegmentDraft<'d> {
        SegmentDraft {
            raw,
            delimiters,
            charset,
        }
    }

    /// What now stands at a path.
    pub fn get(&self, path: &Path) -> Presence<'_> {
        self.view().get(path)
    }

    /// Puts text at a path; see [`Draft::set`](crate::Draft::set).
    pub fn set(&mut self, path: &Path, text: &str) -> Result<(), DraftError> {
        let raw = text::raw(text, self.delimiters, self.charset)?;
        self.put(path, &raw)
    }

    /// Puts bytes at a path; see [`Draft::set_raw`](crate::Draft::set_raw).
    pub fn set_raw(&mut self, path: &Path, raw: &[u8]) -> Result<(), DraftError> {
        self.check_fits(path, raw)?;
        self.put(path, raw)
    }

    /// Puts null at a path; see [`Draft::set_null`](crate::Draft::set_null).
    pub fn set_null(&mut self, path: &Path) -> Result<(), DraftError> {
        self.put(path, NULL)
    }

    /// Empties the place at a path; see [`Draft::clear`](crate::Draft::clear).
    pub fn clear(&mut self, path: &Path) -> Result<(), DraftError> {
        match self.put(path, b"") {
            Err(DraftError::NoRepetition) => Ok(()),
            done => done,
        }
    }

    /// Adds a repetition of text; see [`Draft::append`](crate::Draft::append).
    pub fn append(&mut self, path: &Path, text: &str) -> Result<(), DraftError> {
        let raw = text::raw(text, self.delimiters, self.charset)?;
        self.put_next(path, &raw)
    }

    /// Adds a repetition of bytes; see [`Draft::append_raw`](crate::Draft::append_raw).
    pub fn append_raw(&mut self, path: &Path, raw: &[u8]) -> Result<(), DraftError> {
        self.check_fits(path, raw)?;
        place::check_without(raw, &[self.delimiters.repetition()])?;
        self.put_next(path, raw)
    }

    fn put(&mut self, path: &Path, raw: &[u8]) -> Result<(), DraftError> {
        let field = self.field_step(path)?;
        let below = self.steps_below(path)?;
        match path.selector() {
            Selector::All if path.component().is_none() => self.put_at(&[field], raw),
            Selector::All => {
                let repetitions = self.with_each(path, &below, raw);
                self.put_at(&[field], &repetitions);
            }
            Selector::First => self.put_in(field, 1, &below, raw),
            Selector::Nth(number) => self.put_in(field, number.into(), &below, raw),
            Selector::Where(_) => self.put_in(field, self.chosen(path)?, &below, raw),
        }
        Ok(())
    }

    fn put_next(&mut self, path: &Path, raw: &[u8]) -> Result<(), DraftError> {
        if !matches!(path.selector(), Selector::First | Selector::All) {
            return Err(DraftError::ChosenRepetition);
        }
        let field = self.field_step(path)?;
        let below = self.steps_below(path)?;
        if raw.is_empty() {
            return Ok(());
        }
        let next = match self.view().field(path.field().into()) {
            Some(present) if present.raw() == NULL => {
                self.put_at(&[field], b"");
                1
            }
            Some(present) if !present.raw().is_empty() => present.repetitions().count() + 1,
            _ => 1,
        };
        self.put_in(field, next, &below, raw);
        Ok(())
    }

    fn put_in(&mut self, field: Step, repetition: usize, below: &[Step], raw: &[u8]) {
        let repetition = Step {
            separator: self.delimiters.repetition(),
            number: repetition,
        };
        self.put_at(&[&[field, repetition], below].concat(), raw);
    }

    fn put_at(&mut self, steps: &[Step], raw: &[u8]) {
        place::put(self.raw, 0..self.raw.len(), steps, raw);
    }

    /// All repetitions of a field, each with the raw bytes in its place.
    fn with_each(&self, path: &Path, below: &[Step], raw: &[u8]) -> Vec<u8> {
        let field = self.view().field(path.field().into());
        let mut changed = Vec::new();
        for (index, piece) in field
            .map_or(&b""[..], |field| field.raw())
            .split(|byte| *byte == self.delimiters.repetition())
            .enumerate()
        {
            if index > 0 {
                changed.push(self.delimiters.repetition());
            }
            let start = changed.len();
            changed.extend_from_slice(piece);
            place::put(&mut changed, start..start + piece.len(), below, raw);
        }
        changed
    }

    /// The step from the segment to a field. The name is the first piece between separators; that
    /// of a header is followed by MSH-2, for MSH-1 is the separator itself.
    fn field_step(&self, path: &Path) -> Result<Step, DraftError> {
        let number = usize::from(path.field());
        let header = is_header(self.view());
        if header && number <= 2 {
            return Err(DraftError::DelimiterField);
        }
        Ok(Step {
            separator: self.delimiters.field(),
            number: if header { number } else { number + 1 },
        })
    }

    /// The steps from a repetition to its part.
    fn steps_below(&self, path: &Path) -> Result<Vec<Step>, DraftError> {
        let mut steps = Vec::new();
        if let Some(number) = path.component() {
            steps.push(Step {
                separator: self.delimiters.component(),
                number: number.into(),
            });
        }
        match (path.subcomponent(), self.delimiters.subcomponent()) {
            (Some(number), Some(separator)) => steps.push(Step {
                separator,
                number: number.into(),
            }),
            (None | Some(1), _) => {}
            (Some(_), None) => return Err(DraftError::NoSubcomponents),
        }
        Ok(steps)
    }

    /// The number of the repetition for which the conditions of a path hold.
    fn chosen(&self, path: &Path) -> Result<usize, DraftError> {
        let field = self.view().field(path.field().into());
        let index = field.and_then(|field| {
            field
                .repetitions()
                .position(|repetition| path.accepts(repetition))
        });
        index.map(|index| index + 1).ok_or(DraftError::NoRepetition)
    }

    /// Whether raw bytes stay within the place that the path names.
    fn check_fits(&self, path: &Path, raw: &[u8]) -> Result<(), DraftError> {
        let mut forbidden = vec![b'\r', b'\n', self.delimiters.field()];
        if path.selector() != Selector::All || path.component().is_some() {
            forbidden.push(self.delimiters.repetition());
        }
        if path.component().is_some() {
            forbidden.push(self.delimiters.component());
        }
        if path.subcomponent().is_some() {
            forbidden.extend(self.delimiters.subcomponent());
        }
        place::check_without(raw, &forbidden)
    }

    fn view(&self) -> Segment<'_> {
        Segment::new(self.raw, self.delimiters, 0)
    }
}

impl fmt::Debug for SegmentDraft<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "SegmentDraft({} bytes)", self.raw.len())
    }
}
