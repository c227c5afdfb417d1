//! The grammar of paths. It is `const`, so that one code reads paths at compile time and at run
//! time; that leaves neither `?` nor iterators.

use super::conditions::Conditions;
use super::error::{PathError, PathErrorKind};
use super::type_component::type_component;
use super::{Path, Selector};
use crate::segment::can_name;

/// `?` for const functions.
macro_rules! attempt {
    ($result:expr) => {
        match $result {
            Ok(value) => value,
            Err(kind) => return Err(kind),
        }
    };
}

pub(super) const fn path(text: &str) -> Result<Path, PathError> {
    let mut cursor = Cursor {
        rest: text.as_bytes(),
    };
    match read(&mut cursor) {
        Ok(path) => Ok(path),
        Err(kind) => Err(PathError::new(kind, column(text, cursor.rest.len()))),
    }
}

/// The character at which so many bytes are left, counted from 1.
const fn column(text: &str, left: usize) -> usize {
    let mut read = match text.as_bytes().split_at_checked(text.len() - left) {
        Some((read, _)) => read,
        None => text.as_bytes(),
    };
    let mut column = 1;
    while let Some((byte, rest)) = read.split_first() {
        if *byte & 0xC0 != 0x80 {
            column += 1;
        }
        read = rest;
    }
    column
}

const fn read(cursor: &mut Cursor<'_>) -> Result<Path, PathErrorKind> {
    let segment = attempt!(cursor.segment_name());
    let mut occurrence = 0;
    if cursor.eat(b'[') {
        occurrence = attempt!(cursor.number());
        if !cursor.eat(b']') {
            return Err(PathErrorKind::Unclosed);
        }
    }
    if !cursor.eat(b'-') {
        return Err(PathErrorKind::Hyphen);
    }
    let field = attempt!(cursor.number());
    let selector = attempt!(selector(cursor, segment, field));
    let mut numbers = [0; 2];
    if cursor.eat(b'.') {
        numbers = attempt!(cursor.component());
    }
    if !cursor.rest.is_empty() {
        return Err(PathErrorKind::Trailing);
    }
    let [component, subcomponent] = numbers;
    Ok(Path {
        segment,
        occurrence,
        field,
        selector,
        component,
        subcomponent,
    })
}

const fn selector(
    cursor: &mut Cursor<'_>,
    segment: [u8; 3],
    field: u16,
) -> Result<Selector, PathErrorKind> {
    let mut selector = Selector::First;
    while cursor.eat(b'[') {
        let start = *cursor;
        let content = attempt!(cursor.bracket());
        selector = match choice(content, type_component(segment, field)) {
            Ok(choice) => match choice.after(selector) {
                Ok(selector) => selector,
                Err(kind) => {
                    *cursor = start;
                    return Err(kind);
                }
            },
            Err(kind) => {
                *cursor = start;
                return Err(kind);
            }
        };
    }
    Ok(selector)
}

/// What one pair of brackets says.
enum Choice<'t> {
    Nth(u16),
    All,
    Condition {
        component: u16,
        subcomponent: u16,
        value: &'t [u8],
    },
}

impl Choice<'_> {
    const fn after(self, earlier: Selector) -> Result<Selector, PathErrorKind> {
        let conditions = match earlier {
            Selector::First => Conditions::NONE,
            Selector::Where(conditions) => conditions,
            Selector::Nth(_) | Selector::All => return Err(PathErrorKind::MixedSelectors),
        };
        match (self, earlier) {
            (Choice::Nth(number), Selector::First) => Ok(Selector::Nth(number)),
            (Choice::All, Selector::First) => Ok(Selector::All),
            (
                Choice::Condition {
                    component,
                    subcomponent,
                    value,
                },
                _,
            ) => match conditions.with(component, subcomponent, value) {
                Some(conditions) => Ok(Selector::Where(conditions)),
                None => Err(PathErrorKind::TooManyConditions),
            },
            _ => Err(PathErrorKind::MixedSelectors),
        }
    }
}

const fn choice(content: &[u8], type_component: Option<u16>) -> Result<Choice<'_>, PathErrorKind> {
    let mut cursor = Cursor { rest: content };
    match content {
        b"*" => Ok(Choice::All),
        [b'0'..=b'9', ..] => {
            let [component, subcomponent] = attempt!(cursor.component());
            match cursor.rest {
                [] if subcomponent == 0 => Ok(Choice::Nth(component)),
                [b'=', value @ ..] if !value.is_empty() => Ok(Choice::Condition {
                    component,
                    subcomponent,
                    value,
                }),
                _ => Err(PathErrorKind::Selector),
            }
        }
        [b't', b'y', b'p', b'e', b'=', value @ ..] => of_type(value, type_component),
        _ => of_type(content, type_component),
    }
}

const fn of_type(value: &[u8], type_component: Option<u16>) -> Result<Choice<'_>, PathErrorKind> {
    if value.is_empty() || contains(value, b'=') {
        return Err(PathErrorKind::Selector);
    }
    match type_component {
        Some(component) => Ok(Choice::Condition {
            component,
            subcomponent: 0,
            value,
        }),
        None => Err(PathErrorKind::NoTypeComponent),
    }
}

const fn contains(mut text: &[u8], wanted: u8) -> bool {
    while let Some((byte, rest)) = text.split_first() {
        if *byte == wanted {
            return true;
        }
        text = rest;
    }
    false
}

#[derive(Clone, Copy)]
struct Cursor<'t> {
    rest: &'t [u8],
}

impl<'t> Cursor<'t> {
    const fn eat(&mut self, wanted: u8) -> bool {
        match self.rest {
            [byte, rest @ ..] if *byte == wanted => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    const fn segment_name(&mut self) -> Result<[u8; 3], PathErrorKind> {
        match self.rest {
            [first, second, third, rest @ ..] if can_name([*first, *second, *third]) => {
                self.rest = rest;
                Ok([*first, *second, *third])
            }
            _ => Err(PathErrorKind::SegmentName),
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "checked; try_from is not const"
    )]
    const fn number(&mut self) -> Result<u16, PathErrorKind> {
        let mut number: u32 = 0;
        let start = self.rest;
        while let [digit @ b'0'..=b'9', rest @ ..] = self.rest {
            number = number * 10 + (*digit - b'0') as u32;
            self.rest = rest;
            if number > u16::MAX as u32 {
                break;
            }
        }
        if number == 0 || number > u16::MAX as u32 {
            self.rest = start;
            return Err(PathErrorKind::Number);
        }
        Ok(number as u16)
    }

    /// `4` or `4.1`, the second number 0 where it is not written.
    const fn component(&mut self) -> Result<[u16; 2], PathErrorKind> {
        let component = attempt!(self.number());
        if !self.eat(b'.') {
            return Ok([component, 0]);
        }
        Ok([component, attempt!(self.number())])
    }

    /// What stands before the closing bracket, which is passed too.
    const fn bracket(&mut self) -> Result<&'t [u8], PathErrorKind> {
        let inside = self.rest;
        let mut length = 0;
        while let [byte, rest @ ..] = self.rest {
            self.rest = rest;
            if *byte == b']' {
                return match inside.split_at_checked(length) {
                    Some((content, _)) => Ok(content),
                    None => Err(PathErrorKind::Unclosed),
                };
            }
            length += 1;
        }
        Err(PathErrorKind::Unclosed)
    }
}
