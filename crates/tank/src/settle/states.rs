//! Message states, findings, and what waits for what.

use std::collections::BTreeSet;

use care::{ClientSlot, Finding, Ledger, NameKey, RecordSlot, Revision};
use serde_json::json;

use super::{ACTION, Verdict};
use crate::batch::{Batch, Outcome, Settlement};
use crate::error::TankError;
use crate::instant::iso;
use crate::reply::fall_due;
use crate::session::{Arg, Engine, Session};
use crate::state::State;

/// A failed message is tried again after this time, doubled at each further failure.
const FIRST_RETRY_MS: i64 = 5_000;
const LAST_DOUBLING: u32 = 10;

/// The messages must still be this worker's: whoever lost the claim must write nothing.
pub(super) async fn check_claim(
    session: &mut Session,
    batch: &Batch,
    outcomes: &[Outcome],
) -> Result<(), TankError> {
    let ids: Vec<i64> = outcomes.iter().map(|outcome| outcome.message_id).collect();
    let lock = if session.engine() == Engine::Postgres {
        "FOR NO KEY UPDATE"
    } else {
        ""
    };
    let sql = format!(
        "SELECT id FROM message
         WHERE worker = $1 AND claimed_until_ms > 0 AND state IN ('received', 'failed')
           AND id IN (SELECT CAST(item.value AS BIGINT) FROM {}) ORDER BY id {lock}",
        session.engine().items(2)
    );
    let args = vec![batch.worker.as_str().into(), Arg::Json(json!(ids))];
    let own = session
        .query(&sql, args)
        .await
        .map_err(|e| TankError::database(ACTION, &e))?;
    if own.len() == outcomes.len() {
        Ok(())
    } else {
        Err(TankError::lost_claim())
    }
}

/// Writes the verdicts: states with their reasons, findings, and what each held message awaits.
pub(super) async fn write(
    session: &mut Session,
    verdicts: &[Verdict],
    settlement: Settlement,
) -> Result<(), sqlx::Error> {
    write_states(session, verdicts, settlement).await?;
    let settled = verdicts.iter().filter(|v| v.state != State::Received);
    let settled: Vec<i64> = settled.map(|verdict| verdict.message_id).collect();
    fall_due(session, &settled, settlement.now).await?;
    write_findings(session, verdicts, settlement.now).await?;
    write_awaits(session, verdicts).await
}

async fn write_states(
    session: &mut Session,
    verdicts: &[Verdict],
    settlement: Settlement,
) -> Result<(), sqlx::Error> {
    let rows: Vec<_> = verdicts
        .iter()
        .map(|v| json!([v.message_id, v.state.as_str(), v.reason]))
        .collect();
    let sql = format!(
        "UPDATE message SET state = item.value ->> 1, reason = item.value ->> 2,
             mapping_version = $2, settled_at = $3, worker = '', claimed_until_ms = 0,
             attempts = 0, retry_at_ms = 0
         FROM {} WHERE message.id = CAST(item.value ->> 0 AS BIGINT)",
        session.engine().items(1)
    );
    let version = Arg::Int(settlement.prepared.mapping_version);
    let args = vec![
        Arg::Json(json!(rows)),
        version,
        iso(settlement.now).as_str().into(),
    ];
    session.execute(&sql, args).await?;
    Ok(())
}

