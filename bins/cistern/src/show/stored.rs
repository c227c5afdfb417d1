//! A message that the tank holds, and what became of it.

use std::fmt::Write as _;

use service::Config;
use tank::{Database, FindingView, HoldingTank as _, Stored};

use crate::Failure;
use crate::input::Input;
use crate::shown::shown;

/// The message of this number.
pub(super) async fn message(id: i64, config: &Config) -> Result<Stored, Failure> {
    let opened = Database::open_existing(&config.database.url).await;
    let tank = opened.map_err(|error| format!("{id} is no file, nor a message: {error}"))?;
    let stored = tank.get(id).await?;
    tank.close().await;
    stored.ok_or_else(|| format!("{id} is no file, and the tank holds no message {id}").into())
}

/// Its bytes, as if they were a file.
pub(super) fn input(stored: &Stored) -> Input {
    Input {
        name: format!("message {}", stored.view.id),
        bytes: stored.body.to_vec(),
    }
}

/// Where it came from, its state and its findings, a line for each.
pub(super) fn head(stored: &Stored) -> String {
    let view = &stored.view;
    let mut head = format!(
        "message {} of feed {}, received {}\nstate {}: {}\n",
        view.id,
        view.feed,
        view.received_at,
        view.state,
        shown(&view.reason)
    );
    for FindingView {
        severity,
        kind,
        path,
        sentence,
    } in &stored.findings
    {
        let sentence = shown(sentence);
        // Writing to a String cannot fail.
        writeln!(head, "{severity} {kind} {path}: {sentence}").ok();
    }
    head
}
