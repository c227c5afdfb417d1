//! A tank may be dropped without being closed, also after its runtime has ended.

use std::fs;
use std::str::FromStr as _;
use std::time::Duration;

use cistern_tank::{Database, FailureClass, HoldingTank as _};
use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode};
use testkit::{postgres, sqlite::TempDatabase};
use tokio::runtime::Runtime;
use tokio::time::timeout;

use crate::support::*;

#[test]
fn a_tank_outlives_its_runtime() {
    let file = TempDatabase::create();
    let server = postgres::Database::create_or_skip();
    let urls = [
        Some(file.url()),
        server.as_ref().map(postgres::Database::url),
    ];
    for url in urls.into_iter().flatten() {
        let runtime = Runtime::new().unwrap();
        let tank = runtime.block_on(async {
            let tank = Database::open(&url).await.unwrap();
            assert_eq!(hold(&tank, &["1"]).await, [1]);
            tank
        });
        drop(runtime);
        drop(tank);
    }
}

/// Half of what a writer waits for another.
const REFUSAL_LIMIT: Duration = Duration::from_secs(15);

/// SQLite would flush once more when the last connection is closed, and may not.
#[tokio::test]
async fn a_tank_that_is_dropped_after_a_failed_flush_keeps_the_file_open() {
    for (is_marked, is_free) in [(true, false), (false, true)] {
        let file = TempDatabase::create();
        let tank = Database::open(&file.url()).await.unwrap();
        assert_eq!(hold(&tank, &["1"]).await, [1]);
        tank.counts().await.unwrap();
        if is_marked {
            fs::write(file.path().with_file_name("cistern.db-flush"), [0]).unwrap();
        }
        drop(tank);
        let alone = SqliteConnectOptions::from_str(&file.url())
            .unwrap()
            .locking_mode(SqliteLockingMode::Exclusive)
            .journal_mode(SqliteJournalMode::Wal)
            .busy_timeout(Duration::from_secs(if is_free { 30 } else { 1 }));
        let connected = alone.connect().await;
        assert_eq!(connected.is_ok(), is_free, "{connected:?}");
    }
}

/// As long as another has the file open, SQLite would not copy again what it copied before: whoever
/// starts gives up, and sooner than on any other lock, lest the next ones wait for its turn.
#[tokio::test]
async fn nobody_starts_beside_another_after_a_failed_flush() {
    let file = TempDatabase::create();
    let tank = Database::open(&file.url()).await.unwrap();
    assert_eq!(hold(&tank, &["1"]).await, [1]);
    let mark = file.path().with_file_name("cistern.db-flush");
    fs::write(&mark, [0]).unwrap();
    let refused = timeout(REFUSAL_LIMIT, Database::open(&file.url())).await;
    let refused = refused.unwrap().unwrap_err();
    assert_eq!(refused.class(), FailureClass::Fatal, "{refused}");
    assert_eq!(fs::metadata(&mark).unwrap().len(), 1);
    drop(tank);
}
