//! The numbered parts of a composite value, one level below it.

use crate::levels::{Component, Repetition, Subcomponent};
use crate::value::{NULL, Presence};

/// The components of a repetition, or the subcomponents of a component that holds a whole value.
///
/// As with paths, a whole that is null is null in all its parts.
#[derive(Clone, Copy)]
pub(super) enum Parts<'a> {
    Absent,
    Null,
    Components(Repetition<'a>),
    Subcomponents(Component<'a>),
}

impl<'a> Parts<'a> {
    pub(super) fn of(repetition: Repetition<'a>) -> Parts<'a> {
        match repetition.raw() {
            NULL => Parts::Null,
            _ => Parts::Components(repetition),
        }
    }

    pub(super) fn of_component(component: Component<'a>) -> Parts<'a> {
        match component.raw() {
            NULL => Parts::Null,
            _ => Parts::Subcomponents(component),
        }
    }

    /// The parts of component `number`.
    pub(super) fn below(repetition: Repetition<'a>, number: usize) -> Parts<'a> {
        match repetition.component(number) {
            _ if repetition.raw() == NULL => Parts::Null,
            Some(component) => Parts::of_component(component),
            None => Parts::Absent,
        }
    }

    /// Part `number`, counted from 1 as in the standard.
    pub(super) fn at(self, number: usize) -> Presence<'a> {
        match self {
            Parts::Absent => Presence::Absent,
            Parts::Null => Presence::Null,
            Parts::Components(repetition) => repetition
                .component(number)
                .map_or(Presence::Absent, Component::presence),
            Parts::Subcomponents(component) => component
                .subcomponent(number)
                .map_or(Presence::Absent, Subcomponent::presence),
        }
    }
}
