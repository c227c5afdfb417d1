//! `cistern hold`: keep messages of files as if they had come by a feed.

use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use listener::{FileDoor, FileFormat, FileReport};
use service::{Config, FeedConfig};
use tank::Database;

use crate::Failure;
use crate::complaints::Complaints;
use crate::say::say;
use crate::shown::shown;
use crate::source::Source;

/// Keep messages of files in the tank, through the checks of a feed; the importer goes on with them
#[derive(Args)]
pub(crate) struct Hold {
    /// Files of one message, several, a batch, or rows of CWLAB (- for standard input)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The feed that they belong to; the only one where it is not given
    #[arg(long)]
    feed: Option<String>,
    /// The files are CWLAB, whatever they are called; without it those whose names end in .cwlab
    #[arg(long)]
    cwlab: bool,
}

impl Hold {
    pub(crate) async fn run(self, config: &Config) -> Result<(), Failure> {
        let door = FileDoor::new(&self.feed(config)?, &config.listener)?;
        let tank = Database::open(&config.database.url).await?;
        let mut complaints = Complaints::default();
        for file in &self.files {
            let format = if self.cwlab {
                FileFormat::Cwlab
            } else {
                FileFormat::of(file)
            };
            match hold(&door, &tank, file, format).await {
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

/// Keeps what a file holds, part by part.
async fn hold(
    door: &FileDoor,
    tank: &Database,
    file: &Path,
    format: FileFormat,
) -> Result<FileReport, Failure> {
    let mut source = Source::open(file, format)?;
    let bar = match source.bytes {
        Some(bytes) => ProgressBar::new(bytes).with_style(ProgressStyle::with_template(
            "{bytes}/{total_bytes} {wide_bar} {bytes_per_sec}",
        )?),
        None => ProgressBar::no_length(),
    };
    let mut reading = door.begin(format);
    let mut before = 0;
    while let Some(part) = source.part()? {
        let behind = |behind| bar.set_position((before + behind) as u64);
        reading.hold(tank, &part, behind).await?;
        before += part.len();
    }
    bar.finish_and_clear();
    Ok(reading.report())
}

fn tell(file: &Path, report: &FileReport, complaints: &mut Complaints) -> Result<(), Failure> {
    let name = shown(&file.display().to_string());
    let counts: Vec<String> = report
        .counts()
        .into_iter()
        .map(|(word, count)| format!("{} {word}", HumanCount(count)))
        .collect();
    let counts = counts.join(", ");
    match report.rows_read_as {
        Some(charset) => say(format_args!("{name}: {counts}; rows read as {charset}"))?,
        None => say(format_args!("{name}: {counts}"))?,
    }
    for remark in &report.remarks {
        complaints.tell(&format!("{name}: {remark}").into());
    }
    if report.more() > 0 {
        complaints.tell(&format!("{name}: and {} more", report.more()).into());
    }
    if report.held + report.still_held > 0 {
        let advice = "cistern list --state held shows what waits, cistern retry lets it go on";
        Complaints::note(&format!("{name}: {advice}").into());
    }
    Ok(())
}
