//! An importer in this process, messages that it imports or holds, and the answers to them.

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

/// What says the same as [`registration`], but of another name.
pub(crate) fn altered(control_id: &str) -> String {
    registration(control_id, "").replace("Gullwing", "Gannet")
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

/// The masked header of every answer to a [`registration`].
pub(crate) const REGISTRATION_HEAD: &str = "MSH|^~\\&|CISTERN|HARBOR_CARE|HARBOR_EHR^2.999.7.1^ISO|HARBOR^2.999.7^ISO|<time>\
     ||ACK^A28^ACK|<id>|P|2.5.1\r";

/// The same to a [`result`].
pub(crate) const RESULT_HEAD: &str =
    "MSH|^~\\&|CISTERN|HARBOR_CARE|QUARRY|QUARRY LABS|<time>||ACK^R01^ACK|<id>|P|2.5.1\r";

/// The masked answer to [`altered`], which is accepted.
pub(crate) fn accepted_as_altered(control_id: &str) -> String {
    format!(
        "{REGISTRATION_HEAD}MSA|AA|{control_id}\r\
         ERR||MSH^1^10|205^Duplicate key identifier^HL70357|W\
         |102^Duplicate key identifier^HL70533\
         |||this control id came before with other content; both are kept\r"
    )
}

/// The masked answer to a [`result`] that is held. `acknowledged` are the fields from MSA-2 on.
pub(crate) fn held(acknowledged: &str) -> String {
    format!(
        "{RESULT_HEAD}MSA|AE|{acknowledged}\r\
         ERR||OBX^2^3|103^Table value not found^HL70357|E|||unmapped_code\
         |this code is not known here: it waits until somebody says what it means\r\
         ERR||PID^1|204^Unknown key identifier^HL70357|E|||unknown_client\
         |nobody is known here under these identifiers: it waits until somebody is\r"
    )
}
