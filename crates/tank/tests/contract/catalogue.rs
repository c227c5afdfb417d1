//! The catalogue against the migrations: each record type has its table with just its columns.

use care::{Kind, RecordType};
use cistern_tank::Database;

use crate::probe::lines;

const OF_EVERY_RECORD: [&str; 8] = [
    "as_of TEXT NOT NULL",
    "created_at TEXT NOT NULL",
    "id BIGINT NOT NULL",
    "mapping_version BIGINT NOT NULL",
    "message_id BIGINT NOT NULL",
    "provider_id BIGINT NOT NULL",
    "status TEXT NOT NULL",
    "updated_at TEXT NOT NULL",
];

pub(crate) async fn every_record_type_has_its_table(_: &Database, url: &str) {
    for record in care::catalogue() {
        let mut columns = lines(url, &columns_of(url, record.name)).await;
        columns.sort_unstable();
        assert_eq!(columns, expected(record), "{}", record.name);
    }
}

fn expected(record: &RecordType) -> Vec<String> {
    let mut columns: Vec<String> = OF_EVERY_RECORD.map(str::to_owned).to_vec();
    let own: &[&str] = match record.name {
        "client" => &["name_key TEXT NOT NULL"],
        _ => &[
            "client_id BIGINT NOT NULL",
            "feed TEXT NOT NULL",
            "source_key TEXT NOT NULL",
        ],
    };
    columns.extend(own.iter().map(|column| (*column).to_owned()));
    for field in record.fields {
        let sql_type = match field.kind {
            Kind::Number => "DOUBLE PRECISION",
            Kind::Flag => "BOOLEAN",
            _ => "TEXT",
        };
        let null = if field.required { " NOT NULL" } else { "" };
        columns.push(format!("{} {sql_type}{null}", field.name));
    }
    columns.sort_unstable();
    columns
}

/// A query for the columns of a table as `name TYPE [NOT NULL]`.
fn columns_of(url: &str, table: &str) -> String {
    if url.starts_with("sqlite:") {
        // SQLite's own name for the type of a 64-bit key is INTEGER, and a key is never null.
        format!(
            "SELECT name || ' ' || CASE WHEN pk = 1 THEN 'BIGINT NOT NULL'
                 ELSE type || CASE \"notnull\" WHEN 1 THEN ' NOT NULL' ELSE '' END END
             FROM pragma_table_info('{table}')"
        )
    } else {
        format!(
            "SELECT CAST(column_name || ' ' || upper(data_type)
                 || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END AS TEXT)
             FROM information_schema.columns
             WHERE table_schema = current_schema() AND table_name = '{table}'"
        )
    }
}
