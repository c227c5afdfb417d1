//! Where what one asks for can stand: positions of segments, and ranges of them.

use std::ops::Range;

use super::Outline;
use crate::segment::Segment;

impl<'a> Outline<'a> {
    /// The place of the next of this name, or the end.
    pub(super) fn next(&self, name: &[u8], at: usize) -> usize {
        let next = all_after(self.all(name), at + 1).first();
        next.map_or(self.count, |next| next.position())
    }

    pub(super) fn patient(&self, at: usize) -> Range<usize> {
        let next = before(&self.patients, at + 1);
        let start = next
            .checked_sub(1)
            .and_then(|number| self.patients.get(number));
        let end = self.patients.get(next);
        start.map_or(0, |pid| pid.position())..end.map_or(self.count, |pid| pid.position())
    }

    pub(super) fn order(&self, at: usize) -> Option<Range<usize>> {
        let next = self.orders.partition_point(|(start, _)| *start <= at);
        let (start, is_order) = self.orders.get(next.checked_sub(1)?)?;
        let end = self.orders.get(next).map_or(self.count, |(end, _)| *end);
        is_order.then_some(*start..end)
    }

    /// Where the first order from a place on starts.
    pub(super) fn first_order(&self, from: usize) -> usize {
        let next = self.orders.partition_point(|(start, _)| *start < from);
        let mut after = self.orders.iter().skip(next);
        let first = after.find(|(_, is_order)| *is_order);
        first.map_or(self.count, |(start, _)| *start)
    }

    /// From the RGS before a place to the next.
    pub(super) fn resources(&self, at: usize) -> Range<usize> {
        let group = self.within("RGS", 0..at).last();
        group.map_or(0, |group| group.position())..self.next(b"RGS", at)
    }

    pub(super) fn first_patient(&self) -> usize {
        let first = self.patients.first();
        first.map_or(self.count, |pid| pid.position())
    }

    pub(super) fn within(&self, name: &str, places: Range<usize>) -> &[Segment<'a>] {
        let after = all_after(self.all(name.as_bytes()), places.start);
        after.get(..before(after, places.end)).unwrap_or_default()
    }

    pub(super) fn all(&self, name: &[u8]) -> &[Segment<'a>] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }
}

/// How many of them stand before a place.
pub(super) fn before(segments: &[Segment<'_>], place: usize) -> usize {
    segments.partition_point(|segment| segment.position() < place)
}

fn all_after<'s, 'a>(segments: &'s [Segment<'a>], place: usize) -> &'s [Segment<'a>] {
    segments.get(before(segments, place)..).unwrap_or_default()
}
