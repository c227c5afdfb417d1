//! What is asked over HTTP: whether the listener lives, is ready, what it counted, what links did.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, StatusCode};
use axum::routing::get;
use serde::Serialize;
use service::Shutdown;
use tank::HoldingTank;
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::alarm::Panicked;
use crate::metrics::{FeedMetrics, Metrics};
use crate::recorder::Recorder;

/// How long the database may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(3);

/// The format that Prometheus asks for.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What is asked about.
pub(crate) struct Status {
    pub(crate) metrics: Metrics,
    pub(crate) recorder: Recorder,
    pub(crate) feeds: Vec<Arc<FeedMetrics>>,
    pub(crate) tank: Arc<dyn HoldingTank>,
    pub(crate) shutdown: Shutdown,
    pub(crate) panicked: Panicked,
}

impl Status {
    /// Answers whoever asks, without end.
    pub(crate) async fn serve(self, socket: TcpListener) {
        if let Ok(address) = socket.local_addr() {
            tracing::info!(%address, "serving status");
        }
        let router = Router::new()
            .route("/healthz", get(|| async { "alive\n" }))
            .route("/readyz", get(readiness))
            .route("/metrics", get(metrics))
            .route("/links", get(links))
            .route("/links/{number}", get(link))
            .with_state(Arc::new(self));
        if let Err(error) = axum::serve(socket, router).await {
            tracing::error!(kind = ?error.kind(), "status is no longer served");
        }
    }
}

/// Ready to take messages: not stopping, no commit has failed just now, and the database answers.
async fn readiness(State(status): State<Arc<Status>>) -> (StatusCode, &'static str) {
    if status.panicked.feed().is_some() {
        let word = "a task of a feed panicked: stopping\n";
        (StatusCode::SERVICE_UNAVAILABLE, word)
    } else if status.shutdown.is_cancelled() {
        (StatusCode::SERVICE_UNAVAILABLE, "stopping\n")
    } else if status.metrics.commits.is_failing() {
        (StatusCode::SERVICE_UNAVAILABLE, "the last commit failed\n")
    } else if !matches!(timeout(PATIENCE, status.tank.get(0)).await, Ok(Ok(_))) {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n",
        )
    } else {
        (StatusCode::OK, "ready\n")
    }
}

async fn metrics(State(status): State<Arc<Status>>) -> ([(HeaderName, &'static str); 1], String) {
    let now = service::now_millis();
    for feed in &status.feeds {
        feed.look(now);
    }
    ([(CONTENT_TYPE, OPEN_METRICS)], status.metrics.text())
}

async fn links(State(status): State<Arc<Status>>) -> Result<Json, StatusCode> {
    json(&status.recorder.report())
}

async fn link(
    State(status): State<Arc<Status>>,
    Path(number): Path<u64>,
) -> Result<Json, StatusCode> {
    let link = status.recorder.link(number);
    json(&link.ok_or(StatusCode::NOT_FOUND)?)
}

type Json = ([(HeaderName, &'static str); 1], String);

fn json(value: &impl Serialize) -> Result<Json, StatusCode> {
    let text = serde_json::to_string(value);
    let text = text.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(([(CONTENT_TYPE, "application/json")], text))
}
