//! `hold` on both engines: one message a commit, and a hundred.
#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tank::{Arrival, Database, HoldingTank as _};
use tokio::runtime::Runtime;

const BATCHES: [usize; 2] = [1, 100];

fn hold(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let file = testkit::sqlite::TempDatabase::create();
    measure(criterion, &runtime, "sqlite", &file.url());
    if let Some(database) = testkit::postgres::Database::create_or_skip() {
        measure(criterion, &runtime, "postgres", &database.url());
    }
}

fn measure(criterion: &mut Criterion, runtime: &Runtime, engine: &str, url: &str) {
    let tank = runtime.block_on(Database::open(url)).unwrap();
    let body = benches::messages(2).swap_remove(1);
    let mut next = 0;
    let mut group = criterion.benchmark_group(format!("hold/{engine}"));
    for size in BATCHES {
        group.throughput(Throughput::Elements(size as u64));
        group.bench_function(BenchmarkId::from_parameter(size), |bencher| {
            bencher.iter_batched(
                || {
                    next += size;
                    (next - size..next)
                        .map(|n| benches::arrival(n, body.clone()))
                        .collect()
                },
                |arrivals: Vec<Arrival>| runtime.block_on(tank.hold(&arrivals)).unwrap(),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
    runtime.block_on(tank.close());
}

criterion_group!(benches, hold);
criterion_main!(benches);
