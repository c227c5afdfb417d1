//! The database of the soaked listener, and what is in it at the end.

use std::collections::HashSet;
use std::env;
use std::path::Path;

use testkit::postgres::Database;
use testkit::sqlite::{TempDatabase, assert_intact, rows};

use crate::acknowledged;

/// A throw-away database.
#[derive(Debug)]
pub(crate) enum Store {
    Sqlite(TempDatabase),
    Postgres(Database),
}

impl Store {
    /// The one that is asked for; nothing where there is no PostgreSQL.
    pub(crate) fn wanted() -> Option<Store> {
        if env::var_os("CISTERN_SOAK_POSTGRES").is_some() {
            return Database::create_or_skip().map(Store::Postgres);
        }
        Some(Store::Sqlite(TempDatabase::create()))
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Store::Sqlite(database) => database.url(),
            Store::Postgres(database) => database.url(),
        }
    }

    /// Demands every acknowledged message, once and with the very bytes.
    pub(crate) fn assert_has_all(&self, folder: &Path) {
        let stored = self.messages();
        let once: HashSet<&String> = stored.iter().collect();
        assert_eq!(once.len(), stored.len(), "a message is kept twice");
        let acknowledged = acknowledged(folder);
        let lost = acknowledged
            .iter()
            .filter(|line| !once.contains(line))
            .count();
        assert_eq!(lost, 0, "of {} acknowledged messages", acknowledged.len());
    }

    /// Control id and digest of the body of each message that has an id.
    fn messages(&self) -> Vec<String> {
        match self {
            Store::Sqlite(database) => {
                assert_intact(&database.path());
                let query = "SELECT control_id, sha256(body) FROM message WHERE state = 'received'";
                rows(&database.path(), query)
            }
            Store::Postgres(database) => database.rows(
                "SELECT control_id, encode(sha256(body), 'hex') FROM message
                 WHERE state = 'received'",
            ),
        }
    }
}
