//! PostgreSQL finds what is in the table already by index, however full the table is.

use std::time::Duration;

use cistern_tank::{Database, HoldingTank as _};

use crate::probe;
use crate::support::*;

const COMMITS: usize = 40;
const MESSAGES: usize = 50;

/// Each message is looked for by its key, twice, and the table is never read through.
#[tokio::test]
async fn a_message_is_looked_for_by_index() {
    let Some(database) = testkit::postgres::Database::create_or_skip() else {
        return;
    };
    let tank = Database::open(&database.url()).await.unwrap();
    for commit in 0..COMMITS {
        let ids = (0..MESSAGES).map(|number| format!("{commit}-{number}"));
        let arrivals: Vec<_> = ids.map(|id| arrival(&id, id.as_bytes())).collect();
        tank.hold(&arrivals).await.unwrap();
    }
    tank.close().await;
    let read = rows_read(&database.url()).await;
    assert!(read <= 2 * COMMITS * MESSAGES, "{read} rows read");
}

/// The server counts what a connection has read once that is closed.
async fn rows_read(url: &str) -> usize {
    let counts = "SELECT n_tup_ins::text, (seq_tup_read + idx_tup_fetch)::text
                  FROM pg_stat_user_tables WHERE relname = 'message'";
    loop {
        let rows = probe::rows(url, counts).await;
        if rows[0][0] == (COMMITS * MESSAGES).to_string() {
            return rows[0][1].parse().unwrap();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
