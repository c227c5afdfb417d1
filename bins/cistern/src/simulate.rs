//! `cistern simulate`: send invented messages to a listener, and check every answer.

mod outcome;

use std::error::Error;
use std::path::PathBuf;
use std::pin::pin;
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use service::{Config, ConfigError, now_millis, on_signal};
use simulator::{Dial, End, MessageType, Misbehaviour, Plan, Report, RunError};
use wire::TlsError;

use crate::Failure;
use crate::say::{say, say_lines};
use crate::send::address;
use crate::tls::TlsArguments;

/// Send invented messages over MLLP, well and badly behaved, and check every answer
#[derive(Args)]
pub(crate) struct Simulate {
    /// Where to; the first feed of the configuration where it is not given
    #[arg(long, value_name = "HOST:PORT")]
    to: Option<String>,
    #[command(flatten)]
    tls: TlsArguments,
    /// Connections that are open at once
    #[arg(long, default_value_t = 4)]
    links: u32,
    /// Messages of a link that may be unanswered; 1 is lock-step
    #[arg(long, default_value_t = 1)]
    in_flight: usize,
    /// Messages a second over all links; without it, as fast as answers come
    #[arg(long)]
    rate: Option<f64>,
    /// Stop after so many messages
    #[arg(long, default_value_t = 1000)]
    messages: u64,
    /// Stop after so many seconds instead
    #[arg(long, conflicts_with = "messages")]
    seconds: Option<u64>,
    /// What all that is invented grows from: the same seed sends the same messages
    #[arg(long)]
    seed: Option<u64>,
    /// Only these types, such as ORU,ADT^A08
    #[arg(long, value_delimiter = ',')]
    types: Vec<MessageType>,
    /// People that the messages are about
    #[arg(long, default_value_t = 100)]
    clients: u32,
    /// Fill shorter messages up to this size
    #[arg(long, default_value_t = 0)]
    bytes: usize,
    /// Misbehave: NAME[=SHARE] of the messages, a hundredth without a SHARE; all for each way
    #[arg(long, value_delimiter = ',', value_name = "NAME[=SHARE]", value_parser = misbehaviours)]
    misbehave: Vec<Shares>,
    /// How long to wait for an answer, in seconds
    #[arg(long, default_value_t = 30)]
    answer_secs: u64,
    /// The longest message that the listener takes, for `oversized`
    #[arg(long, default_value_t = 16 * 1024 * 1024)]
    frame_limit_bytes: usize,
    /// Write what was accepted to a file: control id, tab, SHA-256 of the message
    #[arg(long, value_name = "FILE")]
    acknowledged: Option<PathBuf>,
    /// The report as JSON
    #[arg(long)]
    json: bool,
    /// No progress, and without --json a report only if something is wrong
    #[arg(long)]
    quiet: bool,
}

/// What one `NAME=SHARE` asks for.
type Shares = Vec<(Misbehaviour, f64)>;

const SHARE: f64 = 0.01;
/// How often the progress is shown.
const TICK: Duration = Duration::from_millis(200);

impl Simulate {
    pub(crate) async fn run(
        mut self,
        config: impl FnOnce() -> Result<Config, ConfigError>,
    ) -> Result<(), Failure> {
        let (json, quiet) = (self.json, self.quiet);
        let to = address(self.to.take(), config)?;
        let plan = self.plan(to)?;
        let seed = plan.seed;
        let bar = if quiet {
            ProgressBar::hidden()
        } else {
            progress(&plan)?
        };
        let (report, unwritten) = match simulate(plan, &bar).await {
            Err(RunError::Unwritten { report, source }) => (*report, Some(source)),
            simulated => (simulated?, None),
        };
        if json {
            say(outcome::json(seed, &report))?;
        } else if !quiet || !report.is_good() {
            say_lines(outcome::text(seed, &report))?;
        }
        if let Some(error) = unwritten {
            Err(format!("the accepted messages are not written down: {error}").into())
        } else if report.is_good() {
            Ok(())
        } else {
            Err("not every message was answered as it should be: see the report".into())
        }
    }

    fn plan(self, to: String) -> Result<Plan, TlsError> {
        Ok(Plan {
            tls: self.tls.load(&to)?,
            links: self.links,
            in_flight: self.in_flight,
            rate: self.rate,
            end: match self.seconds {
                Some(seconds) => End::After(Duration::from_secs(seconds)),
                None => End::Messages(self.messages),
            },
            seed: self.seed.unwrap_or_else(|| now_millis().unsigned_abs()),
            types: self.types,
            clients: self.clients,
            bytes: self.bytes,
            misbehaviours: self.misbehave.into_iter().flatten().collect(),
            answer_timeout: Duration::from_secs(self.answer_secs),
            frame_limit_bytes: self.frame_limit_bytes,
            acknowledged: self.acknowledged,
            ..Plan::new(to)
        })
    }
}

/// Reads `NAME`, `NAME=SHARE` or `all=SHARE`.
fn misbehaviours(text: &str) -> Result<Shares, Box<dyn Error + Send + Sync>> {
    let (name, share) = match text.split_once('=') {
        Some((name, share)) => (name, share.parse()?),
        None => (text, SHARE),
    };
    if name == "all" {
        return Ok(Misbehaviour::ALL.map(|each| (each, share)).to_vec());
    }
    Ok(vec![(name.parse()?, share)])
}

/// A bar up to the number of messages, or a line where there is no such number.
fn progress(plan: &Plan) -> Result<ProgressBar, Failure> {
    let (bar, template) = match plan.end {
        End::Messages(messages) => (
            ProgressBar::new(messages),
            "  {bar:40} {pos}/{len} answers, {per_sec}",
        ),
        End::After(_) => (
            ProgressBar::no_length(),
            "  {elapsed}: {pos} answers, {per_sec}",
        ),
    };
    Ok(bar.with_style(ProgressStyle::with_template(template)?))
}

/// Follows the plan; the first signal ends it in order.
async fn simulate(plan: Plan, bar: &ProgressBar) -> Result<Report, RunError> {
    let dial = Dial::default();
    let signal = on_signal();
    let mut running = pin!(simulator::run(plan, &dial));
    let mut ticks = tokio::time::interval(TICK);
    let report = loop {
        tokio::select! {
            report = &mut running => break report?,
            () = signal.cancelled() => dial.stop(),
            _ = ticks.tick() => bar.set_position(dial.answered()),
        }
        if signal.is_cancelled() {
            break running.await?;
        }
    };
    bar.finish_and_clear();
    Ok(report)
}
