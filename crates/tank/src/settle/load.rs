//! The rows that a batch of outcomes names, each table read once.

use std::collections::{BTreeMap, BTreeSet};

use care::{
    Account, Cell, ClientRow, ClientSlot, Identifier, Kind, Ledger, Record, RecordKey, RecordRow,
    RecordType, Source, Value,
};
use serde_json::json;

use super::names::Names;
use super::table::field_columns;
use crate::batch::Settlement;
use crate::instant::iso;
use crate::session::{Arg, Row, Session};

/// Everything that the outcomes may touch. The clients are locked.
pub(super) async fn ledger(
    session: &mut Session,
    names: &Names<'_>,
    client_ids: &BTreeSet<i64>,
    settlement: Settlement,
) -> Result<Ledger, sqlx::Error> {
    let mut ledger = Ledger::new();
    load_accounts(session, &mut ledger, names, settlement).await?;
    let slots = load_clients(session, &mut ledger, client_ids).await?;
    load_identifiers(session, &mut ledger, &slots).await?;
    for record_type in care::catalogue().iter().filter(|r| names.has(r.name)) {
        load_records(session, &mut ledger, record_type, names, &slots).await?;
    }
    Ok(ledger)
}

/// An account that nobody configured belongs to the default provider from its first message on.
async fn load_accounts(
    session: &mut Session,
    ledger: &mut Ledger,
    names: &Names<'_>,
    settlement: Settlement,
) -> Result<(), sqlx::Error> {
    let accounts: Vec<_> = names
        .accounts
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
         WHERE t.id IN (SELECT CAST(item.value AS BIGINT) FROM {}) ORDER BY t.id",
        field_columns(client),
        session.engine().items(1)
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

async fn load_records(
    session: &mut Session,
    ledger: &mut Ledger,
    record_type: &'static RecordType,
    names: &Names<'_>,
    slots: &BTreeMap<i64, ClientSlot>,
) -> Result<(), sqlx::Error> {
    let name = record_type.name;
    let sql = format!(
        "SELECT t.id, t.provider_id, t.message_id, t.client_id, t.feed, t.source_key, s.sources, {}
         FROM {} JOIN {name} t
           ON item.value ->> 0 = '{name}' AND t.feed = item.value ->> 1
          AND t.source_key = item.value ->> 2
         LEFT JOIN record_source s ON s.record_type = '{name}' AND s.record_id = t.id",
        field_columns(record_type),
        session.engine().items(1)
    );
    for row in session
        .query(&sql, vec![Arg::Json(names.records())])
        .await?
    {
        let Some(&client) = slots.get(&row.int(3)?) else {
            continue;
        };
        let key = RecordKey {
            record: name,
            feed: row.text(4)?,
            source_key: row.text(5)?,
        };
        let row = RecordRow {
            id: Some(row.int(0)?),
            client,
            provider_id: row.int(1)?,
            message_id: row.int(2)?,
            record: read_record(record_type, &row, 6)?,
            edited: false,
            touched: false,
        };
        ledger.load_record(key, row);
    }
    Ok(())
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
