//! A sender that is not of our making: `mllp_send` of python-hl7.
#![cfg(test)]

#[path = "answers/masked.rs"]
mod masked;

use std::env;
use std::fs;
use std::process::Command;
use std::sync::Arc;

use cistern_listener::{Door, run};
use masked::masked;
use service::{Config, Shutdown};
use tank::{Database, Filter, HoldingTank as _};
use testkit::{golden, sqlite::TempDatabase, testdata};

/// Versions 2.5.1 and 2.3, Latin-1, and a repeat.
const FILES: [&str; 4] = [
    "messages/001_adt_a28_okafor_new.hl7",
    "messages/010_oru_quest_viral_load_bellweather.hl7",
    "messages/003_adt_a28_pena_new.hl7",
    "messages/001_adt_a28_okafor_new.hl7",
];

#[tokio::test(flavor = "multi_thread")]
async fn mllp_send_is_answered() {
    let Ok(mllp_send) = env::var("CISTERN_MLLP_SEND") else {
        let required = env::var_os("CISTERN_REQUIRE_ALL").is_some();
        assert!(!required, "CISTERN_MLLP_SEND is not set");
        println!("skipped: CISTERN_MLLP_SEND is not set; `cargo xtask test` sets it");
        return;
    };
    let database = TempDatabase::create();
    let tank = Database::open(&database.url()).await.unwrap();
    let config = Config::parse(
        "test",
        "[[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\n",
    );
    let config = config.unwrap();
    let door = Door::bind(&config.feeds()[0]).await.unwrap();
    let port = door.address().unwrap().port().to_string();
    let shutdown = Shutdown::new();
    let holding = Arc::new(tank.clone());
    let running = tokio::spawn(run(config.listener, vec![door], holding, shutdown.clone()));

    let frames = FILES.map(|file| [b"\x0B", &testdata::read(file)[..], b"\x1C\r"].concat());
    let stream = database.path().with_file_name("frames");
    fs::write(&stream, frames.concat()).unwrap();
    let printed = Command::new(mllp_send)
        .args(["--port", &port, "--file"])
        .arg(stream)
        .arg("127.0.0.1")
        .output()
        .unwrap();
    shutdown.cancel();
    running.await.unwrap().unwrap();

    golden::check("tests/mllp_send.txt", answers(&printed.stdout));
    assert_eq!(String::from_utf8_lossy(&printed.stderr), "");
    let filter = Filter {
        limit: 10,
        ..Filter::default()
    };
    assert_eq!(
        tank.list(&filter).await.unwrap().len(),
        3,
        "one is a repeat"
    );
}

/// The printed answers, a segment a line.
fn answers(printed: &[u8]) -> String {
    let frames = printed.split(|byte| *byte == 0x0B).skip(1);
    let answer = |frame: &[u8]| {
        let end = frame.iter().position(|byte| *byte == 0x1C).unwrap();
        masked(&frame[..end]).replace('\r', "\n")
    };
    frames.map(answer).collect()
}
