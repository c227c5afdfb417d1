//! A message that the tank holds, and what became of it.

use std::fmt::Write as _;

use hl7::Charset;
use service::Config;
use tank::{CharsetSource, Database, FindingView, HoldingTank as _, ReadAs, Stored};

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
        charset: Charset::from_label(stored.view.read_as.charset.as_bytes())
            .ok()
            .filter(|charset| *charset != Charset::UNSTATED),
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
    if let Some(read_as) = read_as(&view.read_as) {
        // Writing to a String cannot fail.
        writeln!(head, "{read_as}").ok();
    }
    for FindingView {
        severity,
        kind,
        path,
        sentence,
    } in &stored.findings
    {
        let sentence = shown(sentence);
        writeln!(head, "{severity} {kind} {path}: {sentence}").ok();
    }
    head
}

/// In which character set it is read, and who says so; nothing where that is not recorded.
fn read_as(ReadAs { charset, source }: &ReadAs) -> Option<String> {
    let who = match source {
        CharsetSource::Unrecorded => return None,
        CharsetSource::Message => "MSH-18",
        CharsetSource::Feed => "the charset of its feed",
        CharsetSource::Guess => "a guess, for MSH-18 is empty",
        CharsetSource::Unknown => {
            return Some("read as ASCII alone: MSH-18 names no set that can be read".to_owned());
        }
    };
    Some(format!("read as {}, by {who}", shown(charset)))
}
