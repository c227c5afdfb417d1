#![cfg(test)]
//! What a program says of its own panic.

use std::env;
use std::process::Command;

use cistern_service::{Config, start_log};

/// Set in the process that panics.
const PANICS: &str = "CISTERN_TEST_PANICS";

#[test]
fn the_message_of_a_panic_is_not_printed() {
    if env::var_os(PANICS).is_some() {
        let config = Config::parse("test", "").unwrap();
        start_log(&config.log);
        panic!("Quill^Anna");
    }
    let test = "the_message_of_a_panic_is_not_printed";
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(PANICS, "1")
        .env_remove("RUST_LOG")
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).unwrap();
    let place =
        r#"panicked: this is a mistake in Cistern file="crates/service/tests/panics.rs" line="#;
    assert!(said.contains(place), "{said}");
    assert!(!said.contains("Quill"), "{said}");
}
