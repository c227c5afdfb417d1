//! A repetition or what lies below it, whichever of them a rule is about.

use crate::levels::{Component, Repetition, Subcomponent};
use crate::value::{Presence, Value};

#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    Absent,
    Repetition(Repetition<'a>),
    Component(Component<'a>),
    Subcomponent(Subcomponent<'a>),
}

impl<'a> Part<'a> {
    pub(super) fn presence(self) -> Presence<'a> {
        match self {
            Part::Absent => Presence::Absent,
            Part::Repetition(repetition) => repetition.presence(),
            Part::Component(component) => component.presence(),
            Part::Subcomponent(subcomponent) => subcomponent.presence(),
        }
    }

    pub(super) fn value(self) -> Option<Value<'a>> {
        self.presence().value()
    }

    /// Part `number` one level below. A subcomponent is its own first part: what has no parts is
    /// the first part of what might have some.
    pub(super) fn below(self, number: usize) -> Part<'a> {
        match self {
            Part::Repetition(repetition) => repetition
                .component(number)
                .map_or(Part::Absent, Part::Component),
            Part::Component(component) => component
                .subcomponent(number)
                .map_or(Part::Absent, Part::Subcomponent),
            Part::Subcomponent(_) if number == 1 => self,
            Part::Subcomponent(_) | Part::Absent => Part::Absent,
        }
    }

    /// The first part of the first part, down to what is not split.
    pub(super) fn first_leaf(self) -> Part<'a> {
        self.below(1).below(1)
    }

    /// Whether it has more than one part.
    pub(super) fn is_split(self) -> bool {
        let has_second = |part: Part<'_>| !matches!(part.below(2), Part::Absent);
        has_second(self) || has_second(self.below(1))
    }
}
