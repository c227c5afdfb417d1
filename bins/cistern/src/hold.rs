//! `cistern hold`: keep messages of files as if they had come by a feed.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use clap::Args;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use listener::{FileDoor, FileReport};
use service::{Config, FeedConfig};
use tank::Database;

use crate::Failure;
use crate::complaints::Complaints;
use crate::input::Input;
use crate::parts::contents;
use crate::say::say;
use crate::shown::shown;

/// Keep messages of files in the tank, through the checks of a feed; the importer goes on with them
#[derive(Args)]
pub(crate) struct Hold {
    /// Files of one message, several, or a batch (- for standard input)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The feed that they belong to; the only one where it is not given
    #[arg(long)]
    feed: Option<String>,
}

impl Hold {
    pub(crate) async fn run(self, config: &Config) -> Result<(), Failure> {
        let door = FileDoor::new(&self.feed(config)?, &config.listener)?;
        let tank = Database::open(&config.database.url).await?;
        let mut complaints = Complaints::default();
        for file in &self.files {
            match hold(&door, &tank, file).await {
                Ok(report) => tell(file, &report, &mut complaints)?,
                Err(failure) => complaints.tell(&failure),
            }
        }
        tank.close().await;
        complaints.end()
    }

    fn feed(&self, config: &Config) -> Result<FeedConfig, Failure> {
        let mut feeds = config.feeds();
        match &self.feed {
            Some(name) => feeds.retain(|feed| feed.name == *name),
            None if feeds.len() > 1 => return Err("there are several feeds: say --feed".into()),
            None => {}
        }
        feeds
            .pop()
            .ok_or_else(|| "the configuration has no such feed".into())
    }
}

async fn hold(door: &FileDoor, tank: &Database, file: &Path) -> Result<FileReport, Failure> {
    let input = Input::read(file)?;
    input.check()?;
    let bytes = Bytes::from(input.bytes);
    let bar = ProgressBar::new(bytes.len() as u64).with_style(ProgressStyle::with_template(
        "{bytes}/{total_bytes} {wide_bar} {bytes_per_sec}",
    )?);
    let mut total = FileReport::default();
    for content in contents(&bytes) {
        let offset = content.as_ptr().addr() - bytes.as_ptr().addr();
        let content = bytes.slice_ref(content);
        let behind = |behind| bar.set_position((offset + behind) as u64);
        total.add(&door.hold(tank, content, behind).await?, offset);
    }
    bar.finish_and_clear();
    Ok(total)
}

fn tell(file: &Path, report: &FileReport, complaints: &mut Complaints) -> Result<(), Failure> {
    let name = shown(&file.display().to_string());
    let counts = [
        ("received", report.received),
        ("repeated", report.repeated),
        ("altered", report.altered),
        ("held", report.held),
        ("refused", report.refused),
        ("broken", report.broken),
    ];
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(word, count)| *count > 0 || *word == "received")
        .map(|(word, count)| format!("{} {word}", HumanCount(count)))
        .collect();
    say(format_args!("{name}: {}", counts.join(", ")))?;
    for (byte, reason) in &report.remarks {
        complaints.tell(&format!("{name}: byte {byte}: {reason}").into());
    }
    let more = report.waiting() - report.remarks.len() as u64;
    if more > 0 {
        complaints.tell(&format!("{name}: and {more} more").into());
    }
    if report.held > 0 {
        let advice = "cistern list --state held shows what waits, cistern retry lets it go on";
        Complaints::note(&format!("{name}: {advice}").into());
    }
    Ok(())
}
