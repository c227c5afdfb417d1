//! A whole run: opens the links, lets them work, and adds up what came of them.

use std::io;
use std::panic::resume_unwind;
use std::sync::Arc;

use thiserror::Error;
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use crate::acknowledged::Acknowledged;
use crate::dial::Dial;
use crate::link::{Connection, Link, Shared};
use crate::messages::World;
use crate::plan::{Plan, PlanError};
use crate::report::Report;

/// How many connections are opened at once: more could overflow the listener's queue.
const CONNECTING_MAX: u32 = 64;

/// Why there is no report.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RunError {
    /// The plan cannot be followed.
    #[error("this cannot be simulated")]
    Plan(#[from] PlanError),
    /// Nobody listens, too few file handles are left for so many links, or TLS did not begin.
    #[error("cannot connect to {to}")]
    Connect {
        /// Where to.
        to: String,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The file of acknowledged messages cannot be opened; nothing was sent.
    #[error("cannot open the file of acknowledged messages")]
    Acknowledged(#[source] io::Error),
    /// The file of acknowledged messages cannot be written; the run went on to its end.
    #[error("cannot write the acknowledged messages")]
    Unwritten {
        /// What came of the run all the same.
        report: Box<Report>,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

/// Follows a plan to its end, or until the dial stops it.
///
/// The messages of all links are sent by tasks of the current runtime. What is kept in memory does
/// not grow with the number of messages.
pub async fn run(plan: Plan, dial: &Dial) -> Result<Report, RunError> {
    plan.check()?;
    let connections = connect(&plan).await?;
    let acknowledged = match &plan.acknowledged {
        Some(path) => Some(Acknowledged::create(path).map_err(RunError::Acknowledged)?),
        None => None,
    };
    let shared = Arc::new(Shared {
        world: Arc::new(World::of(&plan)),
        dial: dial.clone(),
        start: Instant::now(),
        acknowledged,
        plan,
    });
    let mut links = JoinSet::new();
    for (number, connection) in connections {
        links.spawn(Link::new(shared.clone(), number).run(connection));
    }
    let mut report = Report::default();
    while let Some(link) = links.join_next().await {
        report.add(&whole(link));
    }
    match shared.acknowledged.as_ref().map(Acknowledged::finish) {
        Some(Err(source)) => Err(RunError::Unwritten {
            report: Box::new(report),
            source,
        }),
        Some(Ok(())) | None => Ok(report),
    }
}

async fn connect(plan: &Plan) -> Result<Vec<(u32, Connection)>, RunError> {
    let mut connections = Vec::new();
    let mut connecting = JoinSet::new();
    for link in 0..plan.links {
        if link >= CONNECTING_MAX
            && let Some(connected) = connecting.join_next().await
        {
            connections.push(whole(connected)?);
        }
        let plan = plan.clone();
        connecting.spawn(async move {
            match Connection::open(&plan).await {
                Ok(connection) => Ok((link, connection)),
                Err(source) => Err(RunError::Connect {
                    to: plan.to,
                    source,
                }),
            }
        });
    }
    while let Some(connected) = connecting.join_next().await {
        connections.push(whole(connected)?);
    }
    Ok(connections)
}

/// What a task gave; a panic in it goes on here.
fn whole<T>(joined: Result<T, JoinError>) -> T {
    joined.unwrap_or_else(|error| resume_unwind(error.into_panic()))
}
