//! `follow` and `answer`: messages whose senders wait for their import, and what they are told.

use bytes::Bytes;
use serde_json::json;

use crate::arrival::Answer;
use crate::database::{Database, SHORT_LIMIT};
use crate::error::TankError;
use crate::reply::findings_of;
use crate::session::{Arg, Engine, Session};
use crate::state::State;
use crate::view::FindingView;

/// A message that is settled, or answered already.
#[derive(Clone, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "handed from follow to a listener"
)]
pub struct Followed {
    /// The message.
    pub message_id: i64,
    /// What has become of it.
    pub state: State,
    /// Whether its sender has used the control id for other bytes before.
    pub is_altered: bool,
    /// What its import found.
    pub findings: Vec<FindingView>,
    /// The answer, where it was given before.
    pub answer: Option<Answer>,
}

/// The answer to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "built by every listener")]
pub struct Given {
    /// The message.
    pub message_id: i64,
    /// The answer; its code is not empty.
    pub answer: Answer,
}

impl Database {
    pub(crate) async fn followed(&self, message_ids: &[i64]) -> Result<Vec<Followed>, TankError> {
        const ACTION: &str = "follow messages";
        let fault = |error| TankError::database(ACTION, &error);
        let mut session = self.read(SHORT_LIMIT).await.map_err(fault)?;
        let followed = follow(&mut session, message_ids).await.map_err(fault)?;
        session.leave(ACTION).await?;
        Ok(followed)
    }

    pub(crate) async fn answered(&self, answers: &[Given]) -> Result<Vec<Given>, TankError> {
        const ACTION: &str = "answer messages";
        let fault = |error| TankError::database(ACTION, &error);
        let mut session = self.write(SHORT_LIMIT).await.map_err(fault)?;
        let mut stand = Vec::with_capacity(answers.len());
        for given in answers {
            stand.extend(give(&mut session, given).await.map_err(fault)?);
        }
        session.commit(ACTION).await?;
        Ok(stand)
    }
}

async fn follow(session: &mut Session, ids: &[i64]) -> Result<Vec<Followed>, sqlx::Error> {
    let sql = format!(
        "SELECT id, state, altered_from IS NOT NULL, answer_code, answer FROM message
         WHERE (state IN ('imported', 'ignored', 'held', 'skipped') OR answer_code <> '')
           AND id IN (SELECT CAST(item.value AS BIGINT) FROM {}) ORDER BY id",
        session.engine().items(1)
    );
    let mut followed = Vec::new();
    for row in session.query(&sql, vec![Arg::Json(json!(ids))]).await? {
        followed.push(Followed {
            message_id: row.int(0)?,
            state: State::parse(&row.text(1)?).ok_or(sqlx::Error::RowNotFound)?,
            is_altered: row.maybe_flag(2)?.unwrap_or(false),
            findings: Vec::new(),
            answer: answer(row.text(3)?, row.bytes(4)?),
        });
    }
    let unanswered = followed.iter().filter(|one| one.answer.is_none());
    let unanswered: Vec<i64> = unanswered.map(|one| one.message_id).collect();
    if !unanswered.is_empty() {
        let mut findings = findings_of(session, &unanswered).await?;
        for one in &mut followed {
            one.findings = findings.remove(&one.message_id).unwrap_or_default();
        }
    }
    Ok(followed)
}

fn answer(code: String, bytes: Bytes) -> Option<Answer> {
    (!code.is_empty()).then_some(Answer { code, bytes })
}

/// The first answer stands. Nothing where an importer holds the message at this moment: nobody waits
/// for its end here.
async fn give(session: &mut Session, given: &Given) -> Result<Option<Given>, sqlx::Error> {
    let lock = match session.engine() {
        Engine::Sqlite => "",
        Engine::Postgres => "FOR NO KEY UPDATE SKIP LOCKED",
    };
    let Given { message_id, answer } = given;
    let sql = format!(
        "UPDATE message SET answer_code = $2, answer = $3
         WHERE id = (SELECT id FROM message WHERE id = $1 AND answer_code = '' {lock})"
    );
    let args = vec![
        Arg::Int(*message_id),
        answer.code.as_str().into(),
        Arg::Blob(answer.bytes.clone()),
    ];
    if session.execute(&sql, args).await? > 0 {
        return Ok(Some(given.clone()));
    }
    let sql = "SELECT answer_code, answer FROM message WHERE id = $1";
    let rows = session.query(sql, vec![Arg::Int(*message_id)]).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let stands = self::answer(row.text(0)?, row.bytes(1)?);
    Ok(stands.map(|answer| Given {
        message_id: *message_id,
        answer,
    }))
}