async fn write_findings(
    session: &mut Session,
    verdicts: &[Verdict],
    now: i64,
) -> Result<(), sqlx::Error> {
    forget(session, "finding", verdicts).await?;
    let rows: Vec<_> = verdicts
        .iter()
        .flat_map(|verdict| {
            verdict
                .findings
                .iter()
                .map(|f| finding_row(verdict.message_id, f))
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO finding (message_id, severity, kind, path, table_name, code, system, sender,
                              code_text, sentence, created_at)
         SELECT CAST(item.value ->> 0 AS BIGINT), item.value ->> 1, item.value ->> 2,
                item.value ->> 3, item.value ->> 4, item.value ->> 5, item.value ->> 6,
                item.value ->> 7, item.value ->> 8, item.value ->> 9, $2
         FROM {} WHERE true",
        session.engine().items(1)
    );
    session
        .execute(&sql, vec![Arg::Json(json!(rows)), iso(now).as_str().into()])
        .await?;
    Ok(())
}

fn finding_row(message_id: i64, finding: &Finding) -> serde_json::Value {
    let code = finding.code.clone().unwrap_or_default();
    json!([
        message_id,
        finding.severity.as_str(),
        finding.kind.as_str(),
        finding.path,
        code.table,
        code.code,
        code.system,
        code.sender,
        code.text,
        finding.sentence,
    ])
}

async fn write_awaits(session: &mut Session, verdicts: &[Verdict]) -> Result<(), sqlx::Error> {
    forget(session, "awaits", verdicts).await?;
    let held = verdicts
        .iter()
        .filter(|verdict| verdict.state == State::Held);
    let rows: Vec<_> = held
        .flat_map(|verdict| {
            let keys = verdict.findings.iter().flat_map(|finding| &finding.keys);
            keys.map(|key| json!([key, verdict.message_id]))
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO awaits (key, message_id)
         SELECT item.value ->> 0, CAST(item.value ->> 1 AS BIGINT) FROM {} WHERE true
         ON CONFLICT DO NOTHING",
        session.engine().items(1)
    );
    session.execute(&sql, vec![Arg::Json(json!(rows))]).await?;
    Ok(())
}

async fn forget(
    session: &mut Session,
    table: &str,
    verdicts: &[Verdict],
) -> Result<(), sqlx::Error> {
    let ids: Vec<i64> = verdicts.iter().map(|verdict| verdict.message_id).collect();
    let sql = format!(
        "DELETE FROM {table} WHERE message_id IN (SELECT CAST(item.value AS BIGINT) FROM {})",
        session.engine().items(1)
    );
    session.execute(&sql, vec![Arg::Json(json!(ids))]).await?;
    Ok(())
}

/// Frees the messages that waited for a client whom this batch added or revised, or for an
/// identifier that it gave to one. A message that contradicted what was stored waits under an
/// identifier that the client has had before.
pub(super) async fn free(session: &mut Session, ledger: &Ledger) -> Result<u64, sqlx::Error> {
    let new = ledger.new_identifiers().iter();
    let mut keys: Vec<String> = new.map(|new| new.identifier.key()).collect();
    let revised: BTreeSet<ClientSlot> = ledger.revisions().iter().filter_map(client).collect();
    for (slot, row) in ledger.clients().filter(|(slot, _)| revised.contains(slot)) {
        keys.extend(NameKey::of(&row.record).map(|name| name.key()));
        keys.extend(
            ledger
                .identifiers_of(slot)
                .map(|identifier| identifier.key()),
        );
    }
    release_keys(session, &keys).await
}

fn client(revision: &Revision) -> Option<ClientSlot> {
    match revision.target {
        RecordSlot::Client(slot) => Some(slot),
        RecordSlot::Record(_) => None,
    }
}

/// Puts held messages that wait for one of these keys back to the importer.
pub(crate) async fn release_keys(
    session: &mut Session,
    keys: &[String],
) -> Result<u64, sqlx::Error> {
    if keys.is_empty() {
        return Ok(0);
    }
    let sql = format!(
        "UPDATE message SET state = 'received', reason = '' WHERE state = 'held' AND id IN
             (SELECT message_id FROM awaits WHERE key IN {})",
        session.engine().texts(1)
    );
    session.execute(&sql, vec![Arg::Json(json!(keys))]).await
}

pub(super) async fn fail(
    session: &mut Session,
    message_id: i64,
    reason: &str,
    now: i64,
) -> Result<(), sqlx::Error> {
    let sql = "SELECT attempts FROM message WHERE id = $1";
    let rows = session.query(sql, vec![Arg::Int(message_id)]).await?;
    let attempts = rows.first().map_or(Ok(0), |row| row.int(0))?;
    let doublings = u32::try_from(attempts)
        .unwrap_or(LAST_DOUBLING)
        .min(LAST_DOUBLING);
    let retry_at = now + FIRST_RETRY_MS * (1 << doublings);
    let sql = "UPDATE message SET state = 'failed', reason = $2, attempts = attempts + 1,
                   retry_at_ms = $3, worker = '', claimed_until_ms = 0
               WHERE id = $1";
    session
        .execute(
            sql,
            vec![Arg::Int(message_id), reason.into(), Arg::Int(retry_at)],
        )
        .await?;
    Ok(())
}
