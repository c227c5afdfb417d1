//! The senders of Python: python-hl7, and hl7apy over Python's own sockets.

use std::process::Command;

use crate::listening::{LastCr, Listening, check, in_the_clear, installed, script, under_tls};

/// A script that Python runs, where there is one.
fn python(name: &str) -> Option<Command> {
    let mut command = Command::new(installed("CISTERN_PYTHON")?);
    command.arg(script(name));
    Some(command)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_blocking_client_of_python_hl7() {
    let Some(mut client) = python("python_hl7_client.py") else {
        return;
    };
    let listening = Listening::with_feed("").await;
    client.arg(&listening.port);
    check(client, LastCr::Sent, listening).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_streams_of_python_hl7() {
    if let Some(client) = python("python_hl7_streams.py") {
        in_the_clear(client, LastCr::Sent).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_streams_of_python_hl7_under_tls() {
    if let Some(client) = python("python_hl7_streams.py") {
        under_tls(client, LastCr::Sent).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_frames_of_hl7apy() {
    if let Some(client) = python("hl7apy_frames.py") {
        in_the_clear(client, LastCr::Sent).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_frames_of_hl7apy_under_tls() {
    if let Some(client) = python("hl7apy_frames.py") {
        under_tls(client, LastCr::Sent).await;
    }
}
