//! The connection to PostgreSQL that keeps messages: the same one each time, on which the plan of
//! its one statement is ready.

use std::sync::Arc;
use std::time::Duration;

use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgPool;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::Instant;

use crate::database::is_well;
use crate::remote::{Remote, in_time};

/// Callers queue here; a call without a commit closes the connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Holder {
    slot: Arc<Mutex<Option<Idle>>>,
}

#[derive(Debug)]
pub(crate) struct Idle {
    connection: PoolConnection<Postgres>,
    since: Instant,
}

/// Where a connection goes after a commit.
pub(crate) type Slot = OwnedMutexGuard<Option<Idle>>;

impl Idle {
    pub(crate) fn new(connection: PoolConnection<Postgres>) -> Idle {
        Idle {
            connection,
            since: Instant::now(),
        }
    }
}

impl Holder {
    /// For statements each of which commits by itself.
    pub(crate) async fn take(&self, pool: &PgPool, limit: Duration) -> Result<Remote, sqlx::Error> {
        let deadline = Instant::now() + limit;
        in_time(deadline, async {
            let mut slot = self.slot.clone().lock_owned().await;
            if let Some(Idle {
                mut connection,
                since,
            }) = slot.take()
                && is_well(&mut connection, since.elapsed()).await.is_ok()
            {
                return Ok(Remote::of_holder(connection, slot, deadline));
            }
            Ok(Remote::of_holder(pool.acquire().await?, slot, deadline))
        })
        .await
    }

    pub(crate) async fn close(&self) {
        self.slot.lock().await.take();
    }
}
