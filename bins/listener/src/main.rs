//! `cistern-listener`: reads the configuration, opens the tank and the doors, and runs.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use cistern_listener::{Door, run};
use clap::Parser;
use service::{Config, finish, on_signal, report, start_log};
use tank::Database;

/// Receives HL7 v2 over MLLP and acknowledges what is durably kept.
#[derive(Parser)]
#[command(name = "cistern-listener", version)]
struct Arguments {
    /// The configuration; without it cistern.toml where there is one, else the defaults
    #[arg(long)]
    config: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match listen(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report("cistern-listener", &*error);
            ExitCode::FAILURE
        }
    }
}

async fn listen(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::load(arguments.config.as_deref())?;
    start_log(&config.log);
    config.database.check_files()?;
    let database = Database::open(&config.database.url).await?;
    let mut doors = Vec::new();
    for feed in config.feeds() {
        doors.push(Door::bind(&feed).await?);
    }
    run(
        config.listener,
        doors,
        Arc::new(database.clone()),
        on_signal(),
    )
    .await?;
    finish(database.close()).await;
    Ok(())
}
