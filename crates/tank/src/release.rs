//! `release`: a decision is recorded, and what waited for it goes on.

use care::{CodeDecision, Coded};
use serde_json::json;

use crate::database::{Database, LONG_LIMIT};
use crate::decision::{Decision, Released};
use crate::error::TankError;
use crate::instant::iso;
use crate::read_as::ReadAs;
use crate::session::{Arg, Engine, Session};
use crate::settle::release_keys;
use crate::setup::{provider_id, write_account};

const ACTION: &str = "record a decision";

impl Database {
    pub(crate) async fn record_decision(
        &self,
        decision: &Decision,
        decided_by: &str,
        now: i64,
    ) -> Result<Released, TankError> {
        let fault = |error| TankError::database(ACTION, &error);
        let mut session = self.write(LONG_LIMIT).await.map_err(fault)?;
        lock_decisions(&mut session).await.map_err(fault)?;
        match decision {
            Decision::Code(code) => check_value(&mut session, code).await?,
            Decision::Account { provider, .. } => check_provider(&mut session, provider).await?,
            Decision::Retry(_) | Decision::Reread { .. } => {}
        }
        let number = write_decision(&mut session, decision, decided_by, now)
            .await
            .map_err(fault)?;
        let messages = free(&mut session, decision, number, now)
            .await
            .map_err(fault)?;
        let sql = "UPDATE decision SET released = $2 WHERE id = $1";
        let args = vec![Arg::Int(number), Arg::Int(messages.cast_signed())];
        session.execute(sql, args).await.map_err(fault)?;
        session.commit(ACTION).await?;
        Ok(Released {
            decision: number,
            messages,
        })
    }

    pub(crate) async fn code_decisions(&self) -> Result<Vec<CodeDecision>, TankError> {
        const ACTION: &str = "read the decisions";
        let fault = |error| TankError::database(ACTION, &error);
        let mut session = self.read(LONG_LIMIT).await.map_err(fault)?;
        let sql = "SELECT table_name, code, system, sender, value FROM code_map
                   ORDER BY decision_id";
        let rows = session.query(sql, Vec::new()).await.map_err(fault)?;
        session.leave(ACTION).await?;
        let read = |row: &crate::session::Row| {
            Ok(CodeDecision {
                table: row.text(0)?,
                code: row.text(1)?,
                system: row.text(2)?,
                sender: row.text(3)?,
                value: row.maybe_text(4)?,
            })
        };
        rows.iter()
            .map(read)
            .collect::<Result<_, _>>()
            .map_err(fault)
    }
}

/// No batch may be settled between the look at what waits and the commit.
pub(crate) async fn lock_decisions(session: &mut Session) -> Result<(), sqlx::Error> {
    if session.engine() == Engine::Postgres {
        let lock = "SELECT pg_advisory_xact_lock(7, 2)";
        session.execute(lock, Vec::new()).await?;
    }
    Ok(())
}

/// A code of table `test` can only mean a test that exists.
async fn check_value(session: &mut Session, code: &CodeDecision) -> Result<(), TankError> {
    let Some(value) = code.value.as_deref().filter(|_| code.table == "test") else {
        return Ok(());
    };
    let sql = "SELECT name FROM test_definition WHERE name = $1";
    let rows = session.query(sql, vec![value.into()]).await;
    match rows
        .map_err(|error| TankError::database(ACTION, &error))?
        .first()
    {
        Some(_) => Ok(()),
        None => Err(TankError::unknown_value(&code.table)),
    }
}

async fn check_provider(session: &mut Session, provider: &str) -> Result<(), TankError> {
    let found = provider_id(session, provider).await;
    match found.map_err(|error| TankError::database(ACTION, &error))? {
        Some(_) => Ok(()),
        None => Err(TankError::unknown_provider()),
    }
}

async fn write_decision(
    session: &mut Session,
    decision: &Decision,
    decided_by: &str,
    now: i64,
) -> Result<i64, sqlx::Error> {
    let (kind, detail) = match decision {
        Decision::Code(c) => (
            "code",
            json!([c.table, c.code, c.system, c.sender, c.value]).to_string(),
        ),
        Decision::Account { account, provider } => (
            "account",
            json!([account.sender, account.receiver, provider]).to_string(),
        ),
        Decision::Retry(ids) => ("retry", json!(ids).to_string()),
        Decision::Reread { messages, read_as } => (
            "reread",
            json!([messages, read_as.charset, read_as.source.as_str()]).to_string(),
        ),
    };
    let sql = "INSERT INTO decision (kind, detail, decided_by, decided_at, released)
               VALUES ($1, $2, $3, $4, 0) RETURNING id";
    let args = vec![
        kind.into(),
        detail.as_str().into(),
        decided_by.into(),
        iso(now).as_str().into(),
    ];
    let rows = session.query(sql, args).await?;
    rows.first().ok_or(sqlx::Error::RowNotFound)?.int(0)
}

async fn free(
    session: &mut Session,
    decision: &Decision,
    number: i64,
    now: i64,
) -> Result<u64, sqlx::Error> {
    match decision {
        Decision::Code(code) => {
            write_code(session, code, number).await?;
            release_keys(session, &[awaited(code)]).await
        }
        Decision::Account { account, provider } => {
            write_account(session, account, provider, now).await?;
            release_keys(session, &[account.key()]).await
        }
        Decision::Retry(ids) => retry(session, ids, None).await,
        Decision::Reread { messages, read_as } => retry(session, messages, Some(read_as)).await,
    }
}

async fn retry(
    session: &mut Session,
    ids: &[i64],
    read_as: Option<&ReadAs>,
) -> Result<u64, sqlx::Error> {
    let mut args = vec![Arg::Json(json!(ids))];
    let mut reread = "";
    if let Some(read_as) = read_as {
        reread = ", charset = $2, charset_from = $3";
        args.push(read_as.charset.as_str().into());
        args.push(read_as.source.as_str().into());
    }
    let sql = format!(
        "UPDATE message SET state = 'received', reason = '', retry_at_ms = 0{reread}
         WHERE state IN ('held', 'failed')
           AND id IN (SELECT CAST(item.value AS BIGINT) FROM {})",
        session.engine().items(1)
    );
    session.execute(&sql, args).await
}

fn awaited(code: &CodeDecision) -> String {
    let CodeDecision {
        table,
        code,
        system,
        sender,
        ..
    } = code.clone();
    Coded {
        table,
        code,
        system,
        sender: sender.clone(),
        text: String::new(),
    }
    .key(&sender)
}

async fn write_code(
    session: &mut Session,
    code: &CodeDecision,
    number: i64,
) -> Result<(), sqlx::Error> {
    let sql = "INSERT INTO code_map (table_name, code, system, sender, value, decision_id)
               VALUES ($1, $2, $3, $4, $5, $6)
               ON CONFLICT (table_name, code, system, sender)
               DO UPDATE SET value = excluded.value, decision_id = excluded.decision_id";
    let value = code.value.as_deref().map_or(Arg::NoText, Arg::from);
    let args = vec![
        code.table.as_str().into(),
        code.code.as_str().into(),
        code.system.as_str().into(),
        code.sender.as_str().into(),
        value,
        Arg::Int(number),
    ];
    session.execute(sql, args).await?;
    Ok(())
}
