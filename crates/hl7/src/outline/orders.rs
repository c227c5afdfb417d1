//! Where orders begin and end, segment by segment.

use super::Outline;
use crate::segment::Segment;

/// How far the reading of an order has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Order {
    /// ORC stood there, and what is ordered is to come.
    Announced,
    /// RXO, the treatment as it was asked for.
    Requested,
    /// RXE, the treatment as the pharmacy encoded it.
    Encoded,
    /// OBR.
    Detailed,
    /// RXA, of which more may follow.
    Administered,
    /// There is none.
    None,
}

impl<'a> Outline<'a> {
    /// Takes the next segment in; it changes how far the order has come.
    pub(super) fn add(&mut self, segment: Segment<'a>, order: Order) -> Order {
        let place = segment.position();
        self.count = place + 1;
        let named = self.by_name.entry(segment.name()).or_default();
        named.push(segment);
        match segment.name() {
            b"PID" => {
                self.patients.push(segment);
                self.end_order(place)
            }
            b"ORC" => {
                self.orders.push((place, true));
                Order::Announced
            }
            b"RXO" => self.detail(place, order, Order::Requested),
            b"RXE" => self.detail(place, order, Order::Encoded),
            b"OBR" => self.detail(place, order, Order::Detailed),
            b"RXA" if order == Order::Administered && self.is_announced() => order,
            b"RXA" => {
                self.detail(place, order, Order::Detailed);
                Order::Administered
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
                self.end_order(place)
            }
            _ => order,
        }
    }

    fn end_order(&mut self, place: usize) -> Order {
        if self.orders.last().is_some_and(|(_, is_order)| *is_order) {
            self.orders.push((place, false));
        }
        Order::None
    }

    /// Whether ORC began the order that was begun last.
    fn is_announced(&self) -> bool {
        let start = self.orders.last().map(|(start, _)| *start);
        let announced = self.all(b"ORC").last().map(|orc| orc.position());
        start.is_some() && start == announced
    }

    /// What is of the order if that has not come so far, and else begins another.
    fn detail(&mut self, place: usize, order: Order, detail: Order) -> Order {
        if order >= detail {
            self.orders.push((place, true));
        }
        detail
    }
}
