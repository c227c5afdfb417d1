//! Parsing, against visiting every carriage return with memchr; reading by path; every leaf.

use std::hint::black_box;

use benches::{delimiters_only, document, every_leaf, mix, segments, ten_fields};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn parse(criterion: &mut Criterion) {
    let mix = mix();
    measure(criterion, "mix/memchr", &mix, carriage_returns);
    measure(criterion, "mix/parse", &mix, segments);
    measure(criterion, "mix/ten fields", &mix, ten_fields);
    measure(criterion, "mix/every leaf", &mix, every_leaf);

    let document = [document()];
    measure(criterion, "1 MiB document/parse", &document, segments);
    measure(
        criterion,
        "1 MiB document/ten fields",
        &document,
        ten_fields,
    );
    measure(
        criterion,
        "1 MiB document/every leaf",
        &document,
        every_leaf,
    );

    let delimiters = [delimiters_only()];
    measure(
        criterion,
        "delimiters only/every leaf",
        &delimiters,
        every_leaf,
    );
}

fn measure(criterion: &mut Criterion, name: &str, messages: &[Vec<u8>], read: fn(&[u8]) -> usize) {
    let bytes: usize = messages.iter().map(Vec::len).sum();
    let mut group = criterion.benchmark_group("parse");
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function(name, |bencher| {
        bencher.iter(|| messages.iter().map(|message| read(message)).sum::<usize>());
    });
    group.finish();
}

fn carriage_returns(message: &[u8]) -> usize {
    memchr::memchr_iter(b'\r', black_box(message))
        .map(black_box)
        .count()
}

criterion_group!(benches, parse);
criterion_main!(benches);
