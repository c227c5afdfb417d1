//! `cistern demo`: the whole way of a message, on an invented clinic's feed.

mod report;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use care::CodeDecision;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use listener::Door;
use service::{Config, Shutdown, now_millis};
use tank::{Database, Decision, HoldingTank as _};
use tokio::task::JoinHandle;

use crate::Failure;
use crate::send::{answers, connect};

/// Send an invented clinic's messages through listener, tank and importer, and show what became
/// of them
#[derive(Args)]
pub(crate) struct Demo {
    /// The messages to send
    #[arg(long)]
    messages: Option<PathBuf>,
    /// The database to make; a file of this name from an earlier demo is replaced
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

const POLL: Duration = Duration::from_millis(50);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

impl Demo {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let files = read_messages(&self.folder())?;
        remove_earlier(&self.database)?;
        let programs = Programs::start(&self).await?;
        println!(
            "listener on {}, importer beside it, database {}\n",
            programs.address, programs.file
        );
        send_all(&programs.address, &files).await?;
        settle(&programs.tank).await?;
        report::show(&programs.tank).await?;
        decide(&programs.tank).await?;
        println!(
            "\nThe database stays to look at: {}. For example:",
            programs.file
        );
        println!(
            "  CISTERN_DATABASE_URL=sqlite:{} cistern list work",
            programs.file
        );
        if self.keep_running {
            println!("Listener and importer go on; stop them with Ctrl-C.");
            tokio::signal::ctrl_c().await?;
        }
        programs.stop().await
    }

    /// The messages that come with the source, where no others are named.
    fn folder(&self) -> PathBuf {
        let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/messages");
        self.messages.clone().unwrap_or_else(own)
    }
}

/// Listener and importer in this process, each with connections of its own.
struct Programs {
    address: String,
    file: String,
    tank: Database,
    shutdown: Shutdown,
    listener: JoinHandle<Result<(), listener::ListenerError>>,
    importer: JoinHandle<Result<(), importer::ImporterError>>,
}

impl Programs {
    async fn start(demo: &Demo) -> Result<Programs, Failure> {
        let file = demo.database.display().to_string();
        let url = format!("sqlite:{file}");
        let text = format!(
            "[[feed]]\nname = \"harbor\"\naddress = \"{}\"\n",
            demo.address
        );
        let config = Config::parse("demo", &text)?;
        let mut doors = Vec::new();
        for feed in config.feeds() {
            doors.push(Door::bind(&feed).await?);
        }
        let address = doors.first().ok_or("no feed")?.address()?.to_string();
        let shutdown = Shutdown::new();
        let holding = Arc::new(Database::open(&url).await?);
        let importing = Arc::new(Database::open(&url).await?);
        let tank = Database::open(&url).await?;
        let listener = listener::run(config.listener.clone(), doors, holding, shutdown.clone());
        let importer = importer::run(config, importing, shutdown.clone());
        Ok(Programs {
            address,
            file,
            tank,
            shutdown,
            listener: tokio::spawn(listener),
            importer: tokio::spawn(importer),
        })
    }

    async fn stop(self) -> Result<(), Failure> {
        self.shutdown.cancel();
        self.listener.await??;
        self.importer.await??;
        self.tank.close().await;
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

/// The demo's own file, and what SQLite keeps beside it.
fn remove_earlier(database: &Path) -> Result<(), Failure> {
    for beside in ["", "-wal", "-shm"] {
        let mut path = database.as_os_str().to_owned();
        path.push(beside);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

async fn send_all(address: &str, files: &[Vec<u8>]) -> Result<(), Failure> {
    let mut client = connect(address, ANSWER_TIMEOUT).await?;
    let style = ProgressStyle::with_template("  sending {bar:40} {pos}/{len} messages, {per_sec}")?;
    let bar = ProgressBar::new(files.len() as u64).with_style(style);
    for file in files {
        client.send(file, |answer| answers(answer, file)).await?;
        bar.inc(1);
    }
    bar.finish();
    println!(
        "{} messages sent, each acknowledged after its commit\n",
        files.len()
    );
    Ok(())
}

/// Waits until the importer has looked at everything.
async fn settle(tank: &Database) -> Result<(), Failure> {
    loop {
        let counts = tank.counts().await?;
        if !counts
            .iter()
            .any(|count| ["received", "failed"].contains(&count.state.as_str()))
        {
            return Ok(());
        }
        tokio::time::sleep(POLL).await;
    }
}

/// Takes the decision that a data manager would take, and shows what it sets free.
async fn decide(tank: &Database) -> Result<(), Failure> {
    let [table, code, system, sender, value] = DECISION;
    println!(
        "Deciding one of them:\n\n  cistern map {table} {code} {system} {sender} \"{value}\"\n"
    );
    let decision = Decision::Code(CodeDecision {
        table: table.to_owned(),
        code: code.to_owned(),
        system: system.to_owned(),
        sender: sender.to_owned(),
        value: Some(value.to_owned()),
    });
    let released = tank.release(&decision, "demo", now_millis()).await?;
    settle(tank).await?;
    println!(
        "  {} held messages went on by themselves. Now:\n",
        released.messages
    );
    report::show_counts(tank).await
}
