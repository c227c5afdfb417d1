//! The senders of Node.js: node-hl7-client.

use std::process::Command;

use crate::listening::{LastCr, in_the_clear, installed, script, under_tls};

/// The script that Node.js runs, where its packages are.
fn node_hl7_client() -> Option<Command> {
    let mut command = Command::new("node");
    command
        .arg(script("node_hl7_client.js"))
        .env("NODE_PATH", installed("CISTERN_NODE_MODULES")?);
    Some(command)
}

#[tokio::test(flavor = "multi_thread")]
async fn node_hl7_client_in_the_clear() {
    if let Some(client) = node_hl7_client() {
        in_the_clear(client, LastCr::LeftOut).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn node_hl7_client_under_tls() {
    if let Some(client) = node_hl7_client() {
        under_tls(client, LastCr::LeftOut).await;
    }
}
