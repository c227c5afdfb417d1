//! `cistern demo`: the whole way of a message, on an invented clinic's feed.

mod own_file;
mod programs;
mod report;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use care::CodeDecision;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use listener::Door;
use service::{Config, now_millis};
use tank::{Database, Decision, HoldingTank as _, WorkItem};

use crate::Failure;
use crate::say::say;
use crate::send::{answers, connect};
use own_file::OwnFile;
use programs::Programs;

/// Send an invented clinic's messages through listener, tank and importer, and show what became
/// of them
#[derive(Args)]
pub(crate) struct Demo {
    /// The messages to send
    #[arg(long)]
    messages: Option<PathBuf>,
    /// The database to make; one that an earlier demo made is replaced, nothing else
    #[arg(long, default_value = "cistern-demo.db")]
    database: PathBuf,
    /// Where the listener listens
    #[arg(long, default_value = "127.0.0.1:0")]
    address: String,
    /// Leave listener and importer running until Ctrl-C
    #[arg(long)]
    keep_running: bool,
}

/// The decision that the demo takes by itself.
const DECISION: [&str; 5] = ["test", "20447-9", "LN", "QUEST", "HIV-1 viral load"];

/// How long the importer may take to look at one message more.
const STALL_MAX: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(50);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

impl Demo {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let files = read_messages(&self.folder())?;
        let config = self.config()?;
        let feed = config.feeds().into_iter().next().ok_or("no feed")?;
        let door = Door::bind(&feed).await?;
        let address = door.address()?.to_string();
        let _own = OwnFile::make(&self.database)?;
        let url = self.url();
        let mut programs = Programs::start(config, door, &url).await?;
        let tank = Database::open(&url).await?;
        programs.during(self.play(&address, &tank, &files)).await?;
        programs.stop().await?;
        tank.close().await;
        Ok(())
    }

    /// The messages that come with the source, where no others are named.
    fn folder(&self) -> PathBuf {
        let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/messages");
        self.messages.clone().unwrap_or_else(own)
    }

    fn config(&self) -> Result<Config, Failure> {
        let address = &self.address;
        let text = format!("[[feed]]\nname = \"harbor\"\naddress = \"{address}\"\n");
        Ok(Config::parse("demo", &text)?)
    }

    /// The address of the database, with what is special in addresses written as `%` and hex.
    fn url(&self) -> String {
        let file = self.database.display().to_string();
        format!("sqlite:{}", file.replace('%', "%25").replace('?', "%3F"))
    }

    async fn play(&self, address: &str, tank: &Database, files: &[Vec<u8>]) -> Result<(), Failure> {
        let database = self.database.display();
        say(format_args!(
            "listener on {address}, importer beside it, database {database}\n"
        ))?;
        send_all(address, files).await?;
        settle(tank, STALL_MAX).await?;
        report::show(tank).await?;
        decide(tank).await?;
        say(format_args!(
            "\nThe database stays to look at: {database}. For example:"
        ))?;
        say(format_args!(
            "  CISTERN_DATABASE_URL={} cistern list work",
            self.url()
        ))?;
        if self.keep_running {
            say(format_args!(
                "Listener and importer go on; stop them with Ctrl-C."
            ))?;
            tokio::signal::ctrl_c().await?;
        }
        Ok(())
    }
}

fn read_messages(folder: &Path) -> Result<Vec<Vec<u8>>, Failure> {
    let unreadable = |error| {
        format!(
            "{}: {error}; name a folder with --messages",
            folder.display()
        )
    };
    let entries = std::fs::read_dir(folder).map_err(unreadable)?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "hl7"));
    paths.sort();
    paths.iter().map(|path| Ok(std::fs::read(path)?)).collect()
}

