//! A tank may be dropped without being closed, also after its runtime has ended.

use cistern_tank::Database;
use testkit::{postgres, sqlite::TempDatabase};
use tokio::runtime::Runtime;

use crate::support::*;

#[test]
fn a_tank_outlives_its_runtime() {
    let file = TempDatabase::create();
    let server = postgres::Database::create_or_skip();
    let urls = [
        Some(file.url()),
        server.as_ref().map(postgres::Database::url),
    ];
    for url in urls.into_iter().flatten() {
        let runtime = Runtime::new().unwrap();
        let tank = runtime.block_on(async {
            let tank = Database::open(&url).await.unwrap();
            assert_eq!(hold(&tank, &["1"]).await, [1]);
            tank
        });
        drop(runtime);
        drop(tank);
    }
}
