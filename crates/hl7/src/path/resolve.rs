//! Following a path through a segment.

use super::{Conditions, Path, Selector};
use crate::levels::{Field, Repetition, Subcomponent};
use crate::segment::Segment;
use crate::value::{NULL, Presence};

impl<'a> Segment<'a> {
    /// What stands at a path of this segment, whatever segment the path names. Allocates nothing.
    ///
    /// A field, repetition or component that is null (`""`) is null in all its parts: `PID-5.2` of
    /// `""` is null, not absent.
    pub fn get(self, path: &Path) -> Presence<'a> {
        let Some(field) = self.field(path.field.into()) else {
            return Presence::Absent;
        };
        if field.raw() == NULL {
            return Presence::Null;
        }
        let repetition = match &path.selector {
            Selector::All if path.component == 0 => return field.presence(),
            Selector::First | Selector::All => field.repetition(1),
            Selector::Nth(number) => field.repetition((*number).into()),
            Selector::Where(conditions) => field.repetitions().find(|one| conditions.hold(*one)),
        };
        repetition.map_or(Presence::Absent, |one| {
            part(one, path.component, path.subcomponent)
        })
    }

    /// What stands at a path of this segment in each repetition that the path selects, in order:
    /// every one with `[*]`, every one for which the conditions hold, else the one it names. Of a
    /// field that is null it is one null, whatever the path selects.
    pub fn get_all(self, path: &Path) -> impl Iterator<Item = Presence<'a>> {
        self.field(path.field.into())
            .into_iter()
            .flat_map(|field| path.selected(field))
    }
}

impl Path {
    fn selected<'a>(&self, field: Field<'a>) -> impl Iterator<Item = Presence<'a>> {
        let is_null = field.raw() == NULL;
        let (skipped, most) = match self.selector {
            _ if is_null => (0, 1),
            Selector::First => (0, 1),
            Selector::Nth(number) => (usize::from(number) - 1, 1),
            Selector::All | Selector::Where(_) => (0, usize::MAX),
        };
        field
            .repetitions()
            .skip(skipped)
            .take(most)
            .filter(move |repetition| is_null || self.accepts(*repetition))
            .map(|repetition| part(repetition, self.component, self.subcomponent))
    }

    pub(crate) fn accepts(&self, repetition: Repetition<'_>) -> bool {
        match &self.selector {
            Selector::Where(conditions) => conditions.hold(repetition),
            Selector::First | Selector::Nth(_) | Selector::All => true,
        }
    }
}

impl Conditions {
    /// Whether all of them hold for a repetition. `[3=""]` asks that nothing stands there, as
    /// nothing does where the repetition ends before it. Null is neither nothing nor a value.
    pub fn hold(&self, repetition: Repetition<'_>) -> bool {
        self.iter().all(|condition| {
            let subcomponent = condition.subcomponent().unwrap_or(1);
            let wanted = condition.value().as_bytes();
            match part(repetition, condition.component(), subcomponent) {
                Presence::Absent | Presence::Empty => wanted == NULL,
                Presence::Null => false,
                Presence::Value(value) => value.raw() == wanted,
            }
        })
    }
}

/// The component or subcomponent of these numbers, of which 0 means the whole.
fn part(repetition: Repetition<'_>, component: u16, subcomponent: u16) -> Presence<'_> {
    if component == 0 || repetition.raw() == NULL {
        return repetition.presence();
    }
    let Some(component) = repetition.component(component.into()) else {
        return Presence::Absent;
    };
    if subcomponent == 0 || component.raw() == NULL {
        return component.presence();
    }
    let subcomponent = component.subcomponent(subcomponent.into());
    subcomponent.map_or(Presence::Absent, Subcomponent::presence)
}
