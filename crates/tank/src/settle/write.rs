//! What a ledger has made: records, sources, identifiers and history, each table written once.

use std::collections::BTreeMap;

use care::{
    Cell, ClientSlot, Edit, Ledger, NameKey, Record, RecordKey, RecordSlot, RecordType, Value,
};
use serde_json::{Map, json};

use super::table::upsert;
use crate::batch::Settlement;
use crate::instant::iso;
use crate::session::{Arg, Engine, Session};

/// Writes all that was touched.
pub(super) async fn ledger(
    session: &mut Session,
    ledger: &Ledger,
    settlement: Settlement,
) -> Result<(), sqlx::Error> {
    let mut writer = Writer {
        session,
        ledger,
        settlement,
        ids: Ids::default(),
    };
    for record_type in care::catalogue() {
        writer.number_new(record_type).await?;
        writer.write_records(record_type).await?;
    }
    writer.write_sources().await?;
    writer.write_identifiers().await?;
    writer.write_history().await
}

/// The ids of all rows, new ones included.
#[derive(Default)]
struct Ids {
    clients: BTreeMap<ClientSlot, i64>,
    records: BTreeMap<RecordKey, i64>,
}

struct Writer<'a> {
    session: &'a mut Session,
    ledger: &'a Ledger,
    settlement: Settlement,
    ids: Ids,
}

impl Writer<'_> {
    async fn number_new(&mut self, record_type: &RecordType) -> Result<(), sqlx::Error> {
        let Writer { ledger, ids, .. } = self;
        if record_type.name == "client" {
            let stored = ledger.clients().map(|(_, row)| row.id).collect();
            let numbers = number(self.session, record_type.name, stored).await?;
            let slots = ledger.clients().map(|(slot, _)| slot);
            ids.clients.extend(slots.zip(numbers));
        } else {
            let stored = ledger.records(record_type).map(|(_, row)| row.id).collect();
            let numbers = number(self.session, record_type.name, stored).await?;
            let keys = ledger.records(record_type).map(|(key, _)| key.clone());
            ids.records.extend(keys.zip(numbers));
        }
        Ok(())
    }

    async fn write_records(&mut self, record_type: &RecordType) -> Result<(), sqlx::Error> {
        let rows: Vec<_> = if record_type.name == "client" {
            let edited = self.ledger.clients().filter(|(_, row)| row.edited);
            edited
                .map(|(slot, row)| self.client_row(slot, row))
                .collect()
        } else {
            let edited = self
                .ledger
                .records(record_type)
                .filter(|(_, row)| row.edited);
            edited.map(|(key, row)| self.record_row(key, row)).collect()
        };
        if rows.is_empty() {
            return Ok(());
        }
        let sql = upsert(record_type, &self.session.engine().items(1));
        self.session
            .execute(&sql, vec![Arg::Json(json!(rows))])
            .await?;
        Ok(())
    }

    fn client_row(&self, slot: ClientSlot, row: &care::ClientRow) -> serde_json::Value {
        let id = self.ids.clients.get(&slot);
        let name_key = NameKey::of(&row.record);
        let mut columns = self.leading(id, row.provider_id, row.message_id, &row.record);
        columns.push(json!(name_key.as_ref().map_or("", NameKey::as_str)));
        columns.extend(fields(&row.record));
        json!(columns)
    }

    fn record_row(&self, key: &RecordKey, row: &care::RecordRow) -> serde_json::Value {
        let id = self.ids.records.get(key);
        let client_id = self.ids.clients.get(&row.client);
        let mut columns = self.leading(id, row.provider_id, row.message_id, &row.record);
        columns.extend([json!(client_id), json!(key.feed), json!(key.source_key)]);
        columns.extend(fields(&row.record));
        json!(columns)
    }

    /// The columns that every record has, in the order of `leading_columns`.
    fn leading(
        &self,
        id: Option<&i64>,
        provider_id: i64,
        message_id: i64,
        record: &Record,
    ) -> Vec<serde_json::Value> {
        let now = iso(self.settlement.now);
        let as_of = iso(record.newest().map_or(0, |stamp| stamp.as_of));
        let version = self.settlement.prepared.mapping_version;
        vec![
            json!(id),
            json!(provider_id),
            json!(message_id),
            json!(version),
            json!(record.status()),
            json!(as_of),
            json!(now),
            json!(now),
        ]
    }

    async fn write_sources(&mut self) -> Result<(), sqlx::Error> {
        let mut rows = Vec::new();
        for (slot, row) in self.ledger.clients().filter(|(_, row)| row.touched) {
            rows.push(json!([
                "client",
                self.ids.clients.get(&slot),
                sources(&row.record)
            ]));
        }
        for record_type in care::catalogue() {
            for (key, row) in self
                .ledger
                .records(record_type)
                .filter(|(_, row)| row.touched)
            {
                rows.push(json!([
                    key.record,
                    self.ids.records.get(key),
                    sources(&row.record)
                ]));
            }
        }
        let sql = format!(
            "INSERT INTO record_source (record_type, record_id, sources)
             SELECT item.value ->> 0, CAST(item.value ->> 1 AS BIGINT), item.value ->> 2
             FROM {} WHERE true
             ON CONFLICT (record_type, record_id) DO UPDATE SET sources = excluded.sources",
            self.session.engine().items(1)
        );
        self.session
            .execute(&sql, vec![Arg::Json(json!(rows))])
            .await?;
        Ok(())
    }

    async fn write_identifiers(&mut self) -> Result<(), sqlx::Error> {
        let rows: Vec<_> = self
            .ledger
            .new_identifiers()
            .iter()
            .map(|new| {
                let client_id = self.ids.clients.get(&new.client);
                let care::Identifier {
                    authority,
                    id,
                    type_code,
                } = &new.identifier;
                json!([authority, id, type_code, client_id, new.message_id])
            })
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "INSERT INTO client_identifier
                 (authority, identifier, type_code, client_id, message_id, created_at)
             SELECT item.value ->> 0, item.value ->> 1, item.value ->> 2,
                    CAST(item.value ->> 3 AS BIGINT), CAST(item.value ->> 4 AS BIGINT), $2
             FROM {} WHERE true",
            self.session.engine().items(1)
        );
        let now = iso(self.settlement.now);
        self.session
            .execute(&sql, vec![Arg::Json(json!(rows)), now.as_str().into()])
            .await?;
        Ok(())
    }

    async fn write_history(&mut self) -> Result<(), sqlx::Error> {
        let rows: Vec<_> = self
            .ledger
            .revisions()
            .iter()
            .map(|revision| {
                let (name, id) = match &revision.target {
                    RecordSlot::Client(slot) => ("client", self.ids.clients.get(slot)),
                    RecordSlot::Record(key) => (key.record, self.ids.records.get(key)),
                };
                let before = values(&revision.edits, |edit| edit.before.as_ref());
                let after = values(&revision.edits, |edit| edit.after.as_ref());
                json!([
                    name,
                    id,
                    revision.message_id,
                    before.to_string(),
                    after.to_string()
                ])
            })
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "INSERT INTO record_history
                 (record_type, record_id, message_id, before, after, mapping_version, changed_at)
             SELECT item.value ->> 0, CAST(item.value ->> 1 AS BIGINT),
                    CAST(item.value ->> 2 AS BIGINT), item.value ->> 3, item.value ->> 4, $2, $3
             FROM {} WHERE true",
            self.session.engine().items(1)
        );
        let version = Arg::Int(self.settlement.prepared.mapping_version);
        let now = iso(self.settlement.now);
        let args = vec![Arg::Json(json!(rows)), version, now.as_str().into()];
        self.session.execute(&sql, args).await?;
        Ok(())
    }
}

