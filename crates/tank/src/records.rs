//! Care records for people: how many there are, and where each value comes from.

use care::{Record, RecordType, Source, Value};

use crate::database::Database;
use crate::error::TankError;
use crate::session::{Arg, Row};
use crate::settle::{field_columns, read_record};

/// How many records of a type there are in a life-cycle state.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordCount {
    /// The record type.
    pub record_type: &'static str,
    /// The life-cycle state.
    pub status: String,
    /// How many.
    pub records: i64,
}

/// One record with the sources of its values.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RecordView {
    /// The record.
    pub id: i64,
    /// The life-cycle state.
    pub status: String,
    /// The message that last changed a value.
    pub message_id: i64,
    /// Every field that has a value.
    pub values: Vec<SourceView>,
}

/// One value and where it comes from.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SourceView {
    /// The field.
    pub field: &'static str,
    /// The value.
    pub value: Value,
    /// The message and the path in it.
    pub source: Option<Source>,
}

impl Database {
    /// How many records of each type and state there are.
    pub async fn record_counts(&self) -> Result<Vec<RecordCount>, TankError> {
        let mut counts = Vec::new();
        for record_type in care::catalogue() {
            let name = record_type.name;
            let sql =
                format!("SELECT status, COUNT(*) FROM {name} GROUP BY status ORDER BY status");
            let read = |row: &Row| {
                Ok(RecordCount {
                    record_type: name,
                    status: row.text(0)?,
                    records: row.int(1)?,
                })
            };
            counts.extend(self.look("count records", &sql, Vec::new(), read).await?);
        }
        Ok(counts)
    }

    /// The newest records of a type, each value with the message and path that it came from.
    pub async fn records(
        &self,
        record_type: &'static RecordType,
        limit: u32,
    ) -> Result<Vec<RecordView>, TankError> {
        let name = record_type.name;
        let sql = format!(
            "SELECT t.id, t.status, t.message_id, s.sources, {} FROM {name} t
             LEFT JOIN record_source s ON s.record_type = '{name}' AND s.record_id = t.id
             ORDER BY t.id DESC LIMIT $1",
            field_columns(record_type)
        );
        let read = |row: &Row| {
            Ok(RecordView {
                id: row.int(0)?,
                status: row.text(1)?,
                message_id: row.int(2)?,
                values: values(&read_record(record_type, row, 3)?),
            })
        };
        self.look("read records", &sql, vec![Arg::Int(limit.into())], read)
            .await
    }
}

fn values(record: &Record) -> Vec<SourceView> {
    let fields = record.record_type().fields.iter().zip(record.cells());
    let valued = fields.filter_map(|(field, cell)| {
        let (value, source) = (cell.value.clone()?, cell.source.clone());
        Some(SourceView {
            field: field.name,
            value,
            source,
        })
    });
    valued.collect()
}
