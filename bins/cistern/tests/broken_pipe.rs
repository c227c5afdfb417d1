#![cfg(test)]
//! Standard output that nobody reads on, as with `cistern list | head`.

use std::process::{Command, Output};

use testkit::sqlite::TempDatabase;

#[test]
fn a_closed_pipe_ends_the_program_quietly() {
    let message = testkit::testdata::path("messages/001_adt_a28_okafor_new.hl7");
    let message = message.to_str().unwrap();
    for arguments in [&["show", message][..], &["check"], &["check", "--database"]] {
        let output = unread(arguments);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            (&*complaint, output.status.code()),
            ("", Some(0)),
            "{arguments:?}"
        );
    }
}

/// Runs the program with nobody at the other end of its output.
fn unread(arguments: &[&str]) -> Output {
    let database = TempDatabase::create();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    Command::new(env!("CARGO_BIN_EXE_cistern"))
        .args(arguments)
        .env("CISTERN_DATABASE_URL", database.url())
        .stdout(writer)
        .output()
        .unwrap()
}
