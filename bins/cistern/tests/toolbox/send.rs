//! `cistern send`.

use std::sync::Arc;

use listener::Door;
use service::{Config, Shutdown};
use tank::Database;

use crate::prompt::Prompt;

#[tokio::test(flavor = "multi_thread")]
async fn send_prints_each_answer() {
    let prompt = Prompt::new();
    let url = format!(
        "sqlite:{}",
        prompt.folder.path().join("cistern.db").display()
    );
    let config = Config::parse(
        "test",
        "[[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\n",
    );
    let config = config.unwrap();
    let door = Door::bind(&config.feeds()[0]).await.unwrap();
    let address = door.address().unwrap().to_string();
    let tank = Arc::new(Database::open(&url).await.unwrap());
    let shutdown = Shutdown::new();
    let running = listener::run(config.listener, vec![door], tank, shutdown.clone());
    let running = tokio::spawn(running);

    let head = "MSH|^~\\&|EHR|HARBOR|||20260302||ADT^A08";
    prompt.write(
        "two.hl7",
        format!("{head}|1|P|2.5.1\rPID|1\r{head}||P|2.5.1\rPID|2\r"),
    );
    prompt.write("again.hl7", format!("{head}|1|P|2.5.1\rPID|other\r"));
    assert_eq!(
        prompt.good(&["send", "--to", &address, "two.hl7", "again.hl7"]),
        "two.hl7 1: AA\n\
         two.hl7 2: AE (MSH-10 is empty: give each message a control id of its own)\n\
         again.hl7 1: AA (this control id came before with other content; both are kept)\n"
    );
    shutdown.cancel();
    running.await.unwrap().unwrap();
    assert_eq!(
        prompt.bad(&["send", "--to", &address, "two.hl7"]),
        "cistern: cannot connect\n  because: Connection refused (os error 111)\n"
    );
}
