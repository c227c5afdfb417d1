//! Percentiles, beside those of a sorted list.
#![cfg(test)]

use std::time::Duration;

use cistern_simulator::Histogram;
use proptest::prelude::*;

/// Short and long ones alike, in microseconds.
fn latencies() -> impl Strategy<Value = Vec<u64>> {
    let latency = (0_u32..40, any::<u64>()).prop_map(|(bits, any)| any & ((1 << bits) - 1));
    prop::collection::vec(latency, 1..300)
}

fn histogram(latencies: &[u64]) -> Histogram {
    let mut histogram = Histogram::default();
    for latency in latencies {
        histogram.record(Duration::from_micros(*latency));
    }
    histogram
}

fn len(latencies: &[u64]) -> u32 {
    u32::try_from(latencies.len()).unwrap()
}

proptest! {
    #[test]
    fn a_percentile_is_at_most_a_64th_too_long(
        mut latencies in latencies(),
        percent in 0.0..=100.0_f64,
    ) {
        let shown = histogram(&latencies).percentile(percent).as_micros();
        latencies.sort_unstable();
        let covers = |rank: u32| f64::from(rank) >= percent / 100.0 * f64::from(len(&latencies));
        let below = (1..).zip(&latencies).find(|(rank, _)| covers(*rank));
        let exact = u128::from(*below.unwrap().1);
        prop_assert!(exact <= shown, "{exact} > {shown}");
        prop_assert!(shown <= exact + exact / 64, "{shown} > {exact} + 1/64");
    }

    #[test]
    fn two_added_are_one_of_all(one in latencies(), other in latencies()) {
        let mut sum = histogram(&one);
        sum.add(&histogram(&other));
        prop_assert_eq!(sum, histogram(&[one, other].concat()));
    }
}

#[test]
fn the_longest_is_exact_and_nothing_is_zero() {
    let mut latencies = histogram(&[12_345, 1_234_567]);
    assert_eq!(latencies.max(), Duration::from_micros(1_234_567));
    assert_eq!(
        latencies.percentile(100.0),
        Duration::from_micros(1_234_567)
    );
    assert_eq!(Histogram::default().percentile(99.0), Duration::ZERO);
    latencies.record(Duration::MAX);
    assert_eq!(latencies.count(), 3);
    assert_eq!(
        latencies.percentile(100.0),
        Duration::from_micros(u64::MAX),
        "longer ones are not told apart"
    );
}
