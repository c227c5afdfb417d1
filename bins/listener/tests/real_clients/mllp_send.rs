//! `mllp_send` of python-hl7, by its command line.

use std::fs;
use std::process::Command;

use testkit::{golden, testdata};

use crate::listening::{Listening, installed};
use crate::masked::masked;

/// Versions 2.5.1 and 2.3, Latin-1, and a repeat.
const FILES: [&str; 4] = [
    "messages/001_adt_a28_okafor_new.hl7",
    "messages/010_oru_quest_viral_load_bellweather.hl7",
    "messages/003_adt_a28_pena_new.hl7",
    "messages/001_adt_a28_okafor_new.hl7",
];

#[tokio::test(flavor = "multi_thread")]
async fn mllp_send_is_answered() {
    let Some(mllp_send) = installed("CISTERN_MLLP_SEND") else {
        return;
    };
    let listening = Listening::with_feed("").await;
    let frames = FILES.map(|file| [b"\x0B", &testdata::read(file)[..], b"\x1C\r"].concat());
    let stream = listening.database.path().with_file_name("frames");
    fs::write(&stream, frames.concat()).unwrap();
    let printed = Command::new(mllp_send)
        .args(["--port", &listening.port, "--file"])
        .arg(stream)
        .arg("127.0.0.1")
        .output()
        .unwrap();

    golden::check("tests/real_clients/mllp_send.txt", answers(&printed.stdout));
    assert_eq!(String::from_utf8_lossy(&printed.stderr), "");
    assert_eq!(listening.end().await.len(), 3, "one is a repeat");
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
