//! The ranges of the numbers of a configuration.

use super::Mistake;
use crate::config::place::Step::Key;
use crate::config::{FolderConfig, ImporterConfig, ListenerConfig};

/// A setting, its value, and the least and the greatest that it may be.
type Limit = (&'static str, i128, i128, i128);

const DAY_SECS: i128 = 86_400;
const HOUR_SECS: i128 = 3_600;
const GIB: i128 = 1 << 30;
/// The longest silence before a probe that Linux takes (`MAX_TCP_KEEPIDLE`), in seconds.
const KEEP_ALIVE_SECS_MAX: i128 = 32_767;

impl ListenerConfig {
    #[rustfmt::skip]
    pub(super) fn check_limits(&self) -> Result<(), Mistake> {
        let limits: [Limit; 16] = [
            ("max_frame_bytes", count(self.max_frame_bytes), 1, GIB),
            ("handshake_secs", self.handshake_secs.into(), 1, HOUR_SECS),
            ("in_frame_idle_secs", self.in_frame_idle_secs.into(), 1, DAY_SECS),
            ("frame_secs", self.frame_secs.into(), 1, DAY_SECS),
            ("answer_write_secs", self.answer_write_secs.into(), 1, HOUR_SECS),
            ("commit_secs", self.commit_secs.into(), 1, HOUR_SECS),
            ("link_window_messages", count(self.link_window_messages), 1, 65_536),
            ("batch_messages_max", count(self.batch_messages_max), 1, 1_000_000),
            ("commit_messages_max", count(self.commit_messages_max), 1, 10_000),
            ("commit_bytes_max", count(self.commit_bytes_max), 1, GIB),
            ("in_flight_bytes_max", count(self.in_flight_bytes_max), 1, 64 * GIB),
            ("unfinished_bytes_max", count(self.unfinished_bytes_max), 1, 64 * GIB),
            ("links_max", count(self.links_max), 1, 1_000_000),
            ("keep_alive_secs", self.keep_alive_secs.into(), 1, KEEP_ALIVE_SECS_MAX),
            ("application_ack_secs_max", self.application_ack_secs_max.into(), 1, 30 * DAY_SECS),
            ("drain_secs", self.drain_secs.into(), 0, HOUR_SECS),
        ];
        check(&limits).map_err(|mistake| mistake.within([Key("listener")]))
    }
}

impl ImporterConfig {
    pub(super) fn check_limits(&self) -> Result<(), Mistake> {
        let limits: [Limit; 3] = [
            (
                "batch_messages_max",
                count(self.batch_messages_max),
                1,
                10_000,
            ),
            ("poll_millis", self.poll_millis.into(), 1, HOUR_SECS * 1_000),
            ("offset_minutes", self.offset_minutes.into(), -720, 840),
        ];
        check(&limits).map_err(|mistake| mistake.within([Key("importer")]))
    }
}

impl FolderConfig {
    pub(super) fn check_limits(&self) -> Result<(), Mistake> {
        check(&[
            ("quiet_secs", self.quiet_secs.into(), 0, HOUR_SECS),
            ("poll_millis", self.poll_millis.into(), 1, DAY_SECS * 1_000),
            ("file_bytes_max", count(self.file_bytes_max), 1, GIB),
        ])
    }
}

fn check(limits: &[Limit]) -> Result<(), Mistake> {
    for (key, value, min, max) in limits {
        if !(min..=max).contains(&value) {
            let sentence = format!("{key} must be between {min} and {max}");
            return Err(Mistake::new([Key(key)], sentence));
        }
    }
    Ok(())
}

fn count(number: usize) -> i128 {
    i128::try_from(number).unwrap_or(i128::MAX)
}
