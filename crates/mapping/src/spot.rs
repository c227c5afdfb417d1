//! Finding what stands at a route, and the concrete path under which a person finds it again.

use std::fmt::Write;

use hl7::{
    Component, Field, Outline, Path, Presence, Repetition, Segment, Selector, Subcomponent, Value,
};

use crate::route::{FREE_TEXT, Route};

/// A value and where it stands.
#[derive(Clone, Copy)]
pub(crate) struct Spot<'a> {
    pub(crate) segment: Segment<'a>,
    pub(crate) repetition: Repetition<'a>,
    pub(crate) value: Value<'a>,
    position: Position,
}

/// A place within a segment.
#[derive(Clone, Copy)]
struct Position {
    field: u16,
    repetition: usize,
    component: Option<u16>,
    subcomponent: Option<u16>,
}

impl Position {
    fn of(path: &Path, repetition: usize) -> Position {
        let (component, subcomponent) = (path.component(), path.subcomponent());
        Position {
            field: path.field(),
            repetition,
            component,
            subcomponent,
        }
    }
}

/// What a list of routes leads to.
pub(crate) enum Found<'a> {
    /// Nothing that says anything.
    Nothing,
    /// `""`, at this path: delete.
    Null(String),
    /// A value.
    Value(Spot<'a>),
}

impl<'a> Spot<'a> {
    /// A repetition of a field as a whole.
    pub(crate) fn of_field(
        segment: Segment<'a>,
        field: u16,
        number: usize,
        repetition: Repetition<'a>,
    ) -> Option<Spot<'a>> {
        let value = repetition.presence().value()?;
        let position = Position {
            field,
            repetition: number,
            component: None,
            subcomponent: None,
        };
        Some(Spot {
            segment,
            repetition,
            value,
            position,
        })
    }

    /// `OBX[2]-5`, `PID-11[3].5`: with numbers in the place of conditions, and without those of
    /// the first.
    pub(crate) fn path(&self, outline: &Outline<'_>) -> String {
        concrete(self.segment, self.position, outline)
    }

    /// The same spot with a part of its value.
    pub(crate) fn with(&self, part: Value<'a>) -> Spot<'a> {
        Spot {
            value: part,
            ..*self
        }
    }

    /// The type of an identifier in this field by a table of segments and fields, or empty.
    pub(crate) fn type_by_place(&self, types: &[(&str, u16, &'static str)]) -> &'static str {
        let is_here =
            |segment: &str, field| self.segment.is(segment) && self.position.field == field;
        let found = types
            .iter()
            .find(|(segment, field, _)| is_here(segment, *field));
        found.map_or("", |(_, _, type_code)| type_code)
    }

    /// Whether it lies in a note or a result, whose blanks may stand for something.
    pub(crate) fn is_free_text(&self) -> bool {
        FREE_TEXT
            .iter()
            .any(|(segment, field)| self.segment.is(segment) && self.position.field == *field)
    }

    /// The component that the route names, if it goes so deep.
    pub(crate) fn component(&self) -> Option<u16> {
        self.position.component
    }
}

/// Where one stands in a message.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'s, 'a> {
    pub(crate) outline: &'s Outline<'a>,
    /// The segment that the rule iterates.
    pub(crate) at: Option<Segment<'a>>,
}

impl<'a> Scope<'_, 'a> {
    /// The first of the routes that is valued; else null, if one of them is.
    ///
    /// Where a route chooses a repetition by its type and there is one, a later route to the first
    /// repetition of the same field is passed over: `PID-11[H].2 | PID-11.2` does not add the
    /// mailing address's second line to the home address.
    pub(crate) fn first(&self, routes: &[Route]) -> Found<'a> {
        let mut null = None;
        let mut settled: Vec<&Path> = Vec::new();
        for route in routes {
            let path = &route.path;
            let same_field =
                |by: &&Path| by.segment() == path.segment() && by.field() == path.field();
            if path.selector() == Selector::First && settled.iter().any(same_field) {
                continue;
            }
            let Some(segment) = self.segments(route).next() else {
                continue;
            };
            let Some(field) = segment.field(path.field().into()) else {
                continue;
            };
            if field.presence() == Presence::Null {
                settled.push(path);
                null.get_or_insert_with(|| self.path(segment, Position::of(path, 1)));
                continue;
            }
            for (number, repetition) in chosen(field, path) {
                if matches!(path.selector(), Selector::Where(_)) {
                    settled.push(path);
                }
                match self.look(segment, number, repetition, route) {
                    Found::Value(spot) => return Found::Value(spot),
                    Found::Null(path) => null = null.or(Some(path)),
                    Found::Nothing => {}
                }
            }
        }
        null.map_or(Found::Nothing, Found::Null)
    }

    /// Every value of the first route that has any, in all its segments and repetitions; else
    /// null, if one of the routes leads to it.
    pub(crate) fn all(&self, routes: &[Route]) -> (Vec<Spot<'a>>, Option<String>) {
        let mut null = None;
        for route in routes {
            let mut spots = Vec::new();
            for segment in self.segments(route) {
                let Some(field) = segment.field(route.path.field().into()) else {
                    continue;
                };
                for (number, repetition) in every(field, &route.path) {
                    match self.look(segment, number, repetition, route) {
                        Found::Value(spot) => spots.push(spot),
                        Found::Null(path) => null = null.or(Some(path)),
                        Found::Nothing => {}
                    }
                }
            }
            if !spots.is_empty() {
                return (spots, None);
            }
        }
        (Vec::new(), null)
    }

    fn look(
        &self,
        segment: Segment<'a>,
        number: usize,
        repetition: Repetition<'a>,
        route: &Route,
    ) -> Found<'a> {
        let position = Position::of(&route.path, number);
        match part(repetition, route) {
            Presence::Value(value) => Found::Value(Spot {
                segment,
                repetition,
                value,
                position,
            }),
            Presence::Null => Found::Null(self.path(segment, position)),
            Presence::Absent | Presence::Empty => Found::Nothing,
        }
    }

    /// Where the first of the routes whose segment is there would have had its value, or empty.
    pub(crate) fn path_of_empty(&self, routes: &[Route]) -> String {
        let place = |route: &Route| Some((self.segments(route).next()?, route.path));
        let Some((segment, path)) = routes.iter().find_map(place) else {
            return String::new();
        };
        self.path(segment, Position::of(&path, 1))
    }

    fn path(&self, segment: Segment<'a>, position: Position) -> String {
        concrete(segment, position, self.outline)
    }

    /// The segments that a route means, in order.
    pub(crate) fn segments(&self, route: &Route) -> impl Iterator<Item = Segment<'a>> {
        let name = route.path.segment();
        let segments = match self.at {
            Some(at) => self.outline.in_scope(at, name),
            None => self.outline.named(name),
        };
        let (skipped, most) = match route.occurrence {
            Some(number) => (usize::from(number).saturating_sub(1), 1),
            None => (0, usize::MAX),
        };
        segments.skip(skipped).take(most)
    }
}

