//! The log of a SQLite file stays short beside commits without a pause and after migrations, and what
//! it held is kept.

use std::fs;

use cistern_tank::{Database, HoldingTank as _};
use testkit::sqlite::TempDatabase;

use crate::probe;
use crate::support::*;

const MESSAGES: usize = 150;
const MESSAGE_BYTES: usize = 1024 * 1024;
/// A third of what is held.
const LOG_BYTES_MAX: u64 = 50 * 1024 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_emptied_beside_the_commits() {
    let file = TempDatabase::create();
    let tank = Database::open(&file.url()).await.unwrap();
    let body = vec![b'x'; MESSAGE_BYTES];
    for number in 0..MESSAGES {
        let id = format!("L{number}");
        let receipts = tank.hold(&[arrival(&id, &body)]).await.unwrap();
        new_id(&receipts[0]);
    }
    let log = file.path().with_file_name("cistern.db-wal");
    let bytes = fs::metadata(&log).unwrap().len();
    assert!(bytes < LOG_BYTES_MAX, "{bytes} bytes in the log");
    let kept: i64 = tank
        .counts()
        .await
        .unwrap()
        .iter()
        .map(|count| count.messages)
        .sum();
    assert_eq!(usize::try_from(kept), Ok(MESSAGES));
    tank.close().await;
}

/// The first sender would wait until all of it was copied.
#[tokio::test]
async fn what_migrations_write_is_copied_before_the_tank_is_open() {
    const TABLES: &str = "SELECT name FROM sqlite_schema ORDER BY name";
    const MIGRATIONS: &str = "SELECT description FROM _sqlx_migrations ORDER BY version";
    let (file, copy) = (TempDatabase::create(), TempDatabase::create());
    let tank = Database::open(&file.url()).await.unwrap();
    // Without the log beside it.
    fs::copy(file.path(), copy.path()).unwrap();
    for sql in [TABLES, MIGRATIONS] {
        let copied = probe::lines(&copy.url(), sql).await;
        assert_eq!(copied, probe::lines(&file.url(), sql).await);
    }
    tank.close().await;
}
