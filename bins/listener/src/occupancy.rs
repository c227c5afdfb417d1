//! How many links of a feed are open, in all and from each address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The open links of a feed. Clones count together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Occupancy {
    counts: Arc<Mutex<Counts>>,
}

#[derive(Debug, Default)]
struct Counts {
    links: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// The place of one open link, which is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    occupancy: Occupancy,
    address: IpAddr,
}

/// Which limit leaves no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    Feed,
    Address,
}

impl Occupancy {
    /// Takes a place, unless so many links are open already.
    pub(crate) fn enter(
        &self,
        address: IpAddr,
        feed_max: usize,
        address_max: usize,
    ) -> Result<Place, Full> {
        let mut counts = self.counts();
        let of_address = counts.by_address.get(&address).copied().unwrap_or(0);
        if counts.links >= feed_max {
            return Err(Full::Feed);
        }
        if of_address >= address_max {
            return Err(Full::Address);
        }
        counts.links += 1;
        counts.by_address.insert(address, of_address + 1);
        Ok(Place {
            occupancy: self.clone(),
            address,
        })
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.occupancy.counts();
        counts.links -= 1;
        let of_address = counts.by_address.remove(&self.address).unwrap_or(1) - 1;
        if of_address > 0 {
            counts.by_address.insert(self.address, of_address);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Full, Occupancy};
    use std::net::{IpAddr, Ipv4Addr};

    #[test]
    fn places_are_counted_by_feed_and_address_and_come_back() {
        let [one, other] = [1, 2].map(|last| IpAddr::from(Ipv4Addr::new(10, 0, 0, last)));
        let occupancy = Occupancy::default();
        let first = occupancy.enter(one, 3, 2).unwrap();
        let second = occupancy.enter(one, 3, 2).unwrap();
        assert_eq!(occupancy.enter(one, 3, 2).unwrap_err(), Full::Address);
        let third = occupancy.enter(other, 3, 2).unwrap();
        assert_eq!(occupancy.enter(other, 3, 2).unwrap_err(), Full::Feed);
        drop(second);
        let again = occupancy.enter(one, 3, 2).unwrap();
        drop((first, third, again));
        assert!(occupancy.counts().by_address.is_empty());
        assert_eq!(occupancy.counts().links, 0);
    }
}
