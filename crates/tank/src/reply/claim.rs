//! `claim_replies`: the replies that one listener is to deliver.

use std::collections::BTreeMap;

use serde_json::json;

use super::{DueReply, OpenLink, Replies, ReplyClaim};
use crate::arrival::Answer;
use crate::database::{Database, SHORT_LIMIT};
use crate::error::TankError;
use crate::instant::iso;
use crate::session::{Arg, Engine, Row, Session};
use crate::state::State;
use crate::view::FindingView;

/// How long a claim lasts. A listener that has not settled by then is taken for dead.
const LEASE_MS: i64 = 30_000;
/// So long a reply is left to the link that brought its message, and the listener that has it.
const LINK_GRACE_MS: i64 = 2_000;
/// How much of a message its reply may need.
const HEAD_BYTES: usize = 64 * 1024;
const ACTION: &str = "claim replies";

impl Database {
    /// A listener asks often, and must not take SQLite's write lock where nothing can be delivered.
    pub(crate) async fn claim_due(&self, claim: &ReplyClaim) -> Result<Replies, TankError> {
        let fault = |error| TankError::database(ACTION, &error);
        let mut session = self.read(SHORT_LIMIT).await.map_err(fault)?;
        let waiting = look(&mut session, claim).await.map_err(fault)?;
        session.leave(ACTION).await?;
        let mut replies = Replies {
            outstanding: waiting.outstanding,
            ..Replies::default()
        };
        if waiting.due.is_empty() && !waiting.is_late {
            return Ok(replies);
        }
        let mut session = self.write(SHORT_LIMIT).await.map_err(fault)?;
        if waiting.is_late {
            replies.given_up = give_up(&mut session, claim).await.map_err(fault)?;
        }
        replies.due = take(&mut session, claim, &waiting.due)
            .await
            .map_err(fault)?;
        session.commit(ACTION).await?;
        Ok(replies)
    }
}

struct Waiting {
    outstanding: i64,
    is_late: bool,
    due: Vec<i64>,
}

async fn look(session: &mut Session, claim: &ReplyClaim) -> Result<Waiting, sqlx::Error> {
    let sql = "SELECT COUNT(*), MIN(due_ms) FROM reply WHERE feed = $1 AND outcome = ''";
    let rows = session.query(sql, vec![claim.feed.as_str().into()]).await?;
    let row = rows.first().ok_or(sqlx::Error::RowNotFound)?;
    let (outstanding, oldest) = (row.int(0)?, row.maybe_int(1)?);
    Ok(Waiting {
        outstanding,
        is_late: oldest.is_some_and(|oldest| oldest < claim.due_since),
        due: match oldest {
            Some(_) => due(session, claim).await?,
            None => Vec::new(),
        },
    })
}

/// What is free, settled or written already, and has a way to leave.
async fn due(session: &mut Session, claim: &ReplyClaim) -> Result<Vec<i64>, sqlx::Error> {
    let mut args = vec![
        claim.feed.as_str().into(),
        Arg::Int(claim.now),
        Arg::Int(i64::try_from(claim.limit).unwrap_or(i64::MAX)),
    ];
    let way = match &claim.links {
        None => String::new(),
        Some(links) => {
            args.extend([
                Arg::Json(links.iter().map(link_row).collect()),
                Arg::Int(claim.now - LINK_GRACE_MS),
            ]);
            way_sql(session.engine())
        }
    };
    let sql = format!(
        "SELECT r.message_id FROM reply r JOIN message m ON m.id = r.message_id
         WHERE r.feed = $1 AND r.outcome = '' AND r.due_ms <= $2 AND r.claimed_until_ms <= $2
           AND (r.code <> '' OR m.state IN ('imported', 'ignored', 'held', 'skipped'))
           {way}
         ORDER BY r.due_ms, r.message_id LIMIT $3"
    );
    let rows = session.query(&sql, args).await?;
    rows.iter().map(|row| row.int(0)).collect()
}

fn link_row(link: &OpenLink) -> serde_json::Value {
    json!([
        link.sending_application,
        link.sending_facility,
        link.peer,
        link.heard_at
    ])
}

/// The link that brought the message; after a while also another on which its sender was heard
/// since.
fn way_sql(engine: Engine) -> String {
    format!(
        "AND EXISTS (
            SELECT 1 FROM {}
            WHERE item.value ->> 0 = m.sending_application
              AND item.value ->> 1 = m.sending_facility
              AND (item.value ->> 2 = m.peer
                   OR (CAST(item.value ->> 3 AS BIGINT) >= m.received_ms AND r.due_ms <= $5)))",
        engine.items(4)
    )
}