async fn send_all(address: &str, files: &[Vec<u8>]) -> Result<(), Failure> {
    let mut client = connect(address, None, ANSWER_TIMEOUT).await?;
    let style = ProgressStyle::with_template("  sending {bar:40} {pos}/{len} messages, {per_sec}")?;
    let bar = ProgressBar::new(files.len() as u64).with_style(style);
    for file in files {
        client.send(file, |answer| answers(answer, file)).await?;
        bar.inc(1);
    }
    bar.finish();
    say(format_args!(
        "{} messages sent, each acknowledged after its commit\n",
        files.len()
    ))?;
    Ok(())
}

/// Waits until the importer has looked at everything; what failed is tried again much later.
async fn settle(tank: &Database, stall_max: Duration) -> Result<(), Failure> {
    let mut last = (Instant::now(), i64::MAX);
    loop {
        let waiting = waiting(tank).await?;
        if waiting == 0 {
            return Ok(());
        }
        if waiting != last.1 {
            last = (Instant::now(), waiting);
        }
        if last.0.elapsed() > stall_max {
            let secs = stall_max.as_secs();
            return Err(
                format!("{waiting} messages wait, and for {secs} s none was imported").into(),
            );
        }
        tokio::time::sleep(POLL).await;
    }
}

/// How many messages the importer has not looked at.
async fn waiting(tank: &Database) -> Result<i64, Failure> {
    let counts = tank.counts().await?;
    let received = counts.iter().filter(|count| count.state == "received");
    Ok(received.map(|count| count.messages).sum())
}

/// Takes the decision that a data manager would take, and shows what it sets free.
async fn decide(tank: &Database) -> Result<(), Failure> {
    let [table, code, system, sender, value] = DECISION;
    if !is_awaited(tank).await? {
        say(format_args!(
            "Nothing waits for code {code} ({system}) from {sender}: no decision is taken."
        ))?;
        return Ok(());
    }
    say(format_args!(
        "Deciding one of them:\n\n  cistern map {table} {code} {system} {sender} \"{value}\"\n"
    ))?;
    let decision = Decision::Code(CodeDecision {
        table: table.to_owned(),
        code: code.to_owned(),
        system: system.to_owned(),
        sender: sender.to_owned(),
        value: Some(value.to_owned()),
    });
    let released = tank.release(&decision, "demo", now_millis()).await?;
    settle(tank, STALL_MAX).await?;
    say(format_args!(
        "  {} held messages went on by themselves. Now:\n",
        released.messages
    ))?;
    report::show_counts(tank).await
}

/// Whether the work list asks for [`DECISION`].
async fn is_awaited(tank: &Database) -> Result<bool, Failure> {
    let [table, code, system, sender, _] = DECISION;
    let asked = |item: &WorkItem| {
        [&item.table, &item.code, &item.system, &item.sender] == [table, code, system, sender]
    };
    Ok(tank.findings().await?.iter().any(asked))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use tank::{Answer, Arrival, Arrived, Body, Database, HoldingTank as _, MessageKeys};
    use testkit::sqlite::TempDatabase;

    use super::settle;

    #[tokio::test]
    async fn a_wait_without_progress_ends() {
        let file = TempDatabase::create();
        let tank = Database::open(&file.url()).await.unwrap();
        let stall_max = Duration::from_millis(100);
        settle(&tank, stall_max).await.unwrap();
        let arrival = Arrival {
            feed: "harbor".to_owned(),
            peer: String::new(),
            received_at: 1_772_452_800_000,
            keys: MessageKeys::default(),
            lane: String::new(),
            body: Body::new("MSH|..."),
            state: Arrived::Received,
            answer: Answer {
                code: "AA".to_owned(),
                bytes: Bytes::new(),
            },
            is_provisional: false,
            altered: None,
            reply: String::new(),
            sequence: None,
            read_as: tank::ReadAs::default(),
        };
        tank.hold(&[arrival]).await.unwrap();
        let said = settle(&tank, stall_max).await.map_err(|e| e.to_string());
        let sentence = "1 messages wait, and for 0 s none was imported";
        assert_eq!(said, Err(sentence.to_owned()));
    }
}