/// The ids of rows: that of each stored one, and a fresh one for each of the others.
async fn number(
    session: &mut Session,
    table: &str,
    stored: Vec<Option<i64>>,
) -> Result<Vec<i64>, sqlx::Error> {
    let new = stored.iter().filter(|id| id.is_none()).count();
    let mut fresh = next_ids(session, table, new).await?.into_iter();
    let ids = stored.into_iter().map(|id| id.or_else(|| fresh.next()));
    ids.map(|id| id.ok_or(sqlx::Error::RowNotFound)).collect()
}

/// Ids that no row has or had. On SQLite the write lock makes the look-up safe.
async fn next_ids(
    session: &mut Session,
    table: &str,
    count: usize,
) -> Result<Vec<i64>, sqlx::Error> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    match session.engine() {
        Engine::Postgres => {
            let sql = "SELECT nextval(pg_get_serial_sequence($1, 'id'))
                       FROM generate_series(1, $2)";
            let rows = session
                .query(sql, vec![table.into(), Arg::Int(count)])
                .await?;
            rows.iter().map(|row| row.int(0)).collect()
        }
        Engine::Sqlite => {
            let sql = "SELECT seq FROM sqlite_sequence WHERE name = $1";
            let rows = session.query(sql, vec![table.into()]).await?;
            let last = rows.first().map_or(Ok(0), |row| row.int(0))?;
            Ok((last + 1..=last + count).collect())
        }
    }
}

fn fields(record: &Record) -> impl Iterator<Item = serde_json::Value> {
    record.cells().iter().map(|cell| json!(cell.value))
}

/// The sources of a record's fields as the text of a JSON object.
fn sources(record: &Record) -> String {
    let named = record.record_type().fields.iter().zip(record.cells());
    let sources: Map<_, _> = named
        .filter_map(|(field, Cell { source, .. })| {
            Some((field.name.to_owned(), json!(source.as_ref()?)))
        })
        .collect();
    serde_json::Value::Object(sources).to_string()
}

fn values(edits: &[Edit], side: fn(&Edit) -> Option<&Value>) -> serde_json::Value {
    let pairs = edits
        .iter()
        .map(|edit| (edit.field.name.to_owned(), json!(side(edit))));
    serde_json::Value::Object(pairs.collect())
}
