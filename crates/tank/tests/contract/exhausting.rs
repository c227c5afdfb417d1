//! A message on which PostgreSQL gives out at each try is set aside, and does not keep the others.

use cistern_tank::{Database, HoldingTank as _, Settled};

use crate::probe;
use crate::support::*;

/// As PostgreSQL does when its memory or its locks are used up.
const GIVE_OUT: &str = "CREATE FUNCTION give_out() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'out of memory' USING ERRCODE = '53200'; END $$";
const ON_MUCH: &str = "CREATE TRIGGER give_out BEFORE INSERT ON lab FOR EACH ROW
    WHEN (NEW.source_key = 'much') EXECUTE FUNCTION give_out()";

#[tokio::test]
async fn a_message_that_exhausts_the_database_is_set_aside() {
    let Some(database) = testkit::postgres::Database::create_or_skip() else {
        return;
    };
    let tank = Database::open(&database.url()).await.unwrap();
    let settlement = prepare(&tank).await;
    probe::run(&database.url(), GIVE_OUT).await;
    probe::run(&database.url(), ON_MUCH).await;
    take_in(&tank, settlement, "jane", registration(&jane(), 10)).await;
    let held = hold(&tank, &["a", "much", "b"]).await;
    let batch = claim(&tank, "importer", NOW).await;
    let outcomes: Vec<_> = held
        .iter()
        .zip(["a", "much", "b"])
        .map(|(id, key)| import(*id, result(&jane(), key, 1.0, 10)))
        .collect();
    let settled = tank.settle(&batch, &outcomes, settlement).await.unwrap();
    let expected = Settled {
        imported: 2,
        failed: 1,
        records_added: 2,
        ..Settled::default()
    };
    assert_eq!(settled, expected);
    let reason = "settle a batch: database error 53200";
    assert_eq!(
        state(&tank, held[1]).await,
        ("failed".into(), reason.into())
    );
}
