//! `claim_replies`: the replies that one listener is to deliver.

use std::collections::BTreeMap;

use serde_json::json;

use super::{DueReply, OpenLink, Replies, ReplyClaim, ReplyWay};
use crate::arrival::Answer;
use crate::database::{Database, SHORT_LIMIT};
use crate::error::TankError;
use crate::instant::iso;
use crate::read_as::ReadAs;
use crate::session::{Arg, Engine, Row, Session, indexed};
use crate::state::State;
use crate::view::FindingView;

/// How long a claim lasts. A listener that has not settled by then is taken for dead.
const LEASE_MS: i64 = 30_000;
/// So long a reply is left to the link that brought its message, and the listener that has it.
const LINK_GRACE_MS: i64 = 2_000;
/// So many are given up in one claim, so that it ends in time however many there are.
const GIVEN_UP_MAX: i64 = 1_000;
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
            is_any_outstanding: waiting.is_any,
            outstanding: waiting.outstanding,
            ..Replies::default()
        };
        if waiting.due.is_empty() && !waiting.is_late {
            return Ok(replies);
        }
        let mut session = self.write(SHORT_LIMIT).await.map_err(fault)?;
        let mut ids = waiting.due;
        if waiting.is_late {
            replies.given_up = give_up(&mut session, claim).await.map_err(fault)?;
            ids = due(&mut session, claim).await.map_err(fault)?;
        }
        if !ids.is_empty() {
            replies.due = take(&mut session, claim, &ids).await.map_err(fault)?;
        }
        session.commit(ACTION).await?;
        Ok(replies)
    }
}

struct Waiting {
    is_any: bool,
    outstanding: Option<i64>,
    /// Whether some are to be given up, which are not looked at as due.
    is_late: bool,
    due: Vec<i64>,
}

async fn look(session: &mut Session, claim: &ReplyClaim) -> Result<Waiting, sqlx::Error> {
    let [outstanding_sql, oldest_sql] = [
        "SELECT COUNT(*) FROM reply WHERE feed = $1 AND outcome = ''",
        "SELECT (SELECT MIN(due_ms) FROM reply WHERE feed = $1 AND outcome = ''),
                (SELECT MIN(due_ms) FROM reply WHERE feed = $1 AND outcome = ''
                 AND due_ms < $2 AND claimed_until_ms <= $3),
                (SELECT 1 FROM reply WHERE feed = $1 AND outcome = '' LIMIT 1) IS NOT NULL",
    ];
    let args = vec![
        claim.feed.as_str().into(),
        Arg::Int(claim.due_since),
        Arg::Int(claim.now),
    ];
    let rows = session.query(oldest_sql, args).await?;
    let row = rows.first().ok_or(sqlx::Error::RowNotFound)?;
    let oldest = row.maybe_int(0)?;
    let is_any = row.maybe_flag(2)?.unwrap_or(false);
    let is_late = match claim.way {
        ReplyWay::Nowhere => is_any,
        _ => row.maybe_int(1)?.is_some(),
    };
    let mut outstanding = None;
    if claim.counts || is_late {
        let feed = vec![claim.feed.as_str().into()];
        let rows = session.query(outstanding_sql, feed).await?;
        outstanding = rows.first().map(|row| row.int(0)).transpose()?;
    }
    Ok(Waiting {
        is_any,
        outstanding,
        is_late,
        due: match oldest {
            Some(_) if !is_late => due(session, claim).await?,
            _ => Vec::new(),
        },
    })
}

/// What is free, settled or written already, not too late, and has a way to leave.
async fn due(session: &mut Session, claim: &ReplyClaim) -> Result<Vec<i64>, sqlx::Error> {
    let mut args = vec![
        claim.feed.as_str().into(),
        Arg::Int(claim.now),
        Arg::Int(i64::try_from(claim.limit).unwrap_or(i64::MAX)),
        Arg::Int(claim.due_since),
    ];
    let engine = session.engine();
    let sql = match &claim.way {
        ReplyWay::Nowhere => return Ok(Vec::new()),
        ReplyWay::Address => due_sql("", ""),
        ReplyWay::Links(links) => {
            args.extend([senders(links), Arg::Int(claim.now - LINK_GRACE_MS)]);
            let (items, way) = (engine.items(5), way_sql(engine));
            match engine {
                Engine::Sqlite => due_sql(&(items + " CROSS JOIN"), &way),
                // Sender by sender: its planner would rather read all replies at once.
                Engine::Postgres => format!(
                    "SELECT due.message_id FROM {items} CROSS JOIN LATERAL ({}) AS due
                     ORDER BY due.due_ms, due.message_id LIMIT $3",
                    due_sql("", &way)
                ),
            }
        }
    };
    let rows = session.query(&sql, args).await?;
    rows.iter().map(|row| row.int(0)).collect()
}

