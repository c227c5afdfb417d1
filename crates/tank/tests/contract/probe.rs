//! A look at the tables past the tank, so that the tank is not its own witness.

use sqlx::{AssertSqlSafe, Column as _, Executor as _, Row as _};

/// The rows that a query gives, column by column as text. Columns that are not text must be cast.
pub(crate) async fn rows(url: &str, sql: &str) -> Vec<Vec<String>> {
    if url.starts_with("sqlite:") {
        let pool = sqlx::SqlitePool::connect(url).await.unwrap();
        let rows = pool.fetch_all(AssertSqlSafe(sql.to_owned())).await.unwrap();
        pool.close().await;
        let text = |row: &sqlx::sqlite::SqliteRow, column| row.get::<Option<String>, usize>(column);
        rows.iter()
            .map(|row| columns(row.columns().iter().map(|c| text(row, c.ordinal()))))
            .collect()
    } else {
        let pool = sqlx::PgPool::connect(url).await.unwrap();
        let rows = pool.fetch_all(AssertSqlSafe(sql.to_owned())).await.unwrap();
        pool.close().await;
        let text = |row: &sqlx::postgres::PgRow, column| row.get::<Option<String>, usize>(column);
        rows.iter()
            .map(|row| columns(row.columns().iter().map(|c| text(row, c.ordinal()))))
            .collect()
    }
}

/// The rows, each joined by `|`.
pub(crate) async fn lines(url: &str, sql: &str) -> Vec<String> {
    let rows = rows(url, sql).await;
    rows.iter().map(|row| row.join("|")).collect()
}

/// Runs a statement.
pub(crate) async fn run(url: &str, sql: &str) {
    let sql = AssertSqlSafe(sql.to_owned());
    if url.starts_with("sqlite:") {
        let pool = sqlx::SqlitePool::connect(url).await.unwrap();
        pool.execute(sql).await.unwrap();
        pool.close().await;
    } else {
        let pool = sqlx::PgPool::connect(url).await.unwrap();
        pool.execute(sql).await.unwrap();
        pool.close().await;
    }
}

fn columns(values: impl Iterator<Item = Option<String>>) -> Vec<String> {
    values
        .map(|value| value.unwrap_or_else(|| "-".to_owned()))
        .collect()
}
