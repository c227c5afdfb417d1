//! `cistern send`: send messages to a listener and show its answers.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use hl7::{Message, path};
use mllp::{Client, ClientError, ClientOptions};
use service::{Config, ConfigError};
use wire::{Stream, Tls};

use crate::Failure;
use crate::say::say;
use crate::shown::shown;
use crate::tls::TlsArguments;

/// Send the messages of files over MLLP and show the answers
#[derive(Args)]
pub(crate) struct Send {
    /// Files of one message or several
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Where to; the first feed of the configuration where it is not given
    #[arg(long)]
    to: Option<String>,
    #[command(flatten)]
    tls: TlsArguments,
    /// How long to wait for an answer, in seconds
    #[arg(long, default_value_t = 30)]
    answer_secs: u64,
}

/// The longest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

impl Send {
    pub(crate) async fn run(
        self,
        config: impl FnOnce() -> Result<Config, ConfigError>,
    ) -> Result<(), Failure> {
        let to = address(self.to, config)?;
        let tls = self.tls.load(&to)?;
        let patience = Duration::from_secs(self.answer_secs);
        let mut client = connect(&to, tls.as_ref(), patience).await?;
        for file in self.files {
            let text = std::fs::read(&file)?;
            for (number, message) in hl7::split_messages(&text).enumerate() {
                let answer = client
                    .send(message, |answer| answers(answer, message))
                    .await?;
                say(format_args!(
                    "{} {}: {}",
                    file.display(),
                    number + 1,
                    shown(&verdict(&answer))
                ))?;
            }
        }
        Ok(())
    }
}

/// Where to send: the address that is given, else that of the first feed of the configuration.
pub(crate) fn address(
    given: Option<String>,
    config: impl FnOnce() -> Result<Config, ConfigError>,
) -> Result<String, Failure> {
    if let Some(given) = given {
        return Ok(given);
    }
    let config = config()?;
    let mut addresses = config.feeds().into_iter().filter_map(|feed| feed.address);
    let first = addresses.next();
    first.ok_or_else(|| "no feed has an address: say --to".into())
}

/// A link to a listener.
pub(crate) async fn connect(
    to: &str,
    tls: Option<&Tls>,
    answer_timeout: Duration,
) -> Result<Client<Stream>, Failure> {
    let options = ClientOptions {
        max_frame_bytes: ANSWER_BYTES_MAX,
        answer_timeout,
    };
    let stream = Stream::open(to, tls, answer_timeout).await;
    let stream = stream.map_err(ClientError::Connect)?;
    Ok(Client::over(stream, options))
}

/// Whether an answer is about this message: MSA-2 repeats its MSH-10.
pub(crate) fn answers(answer: &[u8], message: &[u8]) -> bool {
    let answered = Message::parse(answer).ok().and_then(|answer| {
        answer
            .get(&path!("MSA-2"))
            .value()
            .map(|value| value.raw().to_vec())
    });
    let asked = hl7::Header::parse(message).map(|header| header.control_id().to_vec());
    answered.unwrap_or_default() == asked.unwrap_or_default()
}

/// MSA-1, and what the answer says to people.
pub(crate) fn verdict(answer: &[u8]) -> String {
    let Ok(answer) = Message::parse(answer) else {
        return "not an answer".to_owned();
    };
    let part = |path| {
        let value = answer.get(&path).value();
        value.map(|value| String::from_utf8_lossy(value.raw()).into_owned())
    };
    let code = part(path!("MSA-1")).unwrap_or_default();
    match part(path!("ERR-8")).or_else(|| part(path!("MSA-3"))) {
        Some(sentence) => format!("{code} ({sentence})"),
        None => code,
    }
}
