//! `cistern-importer`: reads the configuration, opens the tank, and runs.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use cistern_importer::run;
use clap::Parser;
use service::{Config, finish, on_signal, report, start_log};
use tank::Database;

/// Imports what the holding tank holds into care records.
#[derive(Parser)]
#[command(name = "cistern-importer", version)]
struct Arguments {
    /// The configuration; without it cistern.toml where there is one, else the defaults
    #[arg(long)]
    config: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match import(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report("cistern-importer", &*error);
            ExitCode::FAILURE
        }
    }
}

async fn import(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::load(arguments.config.as_deref())?;
    start_log(&config.log);
    config.database.check_files()?;
    let database = Database::open(&config.database.url).await?;
    run(config, Arc::new(database.clone()), on_signal()).await?;
    finish(database.close()).await;
    Ok(())
}
