//! The import of 1,000 messages on both engines: 500 new clients with six results each.
#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]

use std::sync::Arc;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use importer::{Importer, Rules};
use service::Config;
use tank::{Arrival, Database, HoldingTank as _};
use testkit::{postgres, sqlite};
use tokio::runtime::Runtime;

const MESSAGES: usize = 1_000;

/// A tank with messages in it, and whatever must live as long as it.
struct Prepared<D> {
    importer: Importer,
    _database: D,
}

fn import(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let mut group = criterion.benchmark_group("import");
    group
        .throughput(Throughput::Elements(MESSAGES as u64))
        .sample_size(10);
    group.bench_function("sqlite", |bencher| {
        bencher.iter_batched(
            || {
                let database = sqlite::TempDatabase::create();
                prepare(&runtime, &database.url(), database)
            },
            |prepared| finish(&runtime, prepared),
            BatchSize::PerIteration,
        );
    });
    if postgres::Database::create_or_skip().is_some() {
        group.bench_function("postgres", |bencher| {
            bencher.iter_batched(
                || {
                    let database = postgres::Database::create();
                    prepare(&runtime, &database.url(), database)
                },
                |prepared| finish(&runtime, prepared),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn prepare<D>(runtime: &Runtime, url: &str, database: D) -> Prepared<D> {
    let config = Config::default();
    let rules = Rules::load(&config.importer).unwrap();
    let messages = benches::messages(MESSAGES).into_iter().enumerate();
    let arrivals: Vec<Arrival> = messages
        .map(|(n, body)| benches::arrival(n, body))
        .collect();
    runtime.block_on(async {
        let tank = Database::open(url).await.unwrap();
        tank.hold(&arrivals).await.unwrap();
        let importer = Importer::start(Arc::new(tank), rules, &config)
            .await
            .unwrap();
        Prepared {
            importer,
            _database: database,
        }
    })
}

fn finish<D>(runtime: &Runtime, mut prepared: Prepared<D>) -> Prepared<D> {
    let settled = runtime.block_on(prepared.importer.finish()).unwrap();
    assert_eq!(settled.imported, MESSAGES as u64, "{settled:?}");
    prepared
}

criterion_group!(benches, import);
criterion_main!(benches);
