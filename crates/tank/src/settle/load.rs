//! The rows that a batch of outcomes names, each table read once.

use std::collections::{BTreeMap, BTreeSet};

use care::{
    Account, Cell, ClientRow, ClientSlot, Identifier, Import, Kind, Ledger, NameKey, Person,
    Record, RecordKey, RecordRow, RecordType, Source, Value,
};
use serde_json::json;

use super::table::field_columns;
use crate::batch::{Disposition, Outcome, Settlement};
use crate::instant::iso;
use crate::session::{Arg, Engine, Row, Session};

/// Everything that the outcomes may touch.
pub(super) async fn ledger(
    session: &mut Session,
    outcomes: &[Outcome],
    settlement: Settlement,
    feeds: &BTreeMap<i64, &str>,
) -> Result<Ledger, sqlx::Error> {
    let mut ledger = Ledger::new();
    load_accounts(session, &mut ledger, outcomes, settlement).await?;
    let mut client_ids = clients_by_identifier(session, outcomes).await?;
    client_ids.extend(clients_by_name(session, outcomes).await?);
    let mut records = Vec::new();
    for record_type in care::catalogue()
        .iter()
        .filter(|record| record.name != "client")
    {
        records.extend(stored_records(session, record_type, outcomes, feeds).await?);
    }
    client_ids.extend(records.iter().map(|(_, client_id, _)| client_id));
    let slots = load_clients(session, &mut ledger, &client_ids).await?;
    load_identifiers(session, &mut ledger, &slots).await?;
    for (key, client_id, stored) in records {
        if let Some(&client) = slots.get(&client_id) {
            ledger.load_record(key, stored.row(client));
        }
    }
    Ok(ledger)
}

pub(super) fn people(outcomes: &[Outcome]) -> impl Iterator<Item = &Person> {
    imports(outcomes).filter_map(|(_, import)| import.person.as_ref())
}

fn imports(outcomes: &[Outcome]) -> impl Iterator<Item = (i64, &Import)> {
    outcomes
        .iter()
        .filter_map(|outcome| match &outcome.disposition {
            Disposition::Import(import) => Some((outcome.message_id, import)),
            Disposition::Ignore(_) | Disposition::Hold(_) => None,
        })
}

/// An account that nobody configured belongs to the default provider from its first message on.
async fn load_accounts(
    session: &mut Session,
    ledger: &mut Ledger,
    outcomes: &[Outcome],
    settlement: Settlement,
) -> Result<(), sqlx::Error> {
    let accounts: BTreeSet<&Account> = imports(outcomes)
        .map(|(_, import)| &import.account)
        .collect();
    let accounts: Vec<_> = accounts
        .iter()
        .map(|account| json!([account.sender, account.receiver]))
        .collect();
    let items = session.engine().items(1);
    if let Some(provider) = settlement.prepared.default_provider {
        let sql = format!(
            "INSERT INTO provider_account (sender, receiver, provider_id, created_at)
             SELECT item.value ->> 0, item.value ->> 1, $2, $3 FROM {items} WHERE true
             ON CONFLICT (sender, receiver) DO NOTHING"
        );
        let now = iso(settlement.now);
        let args = vec![
            Arg::Json(json!(accounts)),
            Arg::Int(provider),
            now.as_str().into(),
        ];
        session.execute(&sql, args).await?;
    }
    let sql = format!(
        "SELECT a.sender, a.receiver, a.provider_id FROM {items}
         JOIN provider_account a
           ON a.sender = item.value ->> 0 AND a.receiver = item.value ->> 1"
    );
    for row in session
        .query(&sql, vec![Arg::Json(json!(accounts))])
        .await?
    {
        ledger.load_account(
            Account {
                sender: row.text(0)?,
                receiver: row.text(1)?,
            },
            row.int(2)?,
        );
    }
    Ok(())
}

async fn clients_by_identifier(
    session: &mut Session,
    outcomes: &[Outcome],
) -> Result<BTreeSet<i64>, sqlx::Error> {
    let identifiers: BTreeSet<&Identifier> = people(outcomes)
        .flat_map(|person| &person.identifiers)
        .collect();
    let rows: Vec<_> = identifiers
        .iter()
        .map(|id| json!([id.authority, id.id, id.type_code]))
        .collect();
    let sql = format!(
        "SELECT i.client_id FROM {}
         JOIN client_identifier i
           ON i.authority = item.value ->> 0 AND i.identifier = item.value ->> 1
          AND i.type_code = item.value ->> 2",
        session.engine().items(1)
    );
    let rows = session.query(&sql, vec![Arg::Json(json!(rows))]).await?;
    rows.iter().map(|row| row.int(0)).collect()
}

async fn clients_by_name(
    session: &mut Session,
    outcomes: &[Outcome],
) -> Result<Vec<i64>, sqlx::Error> {
    let names: BTreeSet<NameKey> = people(outcomes).filter_map(Person::name_key).collect();
    let names: Vec<&str> = names.iter().map(NameKey::as_str).collect();
    let sql = format!(
        "SELECT id FROM client WHERE name_key IN {}",
        session.engine().texts(1)
    );
    let rows = session.query(&sql, vec![Arg::Json(json!(names))]).await?;
    rows.iter().map(|row| row.int(0)).collect()
}

