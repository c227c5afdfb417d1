//! Listener and importer in the demo's own process.

use std::sync::Arc;

use importer::ImporterError;
use listener::{Door, ListenerError};
use service::{Config, Shutdown};
use tank::Database;
use tokio::task::{JoinError, JoinHandle};

use crate::Failure;

/// Listener and importer, each with connections of its own.
pub(super) struct Programs {
    shutdown: Shutdown,
    listener: JoinHandle<Result<(), ListenerError>>,
    importer: JoinHandle<Result<(), ImporterError>>,
    databases: Vec<Database>,
}

impl Programs {
    /// Starts both; `door` is where the listener listens.
    pub(super) async fn start(config: Config, door: Door, url: &str) -> Result<Programs, Failure> {
        let shutdown = Shutdown::new();
        let (holding, importing) = (Database::open(url).await?, Database::open(url).await?);
        let databases = vec![holding.clone(), importing.clone()];
        let listener = config.listener.clone();
        let listener = listener::run(listener, vec![door], Arc::new(holding), shutdown.clone());
        let importer = importer::run(config, Arc::new(importing), shutdown.clone());
        Ok(Programs {
            shutdown,
            listener: tokio::spawn(listener),
            importer: tokio::spawn(importer),
            databases,
        })
    }

    /// What `work` comes to, or the error of the program that ends before it.
    pub(super) async fn during<T>(
        &mut self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            biased;
            ended = &mut self.listener => Err(early("listener", ended)),
            ended = &mut self.importer => Err(early("importer", ended)),
            done = work => done,
        }
    }

    pub(super) async fn stop(self) -> Result<(), Failure> {
        self.shutdown.cancel();
        self.listener.await??;
        self.importer.await??;
        // Whoever closes an SQLite file last puts its log away.
        for database in &self.databases {
            database.close().await;
        }
        Ok(())
    }
}

fn early<E: std::error::Error + 'static>(
    program: &str,
    ended: Result<Result<(), E>, JoinError>,
) -> Failure {
    match ended {
        Ok(Ok(())) => format!("the {program} ended before the demo").into(),
        Ok(Err(error)) => error.into(),
        Err(error) => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use importer::ImporterError;
    use listener::ListenerError;
    use service::Shutdown;

    use super::Programs;

    fn programs(
        listener: impl Future<Output = Result<(), ListenerError>> + Send + 'static,
        importer: impl Future<Output = Result<(), ImporterError>> + Send + 'static,
    ) -> Programs {
        Programs {
            shutdown: Shutdown::new(),
            listener: tokio::spawn(listener),
            importer: tokio::spawn(importer),
            databases: Vec::new(),
        }
    }

    #[tokio::test]
    async fn a_program_that_ends_ends_the_demo_with_its_error() {
        let mut failed = programs(async { Err(ListenerError::FlushFailed) }, pending());
        let said = failed
            .during::<()>(pending())
            .await
            .map_err(|e| e.to_string());
        assert_eq!(said, Err(ListenerError::FlushFailed.to_string()));

        let mut ended = programs(pending(), async { Ok(()) });
        let said = ended
            .during::<()>(pending())
            .await
            .map_err(|e| e.to_string());
        assert_eq!(said, Err("the importer ended before the demo".to_owned()));
    }

    #[tokio::test]
    async fn work_that_is_done_first_counts() {
        let mut running = programs(pending(), pending());
        let done = running
            .during(async { Ok(7) })
            .await
            .map_err(|e| e.to_string());
        assert_eq!(done, Ok(7));
    }
}