async fn give_up(session: &mut Session, claim: &ReplyClaim) -> Result<u64, sqlx::Error> {
    let sql = "UPDATE reply SET outcome = 'given_up', done_at = $4
               WHERE feed = $1 AND outcome = '' AND due_ms < $2 AND claimed_until_ms <= $3";
    let args = vec![
        claim.feed.as_str().into(),
        Arg::Int(claim.due_since),
        Arg::Int(claim.now),
        iso(claim.now).as_str().into(),
    ];
    session.execute(sql, args).await
}

/// Claims what nobody else has claimed since the look. Two listeners never wait for each other's
/// rows.
async fn take(
    session: &mut Session,
    claim: &ReplyClaim,
    ids: &[i64],
) -> Result<Vec<DueReply>, sqlx::Error> {
    let lock = match session.engine() {
        Engine::Sqlite => "",
        Engine::Postgres => "FOR UPDATE SKIP LOCKED",
    };
    let sql = format!(
        "UPDATE reply SET worker = $1, claimed_until_ms = $2 WHERE message_id IN (
             SELECT message_id FROM reply
             WHERE outcome = '' AND claimed_until_ms <= $3
               AND message_id IN (SELECT CAST(item.value AS BIGINT) FROM {}) {lock})
         RETURNING message_id",
        session.engine().items(4)
    );
    let args = vec![
        claim.worker.as_str().into(),
        Arg::Int(claim.now + LEASE_MS),
        Arg::Int(claim.now),
        Arg::Json(json!(ids)),
    ];
    let rows = session.query(&sql, args).await?;
    let taken: Result<Vec<i64>, _> = rows.iter().map(|row| row.int(0)).collect();
    read(session, &taken?).await
}

async fn read(session: &mut Session, ids: &[i64]) -> Result<Vec<DueReply>, sqlx::Error> {
    let mut findings = findings(session, ids).await?;
    let sql = format!(
        "SELECT m.id, m.received_ms, m.peer, m.sending_application, m.sending_facility, r.wanted,
                m.state, substr(m.body, 1, {HEAD_BYTES}), r.code, r.bytes, r.due_ms
         FROM reply r JOIN message m ON m.id = r.message_id
         WHERE r.message_id IN (SELECT CAST(item.value AS BIGINT) FROM {})
         ORDER BY r.due_ms, r.message_id",
        session.engine().items(1)
    );
    let mut replies = Vec::with_capacity(ids.len());
    for row in session.query(&sql, vec![Arg::Json(json!(ids))]).await? {
        let message_id = row.int(0)?;
        replies.push(DueReply {
            message_id,
            due_at: row.int(10)?,
            received_at: row.int(1)?,
            peer: row.text(2)?,
            sending_application: row.text(3)?,
            sending_facility: row.text(4)?,
            wanted: row.text(5)?,
            state: State::parse(&row.text(6)?).ok_or(sqlx::Error::RowNotFound)?,
            head: row.bytes(7)?,
            findings: findings.remove(&message_id).unwrap_or_default(),
            written: written(row.text(8)?, &row)?,
        });
    }
    Ok(replies)
}

fn written(code: String, row: &Row) -> Result<Option<Answer>, sqlx::Error> {
    if code.is_empty() {
        return Ok(None);
    }
    let bytes = row.bytes(9)?;
    Ok(Some(Answer { code, bytes }))
}

async fn findings(
    session: &mut Session,
    ids: &[i64],
) -> Result<BTreeMap<i64, Vec<FindingView>>, sqlx::Error> {
    let sql = format!(
        "SELECT message_id, severity, kind, path, sentence FROM finding
         WHERE message_id IN (SELECT CAST(item.value AS BIGINT) FROM {}) ORDER BY id",
        session.engine().items(1)
    );
    let mut findings: BTreeMap<i64, Vec<FindingView>> = BTreeMap::new();
    for row in session.query(&sql, vec![Arg::Json(json!(ids))]).await? {
        findings.entry(row.int(0)?).or_default().push(FindingView {
            severity: row.text(1)?,
            kind: row.text(2)?,
            path: row.text(3)?,
            sentence: row.text(4)?,
        });
    }
    Ok(findings)
}
