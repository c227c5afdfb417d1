//! Which segments a name means from where one stands in a message.
//!
//! A message is cut into patients (from one PID to the next) and, within these, into orders (ORC
//! and OBR, or OBR alone, with all that follows). A name means a segment of the same order or
//! patient, never a neighbour's: an OBX of the second patient has no PV1 rather than the first
//! patient's. Everything is found by binary search in one index, so that a message of ten thousand
//! OBX costs ten thousand steps.

use std::collections::HashMap;
use std::ops::Range;

use hl7::{Message, Segment};

/// Segments that belong to one before them, up to the next of its kind, besides NTE, SPM and SAC.
const FOLLOWS: &[(&str, &[&str])] = &[
    (
        "PID",
        &[
            "PD1", "NK1", "PV1", "PV2", "AL1", "DG1", "GT1", "IN1", "IN2", "ORC", "OBR", "OBX",
        ],
    ),
    ("ORC", &["OBR", "RXA", "RXR", "OBX", "TQ1", "TQ2"]),
    ("OBR", &["OBX", "TQ1", "TQ2", "CTI", "FT1"]),
    ("SPM", &["OBR", "OBX"]),
    ("RXA", &["RXR", "OBX"]),
    ("FT1", &["PR1"]),
    ("IN1", &["IN2", "IN3"]),
];

/// Segments of which one stands at the head of an order, and that no other order lends.
const ORDER_HEADS: &[&str] = &["ORC", "OBR", "RXA", "RXE", "RXO", "TQ1", "TQ2"];
const SPECIMEN: &[&str] = &["SPM", "SAC"];

/// Whether, for each segment of one name, several of another can follow that belong to it.
pub(crate) fn can_follow(each: &str, name: &str) -> bool {
    name == "NTE" || SPECIMEN.contains(&name) && each != name || follows(each, name)
}

fn follows(each: &str, name: &str) -> bool {
    FOLLOWS
        .iter()
        .any(|(parent, children)| *parent == each && children.contains(&name))
}

/// The segments of a message by name, and where its groups start.
pub(crate) struct Outline<'m, 'a> {
    message: &'m Message<'a>,
    by_name: HashMap<&'a [u8], Vec<usize>>,
    /// Where each patient starts: the places of PID.
    patients: Vec<usize>,
    /// Where an order starts (`true`) or where one ends without another (`false`).
    orders: Vec<(usize, bool)>,
    /// The patients, by number, whose specimens stand before their orders (OUL^R22).
    specimen_first: Vec<usize>,
    count: usize,
}

impl<'m, 'a> Outline<'m, 'a> {
    pub(crate) fn new(message: &'m Message<'a>) -> Outline<'m, 'a> {
        let mut outline = Outline {
            message,
            by_name: HashMap::new(),
            patients: Vec::new(),
            orders: Vec::new(),
            specimen_first: Vec::new(),
            count: 0,
        };
        let mut order = Order::None;
        for segment in message.segments() {
            order = outline.add(segment, order);
        }
        outline
    }

    /// All segments of a name, by their places.
    pub(crate) fn all(&self, name: &str) -> &[usize] {
        self.by_name.get(name.as_bytes()).map_or(&[], Vec::as_slice)
    }

    /// The name as a path writes it: `OBX` for the first, then `OBX[2]`.
    pub(crate) fn name(&self, segment: Segment<'_>) -> String {
        let places = self
            .by_name
            .get(segment.name())
            .map_or(&[][..], Vec::as_slice);
        let name = String::from_utf8_lossy(segment.name());
        match places.partition_point(|place| *place < segment.position()) {
            0 => name.into_owned(),
            earlier => format!("{name}[{}]", earlier + 1),
        }
    }

