//! Databases are empty, have an address of their own and are gone afterwards.
#![cfg(test)]

use std::process::Command;

use cistern_testkit::postgres::Database;
use cistern_testkit::sqlite::TempDatabase;

#[test]
fn sqlite_goes_with_its_companions() {
    let database = TempDatabase::create();
    let path = database.path();
    assert_eq!(database.url(), format!("sqlite:{}", path.display()));

    std::fs::write(&path, "").unwrap();
    std::fs::write(path.with_extension("db-wal"), "").unwrap();
    drop(database);
    assert!(!path.parent().unwrap().exists());
}

#[test]
fn postgres_is_created_and_dropped() {
    let (Some(first), Some(second)) = (Database::create_or_skip(), Database::create_or_skip())
    else {
        return;
    };
    let url = first.url();
    assert_ne!(url, second.url());
    assert_eq!(
        ask(&url, "select count(*) from pg_stat_user_tables"),
        Some("0".to_owned())
    );

    drop(first);
    assert_eq!(ask(&url, "select 1"), None);
    assert_eq!(ask(&second.url(), "select 1"), Some("1".to_owned()));
}

/// What `query` answers; `None` where there is no such database.
fn ask(url: &str, query: &str) -> Option<String> {
    let output = Command::new("psql")
        .args([
            "--no-psqlrc",
            "--tuples-only",
            "--no-align",
            "--command",
            query,
            url,
        ])
        .output()
        .unwrap();
    let answer = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    output.status.success().then_some(answer)
}
