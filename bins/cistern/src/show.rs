//! `cistern show`: a message, leaf by leaf.

use std::collections::BTreeMap;

use clap::Args;
use hl7::{Charset, Leaf, Message, Presence};
use service::{Config, ConfigError};
use tank::{Database, FindingView, HoldingTank as _};

use crate::Failure;
use crate::say::say;
use crate::shown::shown;
use crate::table::table;

/// Show the messages of a file, or one that the tank holds, field by field
#[derive(Args)]
pub(crate) struct Show {
    /// A file, or the number of a message
    what: String,
}

impl Show {
    pub(crate) async fn run(
        self,
        config: impl Fn() -> Result<Config, ConfigError>,
    ) -> Result<(), Failure> {
        match self.what.parse() {
            Ok(id) if !std::path::Path::new(&self.what).exists() => {
                show_stored(id, &config()?).await
            }
            _ => show_file(&std::fs::read(&self.what)?),
        }
    }
}

fn show_file(text: &[u8]) -> Result<(), Failure> {
    let mut shown = false;
    for message in hl7::split_messages(text) {
        say(render(&Message::parse(message)?))?;
        shown = true;
    }
    if shown {
        Ok(())
    } else {
        Err("the file holds no message: none of its lines begins with MSH".into())
    }
}

async fn show_stored(id: i64, config: &Config) -> Result<(), Failure> {
    let tank = Database::open(&config.database.url).await?;
    let stored = tank
        .get(id)
        .await?
        .ok_or_else(|| format!("the tank holds no message {id}"))?;
    tank.close().await;
    let view = &stored.view;
    say(format_args!(
        "message {id} of feed {}, received {}",
        view.feed, view.received_at
    ))?;
    say(format_args!(
        "state {}: {}",
        view.state,
        shown(&view.reason)
    ))?;
    for FindingView {
        severity,
        kind,
        path,
        sentence,
    } in &stored.findings
    {
        say(format_args!(
            "{severity} {kind} {path}: {}",
            shown(sentence)
        ))?;
    }
    say("")?;
    match Message::parse(&stored.body) {
        Ok(message) => say(render(&message))?,
        Err(error) => say(format_args!(
            "{} bytes that cannot be read: {error}",
            stored.body.len()
        ))?,
    }
    Ok(())
}

/// One line for each valued leaf: its path and its text.
fn render(message: &Message<'_>) -> String {
    let charset = message
        .charset()
        .unwrap_or(Charset::guess(message.as_bytes()));
    let mut rows = Vec::new();
    let mut ordinals: BTreeMap<&[u8], usize> = BTreeMap::new();
    for segment in message.segments() {
        let ordinal = ordinals.entry(segment.name()).or_default();
        *ordinal += 1;
        let name = String::from_utf8_lossy(segment.name()).into_owned();
        let name = numbered(name, *ordinal);
        for leaf in segment.leaves() {
            if let Some(text) = text(leaf, charset) {
                rows.push(vec![path(&name, leaf), text]);
            }
        }
    }
    table(&rows)
}

/// What a person reads at a leaf; nothing where nothing is valued.
fn text(leaf: Leaf<'_>, charset: Charset) -> Option<String> {
    match leaf.presence() {
        Presence::Absent | Presence::Empty => None,
        Presence::Null => Some("\"\"".to_owned()),
        Presence::Value(value) => Some(match value.plain_text(charset) {
            Ok(text) => text.into_owned(),
            Err(error) => format!("({} bytes: {error})", value.raw().len()),
        }),
    }
}

fn path(segment: &str, leaf: Leaf<'_>) -> String {
    let place = numbered(format!("{segment}-{}", leaf.field()), leaf.repetition());
    match leaf.subcomponent() {
        1 => format!("{place}.{}", leaf.component()),
        sub => format!("{place}.{}.{sub}", leaf.component()),
    }
}

/// `OBX` for the first, `OBX[2]` for the second.
fn numbered(name: String, ordinal: usize) -> String {
    if ordinal == 1 {
        name
    } else {
        format!("{name}[{ordinal}]")
    }
}
