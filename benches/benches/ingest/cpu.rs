//! What a process has cost so far.

use std::fs;
use std::time::Duration;

/// The kernel's clock for this, in a hundredth of a second on every Linux.
const TICK: Duration = Duration::from_millis(10);

/// User and system time of this process: sender, listener and, but for PostgreSQL, the database.
#[derive(Clone, Copy)]
pub(crate) struct CpuTime(Duration);

impl CpuTime {
    /// Zero where there is no `/proc`.
    pub(crate) fn now() -> CpuTime {
        let status = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        // After the name in brackets, which may hold blanks, comes field 3.
        let fields = status.rsplit(')').next().unwrap_or_default();
        let ticks: u32 = fields
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|ticks| ticks.parse::<u32>().ok())
            .sum();
        CpuTime(TICK * ticks)
    }

    pub(crate) fn since(self, earlier: CpuTime) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}