    pub(crate) fn segment(&self, place: usize) -> Option<Segment<'a>> {
        self.message.segment_at(place)
    }

    /// The segments that a name means for the segment at a place, or for the whole message.
    pub(crate) fn in_scope(&self, at: Option<usize>, name: &str) -> &[usize] {
        let Some((at, own)) = at.and_then(|at| Some((at, self.segment(at)?))) else {
            return self.all(name);
        };
        let (order, patient) = (self.order(at), self.patient(at));
        if own.is(name) {
            self.within(name, at..at + 1)
        } else if name == "NTE" {
            self.notes(at)
        } else if SPECIMEN.contains(&name) {
            self.specimens(name, at)
        } else if let Some(end) = self.end_of_children(own, at, name) {
            self.within(name, at + 1..end)
        } else if let (true, Some(order)) = (ORDER_HEADS.contains(&name), order) {
            last(self.within(name, order.start..at))
        } else {
            let nearest = last(self.within(name, patient.start..at));
            let nearest = or(nearest, || first(self.within(name, at + 1..patient.end)));
            or(nearest, || {
                last(self.within(name, 0..self.first_patient().min(at)))
            })
        }
    }

    /// Where each patient starts.
    pub(crate) fn patients(&self) -> &[usize] {
        &self.patients
    }

    fn add(&mut self, segment: Segment<'a>, order: Order) -> Order {
        let place = segment.position();
        self.count = place + 1;
        self.by_name.entry(segment.name()).or_default().push(place);
        match segment.name() {
            b"PID" => {
                self.patients.push(place);
                self.orders.push((place, false));
                Order::None
            }
            b"ORC" => {
                self.orders.push((place, true));
                Order::Announced
            }
            b"OBR" | b"RXA" | b"RXE" | b"RXO" => {
                if order != Order::Announced {
                    self.orders.push((place, true));
                }
                Order::Detailed
            }
            b"SPM" => {
                let patient = self.patients.len();
                let leads = self.specimen_first.last() == Some(&patient);
                if !leads && self.order(place).is_some() {
                    return order;
                }
                if !leads {
                    self.specimen_first.push(patient);
                }
                self.orders.push((place, false));
                Order::None
            }
            _ => order,
        }
    }

    /// The notes directly after a segment.
    fn notes(&self, at: usize) -> &[usize] {
        let after = self.within("NTE", at + 1..self.count);
        let run = after
            .iter()
            .zip(at + 1..)
            .take_while(|(note, next)| *note == next)
            .count();
        after.get(..run).unwrap_or_default()
    }

    /// The specimen before, where specimens lead orders or it stands in the same order already;
    /// else those that follow within the order.
    fn specimens(&self, name: &str, at: usize) -> &[usize] {
        let patient = self.patient(at);
        let number = self.patients.partition_point(|start| *start <= at);
        if self.specimen_first.binary_search(&number).is_ok() {
            return last(self.within(name, patient.start..at));
        }
        let order = self.order(at).unwrap_or(patient);
        or(last(self.within(name, order.start..at)), || {
            self.within(name, at + 1..order.end)
        })
    }

    /// Where what belongs to a segment ends, if a name can belong to it.
    fn end_of_children(&self, own: Segment<'_>, at: usize, name: &str) -> Option<usize> {
        let parent = FOLLOWS
            .iter()
            .map(|(parent, _)| *parent)
            .find(|parent| own.is(parent))?;
        if !follows(parent, name) {
            return None;
        }
        let next = first(self.within(parent, at + 1..self.count))
            .first()
            .copied();
        let group = match parent {
            "OBR" | "ORC" | "RXA" => self.order(at).unwrap_or_else(|| self.patient(at)),
            _ => self.patient(at),
        };
        Some(next.unwrap_or(self.count).min(group.end))
    }

    fn patient(&self, at: usize) -> Range<usize> {
        let next = self.patients.partition_point(|start| *start <= at);
        let start = next
            .checked_sub(1)
            .and_then(|place| self.patients.get(place))
            .copied();
        start.unwrap_or(0)..self.patients.get(next).copied().unwrap_or(self.count)
    }

    fn order(&self, at: usize) -> Option<Range<usize>> {
        let next = self.orders.partition_point(|(start, _)| *start <= at);
        match self.orders.get(next.checked_sub(1)?) {
            Some((start, true)) => Some(
                *start
                    ..self
                        .orders
                        .get(next)
                        .map_or(self.count, |(start, _)| *start),
            ),
            _ => None,
        }
    }

    fn first_patient(&self) -> usize {
        self.patients.first().copied().unwrap_or(self.count)
    }

    fn within(&self, name: &str, places: Range<usize>) -> &[usize] {
        let all = self.all(name);
        let start = all.partition_point(|place| *place < places.start);
        let end = all.partition_point(|place| *place < places.end);
        all.get(start..end).unwrap_or_default()
    }
}

/// How far the reading of an order has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    None,
    /// ORC stood there, and its OBR or RXA is to come.
    Announced,
    Detailed,
}

fn first(places: &[usize]) -> &[usize] {
    places.get(..1).unwrap_or_default()
}

fn last(places: &[usize]) -> &[usize] {
    places
        .get(places.len().saturating_sub(1)..)
        .unwrap_or_default()
}

fn or<'p>(places: &'p [usize], other: impl FnOnce() -> &'p [usize]) -> &'p [usize] {
    if places.is_empty() { other() } else { places }
}

#[cfg(test)]
mod tests;
