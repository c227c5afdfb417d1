//! What people look at: messages, their counts, and the work list.

use bytes::Bytes;

use crate::database::{Database, LONG_LIMIT};
use crate::error::TankError;
use crate::read_as::ReadAs;
use crate::session::{Arg, Row, Session};

/// A message without its bytes.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MessageView {
    /// The message.
    pub id: i64,
    /// The feed it came by.
    pub feed: String,
    /// When it arrived, ISO 8601 in UTC.
    pub received_at: String,
    /// MSH-9.1.
    pub message_code: String,
    /// MSH-9.2.
    pub trigger_event: String,
    /// MSH-10.
    pub control_id: String,
    /// MSH-3.
    pub sending_application: String,
    /// MSH-4.
    pub sending_facility: String,
    /// The word for its [`State`](crate::State).
    pub state: String,
    /// Why it is in that state.
    pub reason: String,
    /// The acknowledgment code that its sender got.
    pub answer_code: String,
    /// The earlier message of the same sender and control id, where its bytes were others.
    pub altered_from: Option<i64>,
    /// In which character set it is read.
    pub read_as: ReadAs,
}

/// A message with its bytes.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stored {
    /// What `list` shows of it.
    pub view: MessageView,
    /// The very bytes that were sent; empty once retention has let them go.
    pub body: Bytes,
    /// The answer that its sender got.
    pub answer: Bytes,
    /// What its import found.
    pub findings: Vec<FindingView>,
}

/// Something that came up in an import.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a finding as people read it")]
pub struct FindingView {
    /// The word for its [`care::Severity`].
    pub severity: String,
    /// The word for its [`care::FindingKind`].
    pub kind: String,
    /// Where in the message; empty when it is about the whole.
    pub path: String,
    /// What happened and what to do.
    pub sentence: String,
}

/// Which messages to list.
#[derive(Clone, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "a filter is all of its parts")]
pub struct Filter {
    /// Only those in this state; all when empty.
    pub state: String,
    /// Only those of this feed; all when empty.
    pub feed: String,
    /// Only those older than this message, to go on where a list ended.
    pub before: Option<i64>,
    /// Only those newer than this message, and then oldest first.
    pub after: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

/// How many messages of a type are in a state.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Count {
    /// MSH-9.1.
    pub message_code: String,
    /// MSH-9.2.
    pub trigger_event: String,
    /// The state.
    pub state: String,
    /// How many.
    pub messages: i64,
}

const VIEW: &str = "id, feed, received_at, message_code, trigger_event, control_id,
    sending_facility, state, reason, answer_code, COALESCE(altered_from, 0),
    sending_application, charset, charset_from";

impl Database {
    pub(crate) async fn stored(&self, message_id: i64) -> Result<Option<Stored>, TankError> {
        const ACTION: &str = "read a message";
        let fault = |error| TankError::database(ACTION, &error);
        let mut session = self.read(LONG_LIMIT).await.map_err(fault)?;
        let stored = read_stored(&mut session, message_id).await.map_err(fault)?;
        session.leave(ACTION).await?;
        Ok(stored)
    }

    pub(crate) async fn listed(&self, filter: &Filter) -> Result<Vec<MessageView>, TankError> {
        let direction = if filter.after.is_some() { "" } else { "DESC" };
        let sql = format!(
            "SELECT {VIEW} FROM message
             WHERE ($1 = '' OR state = $1) AND ($2 = '' OR feed = $2) AND id > $3 AND id < $4
             ORDER BY id {direction} LIMIT $5"
        );
        let args = vec![
            filter.state.as_str().into(),
            filter.feed.as_str().into(),
            Arg::Int(filter.after.unwrap_or(i64::MIN)),
            Arg::Int(filter.before.unwrap_or(i64::MAX)),
            Arg::Int(filter.limit.into()),
        ];
        self.look("list messages", &sql, args, view).await
    }

    pub(crate) async fn counted(&self) -> Result<Vec<Count>, TankError> {
        // Each half is read from an index.
        let sql = "SELECT message_code, trigger_event, state, COUNT(*) FROM message
                   WHERE state IN ('received', 'failed')
                   GROUP BY message_code, trigger_event, state
                   UNION ALL
                   SELECT message_code, trigger_event, state, COUNT(*) FROM message
                   WHERE state NOT IN ('received', 'failed')
                   GROUP BY message_code, trigger_event, state
                   ORDER BY message_code, trigger_event, state";
        let read = |row: &Row| {
            Ok(Count {
                message_code: row.text(0)?,
                trigger_event: row.text(1)?,
                state: row.text(2)?,
                messages: row.int(3)?,
            })
        };
        self.look("count messages", sql, Vec::new(), read).await
    }

    /// One query in a transaction that only reads.
    pub(crate) async fn look<T>(
        &self,
        action: &'static str,
        sql: &str,
        args: Vec<Arg>,
        read: impl Fn(&Row) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, TankError> {
        let fault = |error| TankError::database(action, &error);
        let mut session = self.read(LONG_LIMIT).await.map_err(fault)?;
        let rows = session.query(sql, args).await.map_err(fault)?;
        session.leave(action).await?;
        rows.iter()
            .map(read)
            .collect::<Result<_, _>>()
            .map_err(fault)
    }
}

async fn read_stored(
    session: &mut Session,
    message_id: i64,
) -> Result<Option<Stored>, sqlx::Error> {
    let sql = format!("SELECT {VIEW}, body, answer FROM message WHERE id = $1");
    let rows = session.query(&sql, vec![Arg::Int(message_id)]).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let sql = "SELECT severity, kind, path, sentence FROM finding WHERE message_id = $1
               ORDER BY id";
    let findings = session.query(sql, vec![Arg::Int(message_id)]).await?;
    let finding = |row: &Row| {
        Ok(FindingView {
            severity: row.text(0)?,
            kind: row.text(1)?,
            path: row.text(2)?,
            sentence: row.text(3)?,
        })
    };
    Ok(Some(Stored {
        view: view(row)?,
        body: row.bytes(14)?,
        answer: row.bytes(15)?,
        findings: findings
            .iter()
            .map(finding)
            .collect::<Result<_, sqlx::Error>>()?,
    }))
}

fn view(row: &Row) -> Result<MessageView, sqlx::Error> {
    Ok(MessageView {
        id: row.int(0)?,
        feed: row.text(1)?,
        received_at: row.text(2)?,
        message_code: row.text(3)?,
        trigger_event: row.text(4)?,
        control_id: row.text(5)?,
        sending_facility: row.text(6)?,
        state: row.text(7)?,
        reason: row.text(8)?,
        answer_code: row.text(9)?,
        altered_from: Some(row.int(10)?).filter(|id| *id != 0),
        sending_application: row.text(11)?,
        read_as: ReadAs::of(row, 12, 13)?,
    })
}
