//! The replies that senders ask for with what they send: owed from the commit that keeps it.

use serde_json::json;

use super::Incoming;
use crate::arrival::{Altered, Arrived, Receipt};
use crate::session::Arg;
use crate::writer::Writing;

/// A repeat asks for what it has not heard: the same reply leaves again, also where it is leaving at
/// this moment, which the other time tells. What is not due yet leaves but once.
fn again_sql(time: &str) -> String {
    format!(
        "outcome = '',
         due_ms = CASE WHEN due_ms < {time} THEN {time} ELSE due_ms + 1 END"
    )
}
const IS_SAID: &str = "due_ms IS NOT NULL AND outcome IN ('', 'delivered', 'given_up')";

impl Incoming<'_> {
    /// What its sender asked for; nothing where it is told at once what comes of it.
    pub(super) fn wanted(&self, is_altered: bool) -> &str {
        let state = match &self.arrival.altered {
            Some(Altered { state, .. }) if is_altered => state,
            _ => &self.arrival.state,
        };
        if *state == Arrived::Received {
            &self.arrival.reply
        } else {
            ""
        }
    }
}

/// Whether any sender asked for a reply.
pub(super) fn is_any_wanted(run: &[Incoming<'_>]) -> bool {
    run.iter().any(|one| !one.arrival.reply.is_empty())
}

/// The statement that holds, with what is owed for it. The feeds are its first parameter and the
/// times its fourth; two more say what is wanted, as new and as altered.
pub(super) fn and_owe(hold: &str, wanted: [u8; 2]) -> String {
    let [new, altered] = wanted;
    let again = again_sql("millis");
    format!(
        "WITH held AS MATERIALIZED (
             SELECT *, row_number() OVER () AS place FROM ({hold}) AS held
         ), asked AS MATERIALIZED (
             SELECT kept_id, given_answer, feed, millis,
                    CASE WHEN earlier_id IS NULL THEN a.new ELSE a.altered END AS wanted
             FROM held JOIN unnest($1, $4, ${new}, ${altered})
                 WITH ORDINALITY AS a (feed, millis, new, altered, place) USING (place)
         ), owed AS (
             INSERT INTO reply (message_id, feed, wanted)
             SELECT kept_id, feed, wanted FROM asked WHERE given_answer IS NULL AND wanted <> ''
         ), again AS (
             UPDATE reply SET {again} FROM asked
             WHERE message_id = kept_id AND given_answer IS NOT NULL AND asked.wanted <> ''
               AND {IS_SAID}
         )
         SELECT kept_id, earlier_id, given_answer FROM held ORDER BY place"
    )
}

/// Owes the replies to a run that is held.
pub(super) async fn owe(
    writing: &mut Writing,
    run: &[Incoming<'_>],
    receipts: &[Receipt],
) -> Result<(), sqlx::Error> {
    let (mut owed, mut again) = (Vec::new(), Vec::new());
    for (one, receipt) in run.iter().zip(receipts) {
        let (id, rows) = match receipt {
            Receipt::New { id } | Receipt::Altered { id, .. } => (id, &mut owed),
            Receipt::Repeat { id, .. } => (id, &mut again),
            Receipt::OutOfSequence { .. } => continue,
        };
        let wanted = one.wanted(receipt.earlier().is_some());
        if !wanted.is_empty() {
            let (feed, received_at) = (&one.arrival.feed, one.arrival.received_at);
            rows.push(json!([id, feed, wanted, received_at]));
        }
    }
    if !owed.is_empty() {
        let sql = "INSERT INTO reply (message_id, feed, wanted)
                   SELECT item.value ->> 0, item.value ->> 1, item.value ->> 2
                   FROM json_each($1) AS item";
        writing.execute(sql, vec![Arg::Json(owed.into())]).await?;
    }
    if !again.is_empty() {
        let sql = format!(
            "UPDATE reply SET {} FROM json_each($1) AS item
             WHERE message_id = item.value ->> 0 AND {IS_SAID}",
            again_sql("(item.value ->> 3)")
        );
        writing.execute(&sql, vec![Arg::Json(again.into())]).await?;
    }
    Ok(())
}
