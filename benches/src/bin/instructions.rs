//! Reads the mix so many times in one way: what `cargo xtask bench --instructions` counts.
#![expect(clippy::print_stdout, reason = "says how many bytes a pass reads")]

use std::env;
use std::hint::black_box;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [operation, passes] = arguments.as_slice() else {
        return ExitCode::from(2);
    };
    let read = match operation.as_str() {
        "parse" => benches::segments,
        "fields" => benches::ten_fields,
        "leaves" => benches::every_leaf,
        _ => return ExitCode::from(2),
    };
    let messages = benches::mix();
    for _ in 0..passes.parse().unwrap_or(0) {
        for message in &messages {
            black_box(read(message));
        }
    }
    println!("{} bytes", messages.iter().map(Vec::len).sum::<usize>());
    ExitCode::SUCCESS
}
