//! `cistern account`.

use std::sync::Arc;
use std::time::Duration;

use service::{Config, Shutdown};
use tank::{Database, HoldingTank as _};

use crate::prompt::Prompt;

const CONFIG: &str = "database.url = 'sqlite:cistern.db'\n[[provider]]\nname = 'Harbor Clinic'\n";

const MESSAGE: &str = "MSH|^~\\&|EHR|HARBOR|CARE|\u{1b}[1m BAY|20260302101500||ADT^A28|1|P|2.5.1\r\
    EVN||20260302101500\rPID|1||1001^^^HARBOR^MR||Okonkwo^Ada^Quill||19700101|F\r";

#[tokio::test]
async fn an_account_waits_for_its_provider() {
    let prompt = Prompt::new();
    prompt.write("cistern.toml", CONFIG);
    prompt.write("message.hl7", MESSAGE);
    prompt.good(&["hold", "message.hl7"]);
    let url = format!(
        "sqlite:{}",
        prompt.folder.path().join("cistern.db").display()
    );
    let tank = Arc::new(Database::open(&url).await.unwrap());
    let shutdown = Shutdown::new();
    let config = Config::parse("cistern.toml", CONFIG).unwrap();
    let importing = tokio::spawn(importer::run(config, tank.clone(), shutdown.clone()));
    while tank.findings().await.unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let work = prompt.good(&["list", "work"]);
    let lines: Vec<&str> = work.lines().collect();
    let command = "      cistern account HARBOR $'\\u001b[1m BAY' \"<provider>\"";
    assert_eq!(
        lines[0],
        "  account of HARBOR with \\u{1b}[1m BAY belongs to no provider"
    );
    assert_eq!(lines[2], command);
    let receiver = "\u{1b}[1m BAY";
    assert_eq!(
        prompt.good(&["account", "HARBOR", receiver, "Harbor Clinic"]),
        "decision 1: 1 messages go on\n"
    );
    assert_eq!(
        prompt.bad(&["account", "HARBOR", receiver, "Nobody"]),
        "cistern: record a decision: no provider has this name: an importer must run with it once\n"
    );
    shutdown.cancel();
    importing.await.unwrap().unwrap();
    tank.close().await;
}

#[tokio::test]
async fn an_account_of_the_configuration_is_decided_there() {
    let prompt = Prompt::new();
    let account = "accounts = [{ sender = 'HARBOR', receiver = 'BAY' }]\n";
    let other = "[[provider]]\nname = 'Bay Clinic'\n";
    prompt.write("cistern.toml", [CONFIG, account, other].concat());
    prompt.write("message.hl7", MESSAGE);
    prompt.good(&["hold", "message.hl7"]);
    assert_eq!(
        prompt.bad(&["account", "HARBOR", "BAY", "Bay Clinic"]),
        "cistern: the configuration gives this account to Harbor Clinic, and an importer that \
         starts would do so again: change it there\n"
    );
    let unknown = "cistern: record a decision: no provider has this name: \
                   an importer must run with it once\n";
    // Nothing speaks against these but that no importer has run.
    for args in [
        ["HARBOR", "BAY", "Harbor Clinic"],
        ["HARBOR", "COVE", "Bay Clinic"],
    ] {
        assert_eq!(prompt.bad(&[&["account"], &args[..]].concat()), unknown);
    }
}
