//! The wish to stop, from a signal or from the program that runs another.

use std::time::Duration;

pub use tokio_util::sync::CancellationToken as Shutdown;

/// How long the last thing that a program does may take.
const FINISH_PATIENCE: Duration = Duration::from_secs(5);

/// A wish to stop that SIGTERM or Ctrl-C expresses. Must be called inside a tokio runtime.
pub fn on_signal() -> Shutdown {
    let shutdown = Shutdown::new();
    let wish = shutdown.clone();
    tokio::spawn(async move {
        signal().await;
        tracing::info!("stopping");
        wish.cancel();
    });
    shutdown
}

/// Waits for the last thing that a program does, such as to close its database; but not for long,
/// because what was acknowledged is durable already.
pub async fn finish(last: impl Future<Output = ()>) {
    if tokio::time::timeout(FINISH_PATIENCE, last).await.is_err() {
        tracing::warn!("ending with the database still busy");
    }
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

#[cfg(not(unix))]
async fn signal() {
    drop(tokio::signal::ctrl_c().await);
}
