//! Parsing, against visiting every carriage return with memchr; reading by path; every leaf.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hl7::{Message, Path, path};

const TEN: [Path; 10] = [
    path!("MSH-9.1"),
    path!("MSH-9.2"),
    path!("MSH-10"),
    path!("PID-3.1"),
    path!("PID-5.1"),
    path!("PID-5.2"),
    path!("PID-7"),
    path!("PID-8"),
    path!("OBX-3.1"),
    path!("OBX-5"),
];

fn parse(criterion: &mut Criterion) {
    let messages = benches::messages(500);
    let bytes: usize = messages.iter().map(Vec::len).sum();
    let mut group = criterion.benchmark_group("parse");
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("memchr", |bencher| {
        bencher.iter(|| {
            messages
                .iter()
                .map(|message| carriage_returns(message))
                .sum::<usize>()
        });
    });
    group.bench_function("message", |bencher| {
        bencher.iter(|| {
            messages
                .iter()
                .map(|message| segments(message))
                .sum::<usize>()
        });
    });
    group.bench_function("ten fields", |bencher| {
        bencher.iter(|| {
            messages
                .iter()
                .map(|message| ten_fields(message))
                .sum::<usize>()
        });
    });
    group.bench_function("every leaf", |bencher| {
        bencher.iter(|| {
            messages
                .iter()
                .map(|message| every_leaf(message))
                .sum::<usize>()
        });
    });
    group.finish();
}

fn carriage_returns(message: &[u8]) -> usize {
    memchr::memchr_iter(b'\r', black_box(message))
        .map(black_box)
        .count()
}

fn segments(message: &[u8]) -> usize {
    Message::parse(black_box(message)).map_or(0, |message| message.segments().len())
}

fn ten_fields(message: &[u8]) -> usize {
    let Ok(message) = Message::parse(black_box(message)) else {
        return 0;
    };
    let length = |path| {
        message
            .get(path)
            .value()
            .map_or(0, |value| value.raw().len())
    };
    TEN.iter().map(length).sum()
}

fn every_leaf(message: &[u8]) -> usize {
    let Ok(message) = Message::parse(black_box(message)) else {
        return 0;
    };
    let mut length = 0;
    for segment in message.segments() {
        for field in segment.fields() {
            for repetition in field.repetitions() {
                for component in repetition.components() {
                    for leaf in component.subcomponents() {
                        length += leaf.raw().len();
                    }
                }
            }
        }
    }
    length
}

criterion_group!(benches, parse);
criterion_main!(benches);
