//! `cistern list`: messages, what waits, and how many records there are.

use clap::{Args, ValueEnum};
use serde_json::json;
use service::Config;
use tank::{Database, Filter, HoldingTank as _, MessageView, WorkItem};

use crate::Failure;
use crate::say::{say, say_lines};
use crate::shown::{is_obeyed, shown};
use crate::table::table;

/// List messages, the work list, or the counts of records
#[derive(Args)]
pub(crate) struct List {
    /// What to list
    #[arg(value_enum, default_value_t = What::Messages)]
    what: What,
    /// Only messages in this state
    #[arg(long, value_enum)]
    state: Option<State>,
    /// At most so many messages
    #[arg(long, default_value_t = 20)]
    limit: u32,
    /// As JSON, one object a line
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    Messages,
    Work,
    Records,
}

#[derive(Clone, Copy, ValueEnum)]
enum State {
    Received,
    Imported,
    Held,
    Failed,
    Ignored,
    Refused,
    Broken,
}

impl State {
    /// The word stored in the database.
    fn as_str(self) -> &'static str {
        match self {
            State::Received => "received",
            State::Imported => "imported",
            State::Held => "held",
            State::Failed => "failed",
            State::Ignored => "ignored",
            State::Refused => "refused",
            State::Broken => "broken",
        }
    }
}

impl List {
    pub(crate) async fn run(self, config: &Config) -> Result<(), Failure> {
        let tank = Database::open_existing(&config.database.url).await?;
        match self.what {
            What::Messages => self.messages(&tank).await?,
            What::Work => self.work(&tank).await?,
            What::Records => self.records(&tank).await?,
        }
        tank.close().await;
        Ok(())
    }

    async fn messages(&self, tank: &Database) -> Result<(), Failure> {
        let filter = Filter {
            state: self.state.map_or("", State::as_str).to_owned(),
            limit: self.limit,
            ..Filter::default()
        };
        let messages = tank.list(&filter).await?;
        if self.json {
            for message in &messages {
                say(message_json(message))?;
            }
        } else {
            say_lines(table(&messages.iter().map(message_row).collect::<Vec<_>>()))?;
        }
        Ok(())
    }

    async fn work(&self, tank: &Database) -> Result<(), Failure> {
        let items = tank.findings().await?;
        if self.json {
            for item in &items {
                say(work_json(item))?;
            }
        } else {
            for item in &items {
                say_lines(work_text(item))?;
            }
        }
        Ok(())
    }

    async fn records(&self, tank: &Database) -> Result<(), Failure> {
        let counts = tank.record_counts().await?;
        if self.json {
            for count in counts {
                let (record, status) = (count.record_type, count.status);
                say(json!({ "record": record, "status": status, "records": count.records }))?;
            }
        } else {
            say_lines(table(&counts.iter().map(record_row).collect::<Vec<_>>()))?;
        }
        Ok(())
    }
}

/// One line of the table of record counts.
pub(crate) fn record_row(count: &tank::RecordCount) -> Vec<String> {
    vec![
        count.record_type.to_owned(),
        count.status.clone(),
        count.records.to_string(),
    ]
}

fn message_row(message: &MessageView) -> Vec<String> {
    let kind = format!("{}^{}", message.message_code, message.trigger_event);
    vec![
        message.id.to_string(),
        message.received_at.clone(),
        message.feed.clone(),
        message.sending_facility.clone(),
        kind,
        message.control_id.clone(),
        message.answer_code.clone(),
        message.state.clone(),
        message.reason.clone(),
    ]
}

fn message_json(message: &MessageView) -> serde_json::Value {
    json!({
        "id": message.id,
        "received_at": message.received_at,
        "feed": message.feed,
        "sending_facility": message.sending_facility,
        "message_code": message.message_code,
        "trigger_event": message.trigger_event,
        "control_id": message.control_id,
        "answer": message.answer_code,
        "state": message.state,
        "reason": message.reason,
        "altered_from": message.altered_from,
        "charset": message.read_as.charset,
        "charset_from": message.read_as.source.as_str(),
    })
}

fn work_json(item: &WorkItem) -> serde_json::Value {
    json!({
        "kind": item.kind,
        "table": item.table,
        "code": item.code,
        "system": item.system,
        "sender": item.sender,
        "feed": item.feed,
        "text": item.text,
        "sentence": item.sentence,
        "findings": item.findings,
        "messages": item.messages,
        "first_message": item.first_message,
        "since": item.since,
    })
}

/// One entry of the work list, with the command that would release it.
pub(crate) fn work_text(item: &WorkItem) -> String {
    let (what, command) = match &*item.kind {
        "unmapped_code" => (unmapped_text(item), map_command(item)),
        "unknown_account" => (account_text(item), account_command(item)),
        kind => {
            let (kind, WorkItem { sender, feed, .. }) = (kind.replace('_', " "), item);
            let from = match (&**sender, &**feed) {
                (_, "") => String::new(),
                ("", feed) => format!(" by feed {feed}"),
                (sender, feed) => format!(" from {sender} by feed {feed}"),
            };
            let what = format!("{kind}{from}: {}", item.sentence);
            let first = item.first_message;
            let command = format!("cistern show {first}, then cistern retry {first}");
            (what, command)
        }
    };
    let what = shown(&what);
    let (messages, since, first) = (item.messages, &item.since, item.first_message);
    format!(
        "  {what}\n      {messages} held since {since}, the first is message {first}\n      {command}\n"
    )
}

fn unmapped_text(item: &WorkItem) -> String {
    let WorkItem {
        table,
        code,
        system,
        sender,
        text,
        ..
    } = item;
    let system = if system.is_empty() {
        "no system"
    } else {
        system
    };
    format!("code {code} ({system}) \"{text}\" from {sender} is not in table {table}")
}

fn map_command(item: &WorkItem) -> String {
    let WorkItem {
        table,
        code,
        system,
        sender,
        ..
    } = item;
    let system = if system.is_empty() { "-" } else { system };
    let [code, system, sender] = [code, system, sender].map(quoted);
    format!("cistern map {table} {code} {system} {sender} \"<value>\"")
}

fn account_text(item: &WorkItem) -> String {
    let (sender, receiver) = (&item.sender, &item.code);
    format!("account of {sender} with {receiver} belongs to no provider")
}

fn account_command(item: &WorkItem) -> String {
    let [sender, receiver] = [&item.sender, &item.code].map(|word| quoted(word));
    format!("cistern account {sender} {receiver} \"<provider>\"")
}

/// A word as a shell takes it; `$'…'` is understood by bash, ksh and zsh.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-^/".contains(c);
    if word.contains(is_obeyed) {
        return format!("$'{}'", word.chars().map(ansi_c).collect::<String>());
    }
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// A character between `$'` and `'`.
fn ansi_c(c: char) -> String {
    match c {
        '\'' | '\\' => format!("\\{c}"),
        c if is_obeyed(c) => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    }
}
