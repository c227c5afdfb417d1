//! An importer in this process, and messages that it imports or holds.

use std::sync::Arc;

use importer::ImporterError;
use service::{Config, Shutdown};
use tank::Database;
use testkit::testdata;
use tokio::task::JoinHandle;

use crate::peer::soon;

/// An importer at work on a database.
pub(crate) struct Importing {
    shutdown: Shutdown,
    running: JoinHandle<Result<(), ImporterError>>,
}

impl Importing {
    pub(crate) async fn start(url: &str) -> Importing {
        let config = Config::parse("test", "[importer]\npoll_millis = 5").unwrap();
        let tank = Arc::new(Database::open(url).await.unwrap());
        let shutdown = Shutdown::new();
        let running = tokio::spawn(importer::run(config, tank, shutdown.clone()));
        Importing { shutdown, running }
    }

    /// Stops when the batch in hand is settled.
    pub(crate) async fn stop(self) {
        self.shutdown.cancel();
        soon(self.running).await.unwrap().unwrap();
    }
}

/// A registration, which is imported. `conditions` are MSH-15 and MSH-16.
pub(crate) fn registration(control_id: &str, conditions: &str) -> String {
    let file = "messages/001_adt_a28_okafor_new.hl7";
    asking(file, "HSC00004101", control_id, conditions)
}

/// A result of somebody whom nobody has registered, with a code that nobody knows: it is held.
pub(crate) fn result(control_id: &str, conditions: &str) -> String {
    let file = "messages/039_oru_quarry_cd4_unknown_client.hl7";
    asking(file, "QRY00000312", control_id, conditions).replace("8123-2^", "81-XX^")
}

/// A document, which no rule wants.
pub(crate) fn document(control_id: &str, conditions: &str) -> String {
    let file = "messages/057_mdm_t02_hallowbrook_not_wanted.hl7";
    let message = String::from_utf8(testdata::read(file)).unwrap();
    let own_id = message.split('|').nth(9).unwrap();
    asking(file, own_id, control_id, conditions)
}

fn asking(file: &str, own_id: &str, control_id: &str, conditions: &str) -> String {
    let message = String::from_utf8(testdata::read(file)).unwrap();
    let own = format!("|{own_id}|P|2.5.1");
    assert!(message.contains(&own), "{file}");
    let ours = format!("|{control_id}|P|2.5.1|||{conditions}");
    message.replace(&own, &ours)
}