fn due_sql(senders: &str, way: &str) -> String {
    format!(
        "SELECT r.message_id, r.due_ms FROM {senders} reply r
         JOIN message m ON m.id = r.message_id
         WHERE r.feed = $1 AND r.outcome = '' AND r.due_ms >= $4 AND r.due_ms <= $2
           AND r.claimed_until_ms <= $2
           AND (r.code <> '' OR m.state IN ('imported', 'ignored', 'held', 'skipped'))
           {way}
         ORDER BY r.due_ms, r.message_id LIMIT $3"
    )
}

/// Each sender once: as the index has it, as it is, when it was last heard on any link, and the
/// links.
fn senders(links: &[OpenLink]) -> Arg {
    let mut senders: BTreeMap<[&str; 2], (i64, Vec<&str>)> = BTreeMap::new();
    for link in links {
        let sender = [&*link.sending_application, &link.sending_facility];
        let (heard_at, peers) = senders.entry(sender).or_insert((i64::MIN, Vec::new()));
        *heard_at = link.heard_at.max(*heard_at);
        peers.push(&link.peer);
    }
    let mut rows = Vec::with_capacity(senders.len());
    for ([application, facility], (heard_at, peers)) in senders {
        let [first, second] = [application, facility].map(indexed);
        rows.push(json!([
            first,
            second,
            application,
            facility,
            heard_at,
            peers
        ]));
    }
    Arg::Json(rows.into())
}

/// The link that brought the message; after a while also another on which its sender was heard
/// since.
fn way_sql(engine: Engine) -> String {
    let is_own = match engine {
        Engine::Sqlite => "m.peer IN (SELECT value FROM json_each(item.value ->> 5))",
        Engine::Postgres => "jsonb_exists(item.value -> 5, m.peer)",
    };
    format!(
        "AND r.sending_application = item.value ->> 0 AND r.sending_facility = item.value ->> 1
         AND m.sending_application = item.value ->> 2 AND m.sending_facility = item.value ->> 3
         AND ((CAST(item.value ->> 4 AS BIGINT) >= m.received_ms AND r.due_ms <= $6) OR {is_own})"
    )
}

async fn give_up(session: &mut Session, claim: &ReplyClaim) -> Result<u64, sqlx::Error> {
    let mut args = vec![
        claim.feed.as_str().into(),
        iso(claim.now).as_str().into(),
        Arg::Int(GIVEN_UP_MAX),
    ];
    let late = if matches!(claim.way, ReplyWay::Nowhere) {
        ""
    } else {
        args.extend([Arg::Int(claim.due_since), Arg::Int(claim.now)]);
        "AND due_ms < $4 AND claimed_until_ms <= $5"
    };
    let lock = lock(session.engine());
    let sql = format!(
        "UPDATE reply SET outcome = 'given_up', done_at = $2 WHERE message_id IN (
             SELECT message_id FROM reply WHERE feed = $1 AND outcome = '' {late}
             ORDER BY due_ms, message_id LIMIT $3 {lock})"
    );
    session.execute(&sql, args).await
}

/// Claims what nobody else has claimed since the look.
async fn take(
    session: &mut Session,
    claim: &ReplyClaim,
    ids: &[i64],
) -> Result<Vec<DueReply>, sqlx::Error> {
    let lock = lock(session.engine());
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

/// Two listeners never wait for each other's rows.
fn lock(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "",
        Engine::Postgres => "FOR UPDATE SKIP LOCKED",
    }
}

async fn read(session: &mut Session, ids: &[i64]) -> Result<Vec<DueReply>, sqlx::Error> {
    let mut findings = findings_of(session, ids).await?;
    let sql = format!(
        "SELECT m.id, m.received_ms, m.peer, m.sending_application, m.sending_facility, r.wanted,
                m.state, substr(m.body, 1, {HEAD_BYTES}), r.code, r.bytes, r.due_ms,
                m.charset, m.charset_from
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
            read_as: ReadAs::of(&row, 11, 12)?,
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

/// What the imports of messages found.
pub(crate) async fn findings_of(
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
