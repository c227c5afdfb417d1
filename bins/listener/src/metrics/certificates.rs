//! How long certificates and revocation lists are in force.

use std::time::SystemTime;

use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::{Labels, add};
use crate::feed::Feed;

/// What is told of the certificates of all feeds; nothing of those that there are not.
#[derive(Clone)]
pub(super) struct CertificateFamilies {
    days: Family<Labels, Gauge>,
    return_days: Family<Labels, Gauge>,
    lists_until: Family<Labels, Gauge>,
}

impl CertificateFamilies {
    pub(super) fn new(registry: &mut Registry) -> CertificateFamilies {
        let mut gauges = |name, help| add(registry, name, help, Family::default());
        CertificateFamilies {
            days: gauges("certificate_days", "Days until the certificate expires"),
            return_days: gauges(
                "return_certificate_days",
                "Days until the certificate of return_tls expires",
            ),
            lists_until: gauges(
                "revocation_lists_until_seconds",
                "When the first revocation list goes out of date, in seconds since 1970",
            ),
        }
    }

    pub(super) fn look_at(&self, feed: &Feed) {
        let (name, labels) = (feed.name(), vec![("feed", feed.name().to_owned())]);
        let set = |family: &Family<Labels, Gauge>, value: Option<i64>| {
            if let Some(value) = value {
                family.get_or_create(&labels).set(value);
            }
        };
        if let Some(tls) = &feed.tls {
            set(&self.days, Some(tls.days_left(name)));
            set(&self.lists_until, tls.lists_until(name).map(since_1970));
        }
        if let Some(way_back) = &feed.way_back {
            set(&self.return_days, way_back.days_left(name));
        }
    }
}

/// In whole seconds.
fn since_1970(moment: SystemTime) -> i64 {
    let since = moment.duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}
