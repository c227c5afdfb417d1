//! What was seen of a process: a line for each minute, and whether it grew.

use std::time::Duration;

use simulator::Histogram;

/// How much more memory it may have in the second half of the time after the warm-up, in KiB.
const MEMORY_GROWTH_MAX_KIB: u64 = 8 * 1024;
/// How many more file handles, of which senders that come and go make some.
pub(crate) const HANDLES_GROWTH_MAX: usize = 32;
const THREADS_GROWTH_MAX: u64 = 4;

/// One look at the process and its senders.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) at: Duration,
    pub(crate) memory_kib: u64,
    pub(crate) handles: usize,
    pub(crate) threads: u64,
    /// Of the answers since the last look.
    pub(crate) latency: Histogram,
}

/// Looks at regular intervals. Prints a line for each minute, or for each fifth of a shorter time.
#[derive(Debug)]
pub(crate) struct Table {
    time: Duration,
    line: Duration,
    lines: u32,
    /// How many samples are in these lines.
    printed: usize,
    samples: Vec<Sample>,
}

impl Table {
    pub(crate) fn for_time(time: Duration) -> Table {
        println!("    time   answers      p50      p99      max     memory  handles  threads");
        Table {
            time,
            line: (time / 5).min(Duration::from_mins(1)),
            lines: 0,
            printed: 0,
            samples: Vec::new(),
        }
    }

    /// How long to wait between two looks.
    pub(crate) fn interval(&self) -> Duration {
        self.line / 12
    }

    pub(crate) fn add(&mut self, sample: Sample) {
        let is_due = sample.at >= self.line * (self.lines + 1);
        self.samples.push(sample);
        if is_due {
            self.print_line();
        }
    }

    /// Of all answers that were seen.
    pub(crate) fn latency(&self) -> Histogram {
        latency(&self.samples)
    }

    /// Compares what is usual in the two halves of the time after the warm-up, which is a third.
    pub(crate) fn assert_flat(&self) {
        let warm = self
            .samples
            .iter()
            .filter(|sample| sample.at > self.time / 3);
        let middle = self.time * 2 / 3;
        let (early, late): (Vec<_>, Vec<_>) = warm.partition(|sample| sample.at <= middle);
        let memory = |samples: &[&Sample]| median(samples, |sample| sample.memory_kib);
        let handles = |samples: &[&Sample]| median(samples, |sample| sample.handles);
        let threads = |samples: &[&Sample]| median(samples, |sample| sample.threads);
        println!(
            "usual before and after {}: {} and {} KiB, {} and {} handles, {} and {} threads",
            clock(middle),
            memory(&early),
            memory(&late),
            handles(&early),
            handles(&late),
            threads(&early),
            threads(&late),
        );
        assert!(
            memory(&late) <= memory(&early) + MEMORY_GROWTH_MAX_KIB,
            "memory grows"
        );
        assert!(
            handles(&late) <= handles(&early) + HANDLES_GROWTH_MAX,
            "handles grow"
        );
        assert!(
            threads(&late) <= threads(&early) + THREADS_GROWTH_MAX,
            "threads grow"
        );
    }

    fn print_line(&mut self) {
        let samples = self.samples.get(self.printed..).unwrap_or_default();
        let Some(last) = samples.last() else { return };
        let latency = latency(samples);
        println!(
            "{:>8} {:>9} {:>8.1?} {:>8.1?} {:>8.1?} {:>6} KiB {:>8} {:>8}",
            clock(last.at),
            latency.count(),
            latency.percentile(50.0),
            latency.percentile(99.0),
            latency.max(),
            last.memory_kib,
            last.handles,
            last.threads,
        );
        self.lines += 1;
        self.printed = self.samples.len();
    }
}

fn latency(samples: &[Sample]) -> Histogram {
    let mut all = Histogram::default();
    for sample in samples {
        all.add(&sample.latency);
    }
    all
}

fn median<T: Ord + Copy + Default>(samples: &[&Sample], value: impl Fn(&Sample) -> T) -> T {
    let mut values: Vec<T> = samples.iter().map(|sample| value(sample)).collect();
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    format!(
        "{}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}
