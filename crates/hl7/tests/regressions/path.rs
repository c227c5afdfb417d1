//! Paths: what prints reads back, and following one finds what splitting the text finds.
//!
//! An input is a path, a line feed, and the message to follow it in.

use cistern_hl7::{Conditions, Delimiters, Message, Path, Presence, Selector};

pub(crate) fn check(input: &[u8]) {
    let mut parts = input.splitn(2, |byte| *byte == b'\n');
    let Ok(text) = str::from_utf8(parts.next().unwrap()) else {
        return;
    };
    let path = match Path::parse(text) {
        Ok(path) => path,
        Err(error) => return assert!((1..=text.chars().count() + 1).contains(&error.column())),
    };
    let printed = path.to_string();
    assert_eq!(Path::parse(&printed), Ok(path));
    assert_eq!(Path::parse(&printed).unwrap().to_string(), printed);
    if let Ok(message) = Message::parse(parts.next().unwrap_or_default()) {
        follow(&message, &path);
    }
}

fn follow(message: &Message<'_>, path: &Path) {
    let header = ["MSH", "FHS", "BHS"].contains(&path.segment());
    if header && path.field() <= 2 {
        return;
    }
    let splitting = Splitting(message.delimiters());
    let number = usize::from(path.field()) - usize::from(header);
    let field = splitting
        .line(message.as_bytes(), path)
        .and_then(|line| splitting.fields(line).nth(number));

    let found = Found::of(message.get(path));
    assert_eq!(found, splitting.find(field, path), "{path}");

    let all: Vec<Found<'_>> = message.get_all(path).map(Found::of).collect();
    let selected = field.map_or(Vec::new(), |field| splitting.selected(field, path));
    let expected: Vec<Found<'_>> = selected
        .iter()
        .map(|repetition| splitting.below(repetition, path))
        .collect();
    assert_eq!(all, expected, "all of {path}");
}

/// What a place says, with raw bytes for a value.
#[derive(Debug, PartialEq)]
enum Found<'a> {
    Absent,
    Empty,
    Null,
    Value(&'a [u8]),
}

impl<'a> Found<'a> {
    fn of(presence: Presence<'a>) -> Found<'a> {
        match presence {
            Presence::Absent => Found::Absent,
            Presence::Empty => Found::Empty,
            Presence::Null => Found::Null,
            Presence::Value(value) => Found::Value(value.raw()),
        }
    }
}

const NULL: &[u8] = b"\"\"";

/// The same again, by splitting.
struct Splitting(Delimiters);

impl Splitting {
    fn line<'a>(&self, bytes: &'a [u8], path: &Path) -> Option<&'a [u8]> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let name = path.segment().as_bytes();
        let mut lines = bytes
            .split(|byte| b"\r\n".contains(byte))
            .filter(|line| self.fields(line).next() == Some(name));
        lines.nth(usize::from(path.occurrence()) - 1)
    }

    fn fields<'a>(&self, line: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        let separator = self.0.field();
        line.split(move |byte| *byte == separator)
    }

    fn repetitions<'a>(&self, field: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        let separator = self.0.repetition();
        field.split(move |byte| *byte == separator)
    }

    fn component<'a>(&self, repetition: &'a [u8], number: u16) -> Option<&'a [u8]> {
        let mut components = repetition.split(|byte| *byte == self.0.component());
        components.nth(usize::from(number) - 1)
    }

    fn subcomponent<'a>(&self, component: &'a [u8], number: u16) -> Option<&'a [u8]> {
        let mut parts = component.split(|byte| Some(*byte) == self.0.subcomponent());
        parts.nth(usize::from(number) - 1)
    }

    fn find<'a>(&self, field: Option<&'a [u8]>, path: &Path) -> Found<'a> {
        match (field, path.selector()) {
            (None, _) => Found::Absent,
            (Some(NULL), _) => Found::Null,
            (Some(field), Selector::All) if path.component().is_none() => self.said(field),
            (Some(field), _) => match self.selected(field, path).first() {
                Some(repetition) => self.below(repetition, path),
                None => Found::Absent,
            },
        }
    }

    fn selected<'a>(&self, field: &'a [u8], path: &Path) -> Vec<&'a [u8]> {
        let repetitions = self.repetitions(field);
        match path.selector() {
            _ if field == NULL => vec![field],
            Selector::First => repetitions.take(1).collect(),
            Selector::Nth(number) => repetitions.skip(usize::from(number) - 1).take(1).collect(),
            Selector::All => repetitions.collect(),
            Selector::Where(conditions) => repetitions
                .filter(|repetition| self.hold(&conditions, repetition))
                .collect(),
            _ => unreachable!("no other selectors"),
        }
    }

    fn hold(&self, conditions: &Conditions, repetition: &[u8]) -> bool {
        conditions.iter().all(|condition| {
            let component = self.component(repetition, condition.component());
            let number = condition.subcomponent().unwrap_or(1);
            let part = component.and_then(|component| self.subcomponent(component, number));
            match condition.value().as_bytes() {
                NULL => {
                    repetition != NULL
                        && component != Some(NULL)
                        && part.is_none_or(<[u8]>::is_empty)
                }
                wanted => part == Some(wanted),
            }
        })
    }

    /// What the component or subcomponent says that the path names, null if what it is in is null.
    fn below<'a>(&self, repetition: &'a [u8], path: &Path) -> Found<'a> {
        let Some(number) = path.component().filter(|_| repetition != NULL) else {
            return self.said(repetition);
        };
        let Some(component) = self.component(repetition, number) else {
            return Found::Absent;
        };
        let Some(number) = path.subcomponent().filter(|_| component != NULL) else {
            return self.said(component);
        };
        let part = self.subcomponent(component, number);
        part.map_or(Found::Absent, |part| self.said(part))
    }

    fn said<'a>(&self, raw: &'a [u8]) -> Found<'a> {
        let separators = [
            Some(self.0.repetition()),
            Some(self.0.component()),
            self.0.subcomponent(),
        ];
        match raw {
            NULL => Found::Null,
            _ if raw.iter().all(|byte| separators.contains(&Some(*byte))) => Found::Empty,
            _ => Found::Value(raw),
        }
    }
}