/// The repetitions that a path chooses, with their numbers.
fn chosen<'a>(field: Field<'a>, path: &Path) -> impl Iterator<Item = (usize, Repetition<'a>)> {
    let (skipped, most) = match path.selector() {
        Selector::First => (0, 1),
        Selector::Nth(number) => (usize::from(number).saturating_sub(1), 1),
        _ => (0, usize::MAX),
    };
    (1..)
        .zip(field.repetitions())
        .skip(skipped)
        .take(most)
        .filter(|(_, repetition)| accepts(path.selector(), *repetition))
}

/// The same, except that a path which says nothing of repetitions means all.
fn every<'a>(field: Field<'a>, path: &Path) -> impl Iterator<Item = (usize, Repetition<'a>)> {
    let all = path.selector() == Selector::First;
    (1..)
        .zip(field.repetitions())
        .filter(move |(number, repetition)| {
            all || match path.selector() {
                Selector::Nth(wanted) => usize::from(wanted) == *number,
                selector => accepts(selector, *repetition),
            }
        })
}

fn accepts(selector: Selector, repetition: Repetition<'_>) -> bool {
    match selector {
        Selector::Where(conditions) => conditions.hold(repetition),
        _ => true,
    }
}

/// What a route means in one repetition: its component, or the first; the whole of free text.
fn part<'a>(repetition: Repetition<'a>, route: &Route) -> Presence<'a> {
    if repetition.presence() == Presence::Null || route.whole {
        return repetition.presence();
    }
    let number = route.path.component().unwrap_or(1);
    let Some(component) = repetition.component(number.into()) else {
        return Presence::Absent;
    };
    if component.presence() == Presence::Null {
        return Presence::Null;
    }
    match route.path.subcomponent() {
        None | Some(1) => first_part(component),
        Some(number) => {
            let part = component.subcomponent(number.into());
            part.map_or(Presence::Absent, Subcomponent::presence)
        }
    }
}

/// The first subcomponent, which by chapter 2 of the standard stands for a component that was
/// not divided in an older version. A blank beside `&` tells text in which a sender forgot to
/// escape it (`Oak & Elm`), which is kept whole.
pub(crate) fn first_part(component: Component<'_>) -> Presence<'_> {
    let mut parts = component.subcomponents();
    let (Some(first), second) = (parts.next(), parts.next()) else {
        return Presence::Absent;
    };
    let blank_beside =
        first.raw().ends_with(b" ") || second.is_some_and(|second| second.raw().starts_with(b" "));
    if second.is_some() && blank_beside {
        component.presence()
    } else {
        first.presence()
    }
}

fn concrete(segment: Segment<'_>, position: Position, outline: &Outline<'_>) -> String {
    let Position {
        field,
        repetition,
        component,
        subcomponent,
    } = position;
    let mut text = outline.name(segment);
    // Writing to a String cannot fail.
    write!(text, "-{field}").unwrap_or_default();
    if repetition > 1 {
        write!(text, "[{repetition}]").unwrap_or_default();
    }
    for part in [component, subcomponent].into_iter().flatten() {
        write!(text, ".{part}").unwrap_or_default();
    }
    text
}
