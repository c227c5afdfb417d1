//! `claim`: the oldest waiting messages, for one worker at a time.

use crate::batch::{Batch, Claimed};
use crate::database::{Database, SHORT_LIMIT};
use crate::error::TankError;
use crate::read_as::ReadAs;
use crate::session::{Arg, Engine, Session};

/// How long a claim lasts. A worker that has not settled by then is taken for dead.
const LEASE_MS: i64 = 30_000;
/// So much of message bodies goes into a batch, though at least one message: an importer holds a
/// whole batch in memory.
const BATCH_BYTES_MAX: i64 = 64 << 20;
const ACTION: &str = "claim messages";

impl Database {
    pub(crate) async fn claim_batch(
        &self,
        worker: &str,
        limit: usize,
        now: i64,
    ) -> Result<Batch, TankError> {
        let fault = |error| TankError::database(ACTION, &error);
        let mut session = self.read(SHORT_LIMIT).await.map_err(fault)?;
        let waiting = anything_waits(&mut session, now).await.map_err(fault)?;
        session.leave(ACTION).await?;
        if !waiting {
            return Ok(Batch {
                worker: worker.to_owned(),
                decisions: 0,
                messages: Vec::new(),
            });
        }
        let mut session = self.write(SHORT_LIMIT).await.map_err(fault)?;
        let batch = take(&mut session, worker, limit, now)
            .await
            .map_err(fault)?;
        session.commit(ACTION).await?;
        Ok(batch)
    }
}

/// An idle importer asks often, and must not take SQLite's write lock for it.
async fn anything_waits(session: &mut Session, now: i64) -> Result<bool, sqlx::Error> {
    let sql = "SELECT id FROM message
               WHERE state IN ('received', 'failed') AND claimed_until_ms <= $1 AND retry_at_ms <= $1
               LIMIT 1";
    Ok(!session.query(sql, vec![Arg::Int(now)]).await?.is_empty())
}

/// A message waits while an earlier one of its lane is in another worker's hands. The conditions
/// stand twice because PostgreSQL checks the outer ones again on a row that a late settle has just
/// changed. It locks the rows by number, as a settle does: in any other order the two could each
/// wait for a row of the other's.
fn take_sql(engine: Engine) -> String {
    let lock = match engine {
        Engine::Sqlite => "",
        Engine::Postgres => "FOR NO KEY UPDATE OF m",
    };
    format!(
        "
    UPDATE message SET worker = $1, claimed_until_ms = $2 WHERE id IN (
        SELECT id FROM (
            SELECT id, MIN(id) OVER () AS oldest, SUM(body_bytes) OVER (ORDER BY id) AS bytes
            FROM (
                SELECT m.id, m.body_bytes FROM message m
                WHERE m.state IN ('received', 'failed')
                  AND m.claimed_until_ms <= $3 AND m.retry_at_ms <= $3
                  AND NOT EXISTS (
                      SELECT 1 FROM message earlier
                      WHERE m.lane <> '' AND earlier.lane = m.lane AND earlier.id < m.id
                        AND earlier.worker <> '' AND earlier.state IN ('received', 'failed')
                        AND earlier.claimed_until_ms > $3)
                ORDER BY m.id LIMIT $4 {lock}) AS waiting) AS measured
        WHERE bytes <= $5 OR id = oldest)
      AND state IN ('received', 'failed') AND claimed_until_ms <= $3
    RETURNING id, feed, received_ms, body, attempts, charset, charset_from"
    )
}

async fn take(
    session: &mut Session,
    worker: &str,
    limit: usize,
    now: i64,
) -> Result<Batch, sqlx::Error> {
    if session.engine() == Engine::Postgres {
        // Two claims at once could otherwise split a lane between them.
        session
            .execute("SELECT pg_advisory_xact_lock(7, 1)", Vec::new())
            .await?;
    }
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let args = vec![
        worker.into(),
        Arg::Int(now + LEASE_MS),
        Arg::Int(now),
        Arg::Int(limit),
        Arg::Int(BATCH_BYTES_MAX),
    ];
    let mut messages = Vec::new();
    for row in session.query(&take_sql(session.engine()), args).await? {
        messages.push(Claimed {
            id: row.int(0)?,
            feed: row.text(1)?,
            received_at: row.int(2)?,
            body: row.bytes(3)?,
            attempts: row.int(4)?,
            read_as: ReadAs::of(&row, 5, 6)?,
        });
    }
    messages.sort_by_key(|message| message.id);
    let decisions = newest_decision(session).await?;
    Ok(Batch {
        worker: worker.to_owned(),
        decisions,
        messages,
    })
}

/// The number of the newest decision, 0 before the first.
pub(crate) async fn newest_decision(session: &mut Session) -> Result<i64, sqlx::Error> {
    let rows = session
        .query("SELECT COALESCE(MAX(id), 0) FROM decision", Vec::new())
        .await?;
    rows.first().map_or(Ok(0), |row| row.int(0))
}
