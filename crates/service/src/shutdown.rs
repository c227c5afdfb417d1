//! The wish to stop, from a signal or from the program that runs another.

pub use tokio_util::sync::CancellationToken as Shutdown;

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
