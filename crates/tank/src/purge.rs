//! Retention: the bytes of a message leave only by rule.

use crate::database::{Database, LONG_LIMIT};
use crate::error::TankError;
use crate::session::Arg;

/// Which bytes may leave. The row of the message, its digest and its history always stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a rule is all of its parts")]
pub struct Retention {
    /// Messages that arrived before this moment, in milliseconds since 1970.
    pub received_before: i64,
    /// At most so many in one transaction.
    pub messages_max: u32,
}

const ACTION: &str = "let go of old messages";

impl Database {
    /// Only what is imported, ignored or skipped, and replied to where its sender asked for it, is
    /// done with; everything else keeps its bytes.
    pub(crate) async fn let_go(&self, retention: &Retention) -> Result<u64, TankError> {
        let fault = |error| TankError::database(ACTION, &error);
        let sql = "UPDATE message SET body = NULL WHERE id IN (
                       SELECT id FROM message
                       WHERE received_ms < $1 AND body IS NOT NULL
                         AND state IN ('imported', 'ignored', 'skipped')
                         AND NOT EXISTS (SELECT 1 FROM reply
                                         WHERE message_id = message.id AND outcome = '')
                       ORDER BY id LIMIT $2)";
        let args = vec![
            Arg::Int(retention.received_before),
            Arg::Int(retention.messages_max.into()),
        ];
        let mut session = self.write(LONG_LIMIT).await.map_err(fault)?;
        let gone = session.execute(sql, args).await.map_err(fault)?;
        session.commit(ACTION).await?;
        Ok(gone)
    }
}
