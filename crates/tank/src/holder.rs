//! The connection to PostgreSQL that keeps messages: the same one each time, on which the plan of
//! its one statement is ready.

use std::sync::Arc;
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::postgres::{PgConnection, PgPool};
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
    connection: PgConnection,
    since: Instant,
}

/// Where a connection goes after a commit.
pub(crate) type Slot = OwnedMutexGuard<Option<Idle>>;

impl Idle {
    pub(crate) fn new(connection: PgConnection) -> Idle {
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
            // No longer the pool's: whoever drops a tank may be past the end of its runtime.
            let connection = pool.acquire().await?.detach();
            Ok(Remote::of_holder(connection, slot, deadline))
        })
        .await
    }

    pub(crate) async fn close(&self) {
        let idle = self.slot.lock().await.take();
        if let Some(idle) = idle {
            // Gone or not, it is used no more.
            idle.connection.close().await.ok();
        }
    }
}