/// Clients in the order of their ids, locked so that nobody changes them meanwhile.
async fn load_clients(
    session: &mut Session,
    ledger: &mut Ledger,
    client_ids: &BTreeSet<i64>,
) -> Result<BTreeMap<i64, ClientSlot>, sqlx::Error> {
    let mut slots = BTreeMap::new();
    let Some(client) = care::record_type("client") else {
        return Ok(slots);
    };
    let sql = format!(
        "SELECT t.id, t.provider_id, t.message_id, s.sources, {} FROM client t
         LEFT JOIN record_source s ON s.record_type = 'client' AND s.record_id = t.id
         WHERE t.id IN (SELECT CAST(item.value AS BIGINT) FROM {}) ORDER BY t.id{}",
        field_columns(client),
        session.engine().items(1),
        for_update(session)
    );
    for row in session
        .query(&sql, vec![Arg::Json(json!(client_ids))])
        .await?
    {
        let id = row.int(0)?;
        let slot = ledger.load_client(ClientRow {
            id: Some(id),
            provider_id: row.int(1)?,
            message_id: row.int(2)?,
            record: read_record(client, &row, 3)?,
            edited: false,
            touched: false,
        });
        slots.insert(id, slot);
    }
    Ok(slots)
}

async fn load_identifiers(
    session: &mut Session,
    ledger: &mut Ledger,
    slots: &BTreeMap<i64, ClientSlot>,
) -> Result<(), sqlx::Error> {
    let ids: Vec<i64> = slots.keys().copied().collect();
    let sql = format!(
        "SELECT authority, identifier, type_code, client_id FROM client_identifier
         WHERE client_id IN (SELECT CAST(item.value AS BIGINT) FROM {})",
        session.engine().items(1)
    );
    for row in session.query(&sql, vec![Arg::Json(json!(ids))]).await? {
        let identifier = Identifier {
            authority: row.text(0)?,
            id: row.text(1)?,
            type_code: row.text(2)?,
        };
        if let Some(&slot) = slots.get(&row.int(3)?) {
            ledger.load_identifier(identifier, slot);
        }
    }
    Ok(())
}

/// A stored record whose client is not in the ledger yet.
struct StoredRecord {
    id: i64,
    provider_id: i64,
    message_id: i64,
    record: Record,
}

impl StoredRecord {
    fn row(self, client: ClientSlot) -> RecordRow {
        RecordRow {
            id: Some(self.id),
            client,
            provider_id: self.provider_id,
            message_id: self.message_id,
            record: self.record,
            edited: false,
            touched: false,
        }
    }
}

async fn stored_records(
    session: &mut Session,
    record_type: &'static RecordType,
    outcomes: &[Outcome],
    feeds: &BTreeMap<i64, &str>,
) -> Result<Vec<(RecordKey, i64, StoredRecord)>, sqlx::Error> {
    let mut keys: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (message_id, import) in imports(outcomes) {
        let feed = feeds.get(&message_id).copied().unwrap_or_default();
        let changes = import
            .changes
            .iter()
            .filter(|change| change.record == record_type);
        keys.extend(changes.map(|change| (feed, change.source_key.as_str())));
    }
    let keys: Vec<_> = keys.iter().map(|(feed, key)| json!([feed, key])).collect();
    let name = record_type.name;
    let sql = format!(
        "SELECT t.id, t.provider_id, t.message_id, t.client_id, t.feed, t.source_key, s.sources, {}
         FROM {} JOIN {name} t
           ON t.feed = item.value ->> 0 AND t.source_key = item.value ->> 1
         LEFT JOIN record_source s ON s.record_type = '{name}' AND s.record_id = t.id
         ORDER BY t.id{}",
        field_columns(record_type),
        session.engine().items(1),
        for_update(session)
    );
    let mut records = Vec::new();
    for row in session.query(&sql, vec![Arg::Json(json!(keys))]).await? {
        let key = RecordKey {
            record: name,
            feed: row.text(4)?,
            source_key: row.text(5)?,
        };
        let stored = StoredRecord {
            id: row.int(0)?,
            provider_id: row.int(1)?,
            message_id: row.int(2)?,
            record: read_record(record_type, &row, 6)?,
        };
        records.push((key, row.int(3)?, stored));
    }
    Ok(records)
}

fn for_update(session: &Session) -> &'static str {
    match session.engine() {
        Engine::Sqlite => "",
        Engine::Postgres => " FOR UPDATE OF t",
    }
}

/// A record from a row that has its sources at column `at` and its fields behind it.
pub(crate) fn read_record(
    record_type: &'static RecordType,
    row: &Row,
    at: usize,
) -> Result<Record, sqlx::Error> {
    let sources = row.maybe_text(at)?.unwrap_or_else(|| "{}".to_owned());
    let mut sources: BTreeMap<String, Source> =
        serde_json::from_str(&sources).map_err(|error| sqlx::Error::Decode(error.into()))?;
    let mut cells = Vec::with_capacity(record_type.fields.len());
    for (place, field) in record_type.fields.iter().enumerate() {
        let value = read_value(field.kind, row, at + 1 + place)?;
        cells.push(Cell {
            value,
            source: sources.remove(field.name),
        });
    }
    Record::from_cells(record_type, cells).ok_or(sqlx::Error::RowNotFound)
}

fn read_value(kind: Kind, row: &Row, column: usize) -> Result<Option<Value>, sqlx::Error> {
    Ok(match kind {
        Kind::Number => row.maybe_number(column)?.map(Value::Number),
        Kind::Flag => row.maybe_flag(column)?.map(Value::Flag),
        Kind::Text | Kind::Code | Kind::Codes | Kind::Reference | Kind::Date | Kind::Timestamp => {
            row.maybe_text(column)?.map(Value::Text)
        }
    })
}
