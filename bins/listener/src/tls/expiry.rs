//! When a certificate ends, and a warning before it does.

use std::time::SystemTime;

/// So many days before a certificate ends is warned of it.
const EXPIRY_WARNING_DAYS: u64 = 30;
const DAY_SECS: u64 = 24 * 60 * 60;

/// How many whole days a certificate is valid that this setting names; logs when they are few.
pub(super) fn days_left(feed: &str, setting: &str, valid_until: SystemTime) -> i64 {
    let Ok(left) = valid_until.duration_since(SystemTime::now()) else {
        tracing::error!(feed, setting, "certificate has expired: it will be refused");
        return 0;
    };
    let days = left.as_secs() / DAY_SECS;
    if days < EXPIRY_WARNING_DAYS {
        tracing::warn!(feed, setting, days, "certificate expires soon");
    }
    i64::try_from(days).unwrap_or(i64::MAX)
}
