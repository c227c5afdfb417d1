//! The SQL of a record type's table, made from the catalogue.

use care::{Field, Kind, RecordType};

/// The columns that stand before the fields in the table of a record type.
pub(crate) fn leading_columns(record: &RecordType) -> &'static [(&'static str, &'static str)] {
    if record.name == "client" {
        &[
            ("id", "BIGINT"),
            ("provider_id", "BIGINT"),
            ("message_id", "BIGINT"),
            ("mapping_version", "BIGINT"),
            ("status", "TEXT"),
            ("as_of", "TEXT"),
            ("created_at", "TEXT"),
            ("updated_at", "TEXT"),
            ("name_key", "TEXT"),
        ]
    } else {
        &[
            ("id", "BIGINT"),
            ("provider_id", "BIGINT"),
            ("message_id", "BIGINT"),
            ("mapping_version", "BIGINT"),
            ("status", "TEXT"),
            ("as_of", "TEXT"),
            ("created_at", "TEXT"),
            ("updated_at", "TEXT"),
            ("client_id", "BIGINT"),
            ("feed", "TEXT"),
            ("source_key", "TEXT"),
        ]
    }
}

/// The column type of a field.
pub(crate) fn column_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Number => "DOUBLE PRECISION",
        Kind::Flag => "BOOLEAN",
        Kind::Text | Kind::Code | Kind::Codes | Kind::Reference | Kind::Date | Kind::Timestamp => {
            "TEXT"
        }
    }
}

/// Inserts or updates rows, each a JSON array of the leading columns and the fields.
pub(crate) fn upsert(record: &RecordType, items: &str) -> String {
    let columns: Vec<(&str, &str)> = leading_columns(record)
        .iter()
        .copied()
        .chain(
            record
                .fields
                .iter()
                .map(|field| (field.name, column_type(field.kind))),
        )
        .collect();
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let values: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(place, (_, sql_type))| format!("CAST(item.value ->> {place} AS {sql_type})"))
        .collect();
    let updates: Vec<String> = names
        .iter()
        .filter(|name| !["id", "created_at"].contains(name))
        .map(|name| format!("{name} = excluded.{name}"))
        .collect();
    format!(
        "INSERT INTO {} ({}) SELECT {} FROM {items} WHERE true ON CONFLICT (id) DO UPDATE SET {}",
        record.name,
        names.join(", "),
        values.join(", "),
        updates.join(", ")
    )
}

/// The fields of a record type as columns of table `t`.
pub(crate) fn field_columns(record: &RecordType) -> String {
    let column = |field: &Field| format!("t.{}", field.name);
    record
        .fields
        .iter()
        .map(column)
        .collect::<Vec<_>>()
        .join(", ")
}
