//! SQLite rolls a transaction back by itself when the disk is full: the tank goes on afterwards.

use cistern_tank::{Database, FailureClass, HoldingTank as _, Receipt};
use testkit::sqlite::TempDatabase;

use crate::probe;
use crate::support::*;

/// As SQLite does when the disk is full.
const ROLL_BACK: &str = "CREATE TRIGGER full BEFORE INSERT ON message WHEN NEW.control_id = 'full'
    BEGIN SELECT RAISE(ROLLBACK, 'full'); END";

#[tokio::test]
async fn holding_goes_on_after_sqlite_has_rolled_back() {
    let database = TempDatabase::create();
    let tank = Database::open(&database.url()).await.unwrap();
    probe::run(&database.url(), ROLL_BACK).await;
    for id in 1..4 {
        let error = tank.hold(&[arrival("full", b"full")]).await.unwrap_err();
        assert_eq!(error.class(), FailureClass::Permanent, "{error}");
        let name = id.to_string();
        let held = tank.hold(&[arrival(&name, b"good")]).await.unwrap();
        assert_eq!(held, [Receipt::New { id }]);
    }
}
