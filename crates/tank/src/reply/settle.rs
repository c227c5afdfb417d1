//! `settle_replies`: what became of the replies that a listener claimed, and when they fall due.

use serde_json::json;

use super::{ReplyFate, ReplyOutcome};
use crate::database::{Database, SHORT_LIMIT};
use crate::error::TankError;
use crate::instant::iso;
use crate::session::{Arg, INDEXED_CHARS_MAX, Session};

const ACTION: &str = "settle replies";

impl Database {
    pub(crate) async fn settle_due(
        &self,
        worker: &str,
        outcomes: &[ReplyOutcome],
        now: i64,
    ) -> Result<Vec<i64>, TankError> {
        if outcomes.is_empty() {
            return Ok(Vec::new());
        }
        let fault = |error| TankError::database(ACTION, &error);
        let mut session = self.write(SHORT_LIMIT).await.map_err(fault)?;
        let mut lost = Vec::new();
        for outcome in outcomes {
            let written = write(&mut session, worker, outcome, now).await;
            if written.map_err(fault)? == 0 {
                lost.push(outcome.message_id);
            }
        }
        session.commit(ACTION).await?;
        Ok(lost)
    }
}

/// Writes only what is still the worker's; says whether it was.
async fn write(
    session: &mut Session,
    worker: &str,
    outcome: &ReplyOutcome,
    now: i64,
) -> Result<u64, sqlx::Error> {
    let mut args = vec![Arg::Int(outcome.message_id), worker.into()];
    let set = match &outcome.fate {
        ReplyFate::Written(answer) => {
            args.push(answer.code.as_str().into());
            args.push(Arg::Blob(answer.bytes.clone()));
            "code = $3, bytes = $4"
        }
        ReplyFate::Later(moment) => {
            args.push(Arg::Int(*moment));
            "worker = '', claimed_until_ms = $3"
        }
        ReplyFate::Delivered => {
            args.extend([iso(now).as_str().into(), Arg::Int(outcome.due_at)]);
            "outcome = CASE WHEN due_ms = $4 THEN 'delivered' ELSE '' END, done_at = $3,
             worker = '', claimed_until_ms = 0"
        }
        ReplyFate::NotWanted => done("not_wanted", now, &mut args),
        ReplyFate::Refused => done("refused", now, &mut args),
    };
    let sql =
        format!("UPDATE reply SET {set} WHERE message_id = $1 AND worker = $2 AND outcome = ''");
    session.execute(&sql, args).await
}

fn done(outcome: &str, now: i64, args: &mut Vec<Arg>) -> &'static str {
    args.extend([outcome.into(), iso(now).as_str().into()]);
    "outcome = $3, done_at = $4, worker = '', claimed_until_ms = 0"
}

/// The replies to messages that are settled for the first time are due: what comes of them later
/// changes nothing.
pub(crate) async fn fall_due(
    session: &mut Session,
    message_ids: &[i64],
    now: i64,
) -> Result<(), sqlx::Error> {
    let sql = format!(
        "UPDATE reply SET due_ms = $2,
             sending_application = (SELECT substr(m.sending_application, 1, {INDEXED_CHARS_MAX})
                                    FROM message m WHERE m.id = message_id),
             sending_facility = (SELECT substr(m.sending_facility, 1, {INDEXED_CHARS_MAX})
                                 FROM message m WHERE m.id = message_id)
         WHERE due_ms IS NULL
           AND message_id IN (SELECT CAST(item.value AS BIGINT) FROM {})",
        session.engine().items(1)
    );
    let args = vec![Arg::Json(json!(message_ids)), Arg::Int(now)];
    session.execute(&sql, args).await?;
    Ok(())
}
