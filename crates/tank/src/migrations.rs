//! The migrations of each engine, in their order.

use std::borrow::Cow;

use sqlx::migrate::{Migration, MigrationType};
use sqlx::{AssertSqlSafe, SqlSafeStr as _};

use crate::session::Engine;

/// Never edited once they have run anywhere; what changes comes as the next number.
pub(crate) fn migrations(engine: Engine) -> Vec<Migration> {
    let texts = match engine {
        Engine::Sqlite => SQLITE,
        Engine::Postgres => POSTGRES,
    };
    let migration = |(number, (description, sql)): (i64, &(&'static str, &'static str))| {
        let (description, sql) = (Cow::Borrowed(*description), AssertSqlSafe(*sql));
        Migration::new(
            number,
            description,
            MigrationType::Simple,
            sql.into_sql_str(),
            false,
        )
    };
    (1..).zip(texts).map(migration).collect()
}

/// What each is about, and its text.
const SQLITE: &[(&str, &str)] = &[
    (
        "tank and client and lab",
        include_str!("../migrations/sqlite/0001_tank_and_client_and_lab.sql"),
    ),
    ("hold", include_str!("../migrations/sqlite/0002_hold.sql")),
    (
        "replies",
        include_str!("../migrations/sqlite/0003_replies.sql"),
    ),
    (
        "sequence",
        include_str!("../migrations/sqlite/0004_sequence.sql"),
    ),
    (
        "recent keys",
        include_str!("../migrations/sqlite/0005_recent_keys.sql"),
    ),
    (
        "charset",
        include_str!("../migrations/sqlite/0006_charset.sql"),
    ),
    (
        "replies by sender",
        include_str!("../migrations/sqlite/0007_replies_by_sender.sql"),
    ),
    (
        "counts",
        include_str!("../migrations/sqlite/0008_counts.sql"),
    ),
    (
        "newest of key",
        include_str!("../migrations/sqlite/0009_newest_of_key.sql"),
    ),
];

/// As those of SQLite.
const POSTGRES: &[(&str, &str)] = &[
    (
        "tank and client and lab",
        include_str!("../migrations/postgres/0001_tank_and_client_and_lab.sql"),
    ),
    ("hold", include_str!("../migrations/postgres/0002_hold.sql")),
    (
        "hold by index",
        include_str!("../migrations/postgres/0003_hold_by_index.sql"),
    ),
    (
        "replies",
        include_str!("../migrations/postgres/0004_replies.sql"),
    ),
    (
        "sequence",
        include_str!("../migrations/postgres/0005_sequence.sql"),
    ),
    (
        "charset",
        include_str!("../migrations/postgres/0006_charset.sql"),
    ),
    (
        "replies by sender",
        include_str!("../migrations/postgres/0007_replies_by_sender.sql"),
    ),
    (
        "counts",
        include_str!("../migrations/postgres/0008_counts.sql"),
    ),
    (
        "newest of key",
        include_str!("../migrations/postgres/0009_newest_of_key.sql"),
    ),
];
