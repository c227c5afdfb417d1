//! Finding what stands at a route, and the concrete path under which a person finds it again.

use std::fmt::Write;

use hl7::{Component, Field, Path, Presence, Repetition, Segment, Selector, Value};

use crate::route::Route;
use crate::scope::Outline;

/// A value and where it stands.
#[derive(Clone, Copy)]
pub(crate) struct Spot<'a> {
    pub(crate) segment: Segment<'a>,
    pub(crate) repetition: Repetition<'a>,
    pub(crate) value: Value<'a>,
    path: Path,
    number: usize,
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
        field: Path,
        number: usize,
        repetition: Repetition<'a>,
    ) -> Option<Spot<'a>> {
        let value = repetition.presence().value()?;
        Some(Spot {
            segment,
            repetition,
            value,
            path: field,
            number,
        })
    }

    /// `OBX[2]-5`, `PID-11[3].5`: with numbers in the place of conditions, and without those of
    /// the first.
    pub(crate) fn path(&self, outline: &Outline<'_, '_>) -> String {
        concrete(self.segment, self.number, &self.path, outline)
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
        let place = (self.path.segment(), self.path.field());
        let found = types
            .iter()
            .find(|(segment, field, _)| (*segment, *field) == place);
        found.map_or("", |(_, _, type_code)| type_code)
    }

    /// The component that the route names, if it goes so deep.
    pub(crate) fn component(&self) -> Option<u16> {
        self.path.component()
    }
}

/// Where one stands in a message.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'s, 'm, 'a> {
    pub(crate) outline: &'s Outline<'m, 'a>,
    /// The segment that the rule iterates.
    pub(crate) at: Option<usize>,
}

impl<'a> Scope<'_, '_, 'a> {
    /// The first of the routes that is valued; else null, if one of them is.
    ///
    /// Where a route chooses a repetition by its type and there is one, a later route to the first
    /// repetition of the same field is passed over: `PID-11[H].2 | PID-11.2` does not add the
    /// mailing address's second line to the home address.
    pub(crate) fn first(&self, routes: &[Route]) -> Found<'a> {
        let mut null = None;
        let mut settled: Vec<&Path> = Vec::new();
        for route in routes.iter() {
            let path = &route.path;
            let is_settled =
                |by: &&Path| by.segment() == path.segment() && by.field() == path.field();
            if path.selector() == Selector::First && settled.iter().any(is_settled) {
                continue;
            }
            let Some(segment) = self.segments(route).next() else {
                continue;
            };
            let Some(field) = segment.field(path.field().into()) else {
                continue;
            };
            if field.presence() == Presence::Null {
                null.get_or_insert_with(|| concrete(segment, 1, path, self.outline));
                settled.push(path);
                continue;
            }
            for (number, repetition) in chosen(field, path) {
                if matches!(path.selector(), Selector::Where(_)) {
                    settled.push(path);
                }
                match part(repetition, route) {
                    Presence::Value(value) => {
                        return Found::Value(Spot {
                            segment,
                            repetition,
                            value,
                            path: *path,
                            number,
                        });
                    }
                    Presence::Null => {
                        null.get_or_insert_with(|| concrete(segment, number, path, self.outline));
                    }
                    Presence::Absent | Presence::Empty => {}
                }
            }
        }
        null.map_or(Found::Nothing, Found::Null)
    }

    /// Every value of the first route that has any, in all its segments and repetitions; else
    /// null, if one of the routes leads to it.
    pub(crate) fn all(&self, routes: &[Route]) -> (Vec<Spot<'a>>, Option<String>) {
        let mut null = None;
        for route in routes.iter() {
            let mut spots = Vec::new();
            for segment in self.segments(route) {
                let Some(field) = segment.field(route.path.field().into()) else {
                    continue;
                };
                for (number, repetition) in every(field, &route.path) {
                    let path = route.path;
                    match part(repetition, route) {
                        Presence::Value(value) => {
                            spots.push(Spot {
                                segment,
                                repetition,
                                value,
                                path,
                                number,
                            });
                        }
                        Presence::Null => {
                            null.get_or_insert_with(|| {
                                concrete(segment, number, &path, self.outline)
                            });
                        }
                        Presence::Absent | Presence::Empty => {}
                    }
                }
            }
            if !spots.is_empty() {
                return (spots, None);
            }
        }
        (Vec::new(), null)
    }

    /// The segments that a route means, in order.
    pub(crate) fn segments(&self, route: &Route) -> impl Iterator<Item = Segment<'a>> {
        let places = self.outline.in_scope(self.at, route.path.segment());
        let (skipped, most) = match route.occurrence {
            Some(number) => (usize::from(number).saturating_sub(1), 1),
            None => (0, usize::MAX),
        };
        let outline = self.outline;
        places
            .iter()
            .skip(skipped)
            .take(most)
            .filter_map(|place| outline.segment(*place))
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
    let Selector::Where(conditions) = selector else {
        return true;
    };
    conditions.iter().all(|condition| {
        let component = repetition.component(condition.component().into());
        let wanted = condition.subcomponent().unwrap_or(1);
        let part = component.and_then(|component| component.subcomponent(wanted.into()));
        part.is_some_and(|part| part.raw() == condition.value().as_bytes())
    })
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
            part.map_or(Presence::Absent, |part| part.presence())
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

fn concrete(segment: Segment<'_>, number: usize, path: &Path, outline: &Outline<'_, '_>) -> String {
    let mut text = path.segment().to_owned();
    let occurrence = outline.number(segment);
    // Writing to a String cannot fail.
    if occurrence > 1 {
        write!(text, "[{occurrence}]").unwrap_or_default();
    }
    write!(text, "-{}", path.field()).unwrap_or_default();
    if number > 1 {
        write!(text, "[{number}]").unwrap_or_default();
    }
    for part in [path.component(), path.subcomponent()]
        .into_iter()
        .flatten()
    {
        write!(text, ".{part}").unwrap_or_default();
    }
    text
}
