//! `hold` on PostgreSQL: one call of a function, one round trip.

use sqlx::postgres::{PgArguments, PgPool, PgRow};
use sqlx::{Arguments as _, Encode, Postgres, Row as _, Type};

use super::owe::{and_owe, is_any_wanted};
use super::{ACTION, Incoming, limit};
use crate::arrival::{Altered, Receipt};
use crate::error::TankError;
use crate::holder::Holder;
use crate::instant::iso;
use crate::remote::Remote;
use crate::session::{indexed, plain};

const HOLD: &str = "SELECT kept_id, earlier_id, given_answer FROM hold_messages($1, $2, $3, $4, \
    $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, \
    $26)";

/// The parameters after those of [`HOLD`], where a sender asked for a reply.
const WANTED: [u8; 2] = [27, 28];

const LOCK: &str = "SELECT pg_advisory_xact_lock(9, part) FROM (
    SELECT DISTINCT hashtext(key) & 1023 AS part FROM unnest($1) AS key
    WHERE key <> '' ORDER BY part
) AS parts";

pub(super) async fn hold(
    pool: &PgPool,
    holder: &Holder,
    incoming: &[Incoming<'_>],
) -> Result<Vec<Receipt>, TankError> {
    let fault = |error| TankError::database(ACTION, &error);
    let mut remote = holder.take(pool, limit(incoming)).await.map_err(fault)?;
    // The call commits by itself.
    let receipts = keep(&mut remote, incoming).await;
    let receipts = receipts.map_err(|error| TankError::commit(ACTION, &error))?;
    let done = remote.commit().await;
    done.map_err(|error| TankError::commit(ACTION, &error))?;
    Ok(receipts)
}

pub(super) async fn keep(
    remote: &mut Remote,
    incoming: &[Incoming<'_>],
) -> Result<Vec<Receipt>, sqlx::Error> {
    let arguments = arguments(incoming)?;
    let rows = if is_any_wanted(incoming) {
        remote.query(&and_owe(HOLD, WANTED), arguments).await?
    } else {
        remote.query(HOLD, arguments).await?
    };
    rows.iter().map(receipt).collect()
}

/// The locks of the function, in its own order, before others are taken.
pub(super) async fn lock(
    remote: &mut Remote,
    incoming: &[Incoming<'_>],
) -> Result<(), sqlx::Error> {
    let keys: Vec<&str> = incoming.iter().map(|one| &*one.key).collect();
    let mut arguments = PgArguments::default();
    arguments.add(keys).map_err(sqlx::Error::Encode)?;
    remote.query(LOCK, arguments).await?;
    Ok(())
}

fn receipt(row: &PgRow) -> Result<Receipt, sqlx::Error> {
    let id = row.try_get(0)?;
    let (earlier, answer): (Option<i64>, Option<Vec<u8>>) = (row.try_get(1)?, row.try_get(2)?);
    Ok(match (earlier, answer) {
        (earlier, Some(answer)) => Receipt::Repeat {
            id,
            answer: answer.into(),
            earlier,
        },
        (Some(earlier), None) => Receipt::Altered { id, earlier },
        (None, None) => Receipt::New { id },
    })
}

/// One array for each column.
fn arguments(run: &[Incoming<'_>]) -> Result<PgArguments, sqlx::Error> {
    let mut columns = Columns {
        run,
        arguments: PgArguments::default(),
    };
    columns.add(|one| plain(&one.arrival.feed))?;
    columns.add(|one| plain(&one.arrival.peer))?;
    columns.add(|one| iso(one.arrival.received_at))?;
    columns.add(|one| one.arrival.received_at)?;
    columns.add(|one| plain(&one.arrival.keys.sending_application))?;
    columns.add(|one| plain(&one.arrival.keys.sending_facility))?;
    columns.add(|one| plain(&one.arrival.keys.receiving_application))?;
    columns.add(|one| plain(&one.arrival.keys.receiving_facility))?;
    columns.add(|one| plain(&one.arrival.keys.control_id))?;
    columns.add(|one| indexed(&one.arrival.keys.message_code))?;
    columns.add(|one| indexed(&one.arrival.keys.trigger_event))?;
    columns.add(|one| plain(&one.arrival.keys.version))?;
    columns.add(|one| &*one.key)?;
    columns.add(|one| indexed(&one.arrival.lane))?;
    columns.add(|one| one.arrival.state.state_and_reason().0.as_str())?;
    columns.add(|one| plain(one.arrival.state.state_and_reason().1))?;
    columns.add(|one| &one.digest()[..])?;
    columns.add(|one| &one.arrival.body[..])?;
    columns.add(|one| &*one.arrival.answer.code)?;
    columns.add(|one| &one.arrival.answer.bytes[..])?;
    columns.add(|one| Some(one.altered()?.state.state_and_reason().0.as_str()))?;
    columns.add(|one| Some(plain(one.altered()?.state.state_and_reason().1)))?;
    columns.add(|one| Some(&*one.altered()?.answer.code))?;
    columns.add(|one| Some(&one.altered()?.answer.bytes[..]))?;
    columns.add(|one| plain(&one.arrival.read_as.charset))?;
    columns.add(|one| one.arrival.read_as.source.as_str())?;
    if is_any_wanted(run) {
        columns.add(|one| one.wanted(false))?;
        columns.add(|one| one.wanted(true))?;
    }
    Ok(columns.arguments)
}

struct Columns<'r, 'a> {
    run: &'r [Incoming<'a>],
    arguments: PgArguments,
}

impl<'r, 'a> Columns<'r, 'a> {
    fn add<T>(&mut self, value: impl Fn(&'r Incoming<'a>) -> T) -> Result<(), sqlx::Error>
    where
        Vec<T>: Encode<'r, Postgres> + Type<Postgres>,
    {
        let values: Vec<T> = self.run.iter().map(value).collect();
        self.arguments.add(values).map_err(sqlx::Error::Encode)
    }
}

impl Incoming<'_> {
    fn altered(&self) -> Option<&Altered> {
        self.arrival.altered.as_ref()
    }
}
