//! PostgreSQL finds what it looks for by index, however full the table is.

use std::time::Duration;

use cistern_tank::{Arrival, Database, HoldingTank as _, OpenLink, Outcome, ReplyClaim, ReplyWay};

use crate::probe;
use crate::support::*;

const COMMITS: usize = 40;
const MESSAGES: usize = 50;
const LOOKS: usize = 20;
const REPLIES: usize = 5_000;

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
    let read = rows_read(&database.url(), "message", COMMITS * MESSAGES).await;
    assert!(read <= 2 * COMMITS * MESSAGES, "{read} rows read");
}

/// Of many replies that are due, none to a sender that is heard on a link.
#[tokio::test]
async fn what_cannot_leave_is_not_looked_at() {
    let Some(database) = testkit::postgres::Database::create_or_skip() else {
        return;
    };
    let tank = Database::open(&database.url()).await.unwrap();
    let arrivals: Vec<_> = (0..REPLIES)
        .map(|number| {
            let id = number.to_string();
            Arrival {
                reply: "AL".into(),
                ..arrival(&id, id.as_bytes())
            }
        })
        .collect();
    tank.hold(&arrivals).await.unwrap();
    let settlement = prepare(&tank).await;
    let batch = tank.claim("importer", arrivals.len(), NOW).await.unwrap();
    let outcomes: Vec<Outcome> = ids(&batch).into_iter().map(ignore).collect();
    tank.settle(&batch, &outcomes, settlement).await.unwrap();
    tank.close().await;
    let before = rows_read(&database.url(), "reply", REPLIES).await;
    probe::run(&database.url(), "ANALYZE").await;

    let tank = Database::open(&database.url()).await.unwrap();
    let link = |number: usize| OpenLink {
        peer: format!("10.0.0.8:{number}"),
        sending_application: "LAB".into(),
        sending_facility: number.to_string(),
        heard_at: NOW,
    };
    let claim = ReplyClaim {
        worker: "listener".into(),
        feed: "main".into(),
        way: ReplyWay::Links((0..100).map(link).collect()),
        limit: 10,
        due_since: 0,
        now: NOW + 60_000,
        counts: false,
    };
    for _ in 0..LOOKS {
        let replies = tank.claim_replies(&claim).await.unwrap();
        assert!(replies.is_any_outstanding && replies.due.is_empty());
    }
    tank.close().await;
    let read = rows_read(&database.url(), "reply", REPLIES).await - before;
    assert!(read <= 10 * LOOKS, "{read} rows read");
}

/// The server counts what a connection has read once that is closed.
async fn rows_read(url: &str, table: &str, rows_in: usize) -> usize {
    let counts = format!(
        "SELECT n_tup_ins::text, (seq_tup_read + idx_tup_fetch)::text
         FROM pg_stat_user_tables WHERE relname = '{table}'"
    );
    loop {
        let rows = probe::rows(url, &counts).await;
        if rows[0][0] == rows_in.to_string() {
            return rows[0][1].parse().unwrap();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
