//! `cistern`: everything one does at a prompt.

mod account;
mod check;
mod check_message;
mod complaints;
mod decide;
mod demo;
mod gaps;
mod get;
mod hold;
mod input;
mod links;
mod list;
mod map;
mod mask;
mod ordinals;
mod parts;
mod retry;
mod rewrite;
mod say;
mod send;
mod sequence;
mod set;
mod show;
mod shown;
mod simulate;
mod source;
mod table;
mod tls;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use service::{Config, report};

use crate::complaints::Told;
use crate::say::NobodyReads;

/// What a subcommand may fail with; its causes are printed below it.
pub(crate) type Failure = Box<dyn std::error::Error>;

/// The Cistern toolbox.
#[derive(Parser)]
#[command(name = "cistern", version, arg_required_else_help = true)]
struct Arguments {
    /// The configuration; without it cistern.toml where there is one, else the defaults
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Demo),
    Check(check::Check),
    Show(show::Show),
    Get(get::Get),
    Set(set::Set),
    CheckMessage(check_message::CheckMessage),
    Mask(mask::Mask),
    Hold(hold::Hold),
    Send(send::Send),
    Simulate(simulate::Simulate),
    List(list::List),
    Links(links::Links),
    Gaps(gaps::Gaps),
    Map(map::Map),
    Account(account::Account),
    Retry(retry::Retry),
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<NobodyReads>() => ExitCode::SUCCESS,
        Err(error) if error.is::<Told>() => ExitCode::FAILURE,
        Err(error) => {
            report("cistern", &*error);
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    let config = || Config::load(arguments.config.as_deref());
    match arguments.command {
        Command::Demo(demo) => demo.run().await,
        Command::Check(check) => check.run(&config()?).await,
        Command::Show(show) => show.run(config).await,
        Command::Get(get) => get.run(),
        Command::Set(set) => set.run(),
        Command::CheckMessage(check) => check.run(),
        Command::Mask(mask) => mask.run(),
        Command::Hold(hold) => hold.run(&config()?).await,
        Command::Send(send) => send.run(config).await,
        Command::Simulate(simulate) => simulate.run(config).await,
        Command::List(list) => list.run(&config()?).await,
        Command::Links(links) => links.run(&config()?).await,
        Command::Gaps(gaps) => gaps.run(&config()?).await,
        Command::Map(map) => map.run(&config()?).await,
        Command::Account(account) => account.run(&config()?).await,
        Command::Retry(retry) => retry.run(&config()?).await,
    }
}
