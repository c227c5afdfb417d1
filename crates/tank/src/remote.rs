//! One transaction on a PostgreSQL server, which may fall silent at any moment.

use std::io;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnection, PgPool, PgRow};
use sqlx::{AssertSqlSafe, Executor as _, Postgres};
use tokio::time::{Instant, timeout, timeout_at};

use crate::holder::{Idle, Slot};

/// How long a connection may take to say that it is well on its way back to the pool.
const GIVE_BACK_LIMIT: Duration = Duration::from_secs(5);

/// A transaction, or single statements, that end within their time. The connection is used again
/// after a commit only; any other end closes it, and the server rolls back.
pub(crate) struct Remote {
    line: Line,
    deadline: Instant,
    in_transaction: bool,
}

/// A connection, and where it goes after a commit.
enum Line {
    Pooled(PoolConnection<Postgres>),
    OfHolder(PgConnection, Slot),
}

impl Remote {
    pub(crate) async fn begin(pool: &PgPool, limit: Duration) -> Result<Remote, sqlx::Error> {
        let deadline = Instant::now() + limit;
        // It may connect, and shake hands under TLS: a long future, on the heap.
        let mut connection = in_time(deadline, Box::pin(pool.acquire())).await?;
        connection.close_on_drop();
        let mut remote = Remote::new(Line::Pooled(connection), deadline);
        remote.begin_within(limit).await?;
        Ok(remote)
    }

    /// For statements each of which commits by itself.
    pub(crate) fn of_holder(connection: PgConnection, slot: Slot, deadline: Instant) -> Remote {
        Remote::new(Line::OfHolder(connection, slot), deadline)
    }

    fn new(line: Line, deadline: Instant) -> Remote {
        Remote {
            line,
            deadline,
            in_transaction: false,
        }
    }

    /// The server keeps the same limit, so that it does not hold locks for a client that is gone.
    pub(crate) async fn begin_within(&mut self, limit: Duration) -> Result<(), sqlx::Error> {
        let millis = limit.as_millis();
        let begin = format!("BEGIN; SET LOCAL idle_in_transaction_session_timeout = {millis}");
        let begun = self.line.connection().execute(AssertSqlSafe(begin));
        in_time(self.deadline, begun).await?;
        self.in_transaction = true;
        Ok(())
    }

    pub(crate) async fn execute(
        &mut self,
        sql: &str,
        arguments: PgArguments,
    ) -> Result<u64, sqlx::Error> {
        let query = sqlx::query_with(AssertSqlSafe(sql), arguments);
        let done = in_time(self.deadline, query.execute(self.line.connection())).await?;
        Ok(done.rows_affected())
    }

    pub(crate) async fn query(
        &mut self,
        sql: &str,
        arguments: PgArguments,
    ) -> Result<Vec<PgRow>, sqlx::Error> {
        let query = sqlx::query_with(AssertSqlSafe(sql), arguments);
        in_time(self.deadline, query.fetch_all(self.line.connection())).await
    }

    pub(crate) async fn commit(mut self) -> Result<(), sqlx::Error> {
        if self.in_transaction {
            let committed = self.line.connection().execute("COMMIT");
            in_time(self.deadline, committed).await?;
        }
        match self.line {
            Line::OfHolder(connection, mut slot) => *slot = Some(Idle::new(connection)),
            Line::Pooled(mut connection) => {
                // Left to itself, sqlx asks the server for a sign of life and waits without end.
                let back = connection.return_to_pool();
                tokio::spawn(timeout(GIVE_BACK_LIMIT, back));
            }
        }
        Ok(())
    }
}

impl Line {
    fn connection(&mut self) -> &mut PgConnection {
        match self {
            Line::Pooled(connection) => connection,
            Line::OfHolder(connection, _) => connection,
        }
    }
}

/// What the server answers until `deadline`; silence is an error of its own.
pub(crate) async fn in_time<T>(
    deadline: Instant,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    timeout_at(deadline, answer)
        .await
        .unwrap_or_else(|_| Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::Row as _;

    #[tokio::test]
    async fn the_server_keeps_the_limit_too() {
        let Some(database) = testkit::postgres::Database::create_or_skip() else {
            return;
        };
        let pool = PgPool::connect(&database.url()).await.unwrap();
        let limit = Duration::from_secs(15);
        let mut remote = Remote::begin(&pool, limit).await.unwrap();
        let sql = "SHOW idle_in_transaction_session_timeout";
        let rows = remote.query(sql, PgArguments::default()).await.unwrap();
        assert_eq!(rows[0].get::<String, _>(0), "15s");
    }
}
