//! Keeping everybody else from the people of a batch until it is settled. SQLite has one writer,
//! so there nothing needs a lock.

use std::collections::BTreeSet;

use super::names::Names;
use crate::session::{Arg, Engine, LockSpace, Session};

/// Nobody else may add the same people, or record a decision, until this is settled.
pub(super) async fn people(session: &mut Session, names: &Names<'_>) -> Result<(), sqlx::Error> {
    if session.engine() == Engine::Sqlite {
        return Ok(());
    }
    session
        .execute("SELECT pg_advisory_xact_lock_shared(7, 2)", Vec::new())
        .await?;
    let keys = names.people();
    session
        .lock_texts(LockSpace::People, keys.iter().map(String::as_str).collect())
        .await
}

/// The clients whom the batch names by identifier, by name, or by a record of theirs; locked, so
/// that what is read of them and of their records from here on is the newest.
///
/// A lock in the statement that reads would not do: PostgreSQL then reads the locked row anew, but
/// the rows joined to it, the sources of its values, as they were before.
pub(super) async fn clients(
    session: &mut Session,
    names: &Names<'_>,
) -> Result<BTreeSet<i64>, sqlx::Error> {
    let engine = session.engine();
    let mut found_by = vec![
        format!(
            "SELECT i.client_id FROM {} JOIN client_identifier i
               ON i.authority = item.value ->> 0 AND i.identifier = item.value ->> 1
              AND i.type_code = item.value ->> 2",
            engine.items(1)
        ),
        format!(
            "SELECT id FROM client WHERE name_key IN {}",
            engine.texts(2)
        ),
    ];
    let mut args = vec![Arg::Json(names.identifiers()), Arg::Json(names.name_keys())];
    for record_type in care::catalogue().iter().filter(|r| names.has(r.name)) {
        let name = record_type.name;
        found_by.push(format!(
            "SELECT t.client_id FROM {} JOIN {name} t
               ON item.value ->> 0 = '{name}' AND t.feed = item.value ->> 1
              AND t.source_key = item.value ->> 2",
            engine.items(3)
        ));
    }
    if found_by.len() > args.len() {
        args.push(Arg::Json(names.records()));
    }
    let sql = format!(
        "SELECT id FROM client WHERE id IN ({}) ORDER BY id{}",
        found_by.join(" UNION "),
        if engine == Engine::Postgres {
            " FOR UPDATE"
        } else {
            ""
        }
    );
    let rows = session.query(&sql, args).await?;
    rows.iter().map(|row| row.int(0)).collect()
}
