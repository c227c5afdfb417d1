//! The importer: claims what the tank holds, maps it, and settles it into care records.
//!
//! [`Rules`] are what the user configured, [`Importer`] applies them batch by batch, and [`run`]
//! does so until it is told to stop. Any number of importers may share one tank.

mod charset;
mod importer;
mod rules;

use std::sync::Arc;
use std::time::Duration;

use service::{Config, Shutdown};
use tank::{FailureClass, HoldingTank, TankError};

pub use importer::Importer;
pub use rules::{Rules, RulesError};

/// How long the importer rests after the tank failed, in milliseconds at first and at most.
const REST_MS: (u64, u64) = (250, 10_000);

/// Why the importer stopped by itself.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImporterError {
    /// The mappings or tables are wrong.
    #[error("the mappings cannot be used")]
    Rules(#[from] RulesError),
    /// The tank cannot be used.
    #[error("the database cannot be used")]
    Tank(#[from] TankError),
}

/// Imports until it is told to stop. A tank that is out of reach is tried again and again.
pub async fn run(
    config: Config,
    tank: Arc<dyn HoldingTank>,
    shutdown: Shutdown,
) -> Result<(), ImporterError> {
    let poll = Duration::from_millis(config.importer.poll_millis);
    let rules = Rules::load(&config.importer)?;
    let mut importer = Importer::start(tank, rules, &config).await?;
    tracing::info!("importing");
    let mut rest_ms = REST_MS.0;
    while !shutdown.is_cancelled() {
        let pause = match importer.step().await {
            Ok(settled) => {
                rest_ms = REST_MS.0;
                if settled.is_some() {
                    Duration::ZERO
                } else {
                    poll
                }
            }
            Err(error) if error.class() == FailureClass::Fatal => return Err(error.into()),
            Err(error) => {
                tracing::error!(%error, "batch not settled");
                let rest = Duration::from_millis(rest_ms);
                rest_ms = (rest_ms * 2).min(REST_MS.1);
                rest
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    Ok(())
}
