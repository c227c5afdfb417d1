//! No way of failing puts a word of a message into the log or onto standard error, at any level.
#![cfg(test)]

#[allow(dead_code, reason = "each test uses its part")]
#[path = "../../listener/tests/crash/program.rs"]
mod program;

use std::env;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use program::{Program, sibling};
use tank::{Database, HoldingTank as _};
use testkit::{postgres, sqlite::TempDatabase};
use tokio::runtime::Runtime;

const CISTERN: &str = env!("CARGO_BIN_EXE_cistern");
/// Stands for what nobody may read in a log.
const MARKER: &str = "QXMARKQX";
const FRAME_BYTES_MAX: usize = 100_000;
const PATIENCE: Duration = Duration::from_secs(30);
const CONFIG: &str = "
    [listener]
    max_frame_bytes = 100_000
    in_frame_idle_secs = 1
    [importer]
    poll_millis = 20
    [[feed]]
    name = \"main\"
    address = \"127.0.0.1:0\"";

#[test]
fn the_default_log_on_sqlite() {
    let database = TempDatabase::create();
    run(&database.url(), &[], |_| ());
}

#[test]
fn everything_logged_on_sqlite() {
    let database = TempDatabase::create();
    run(&database.url(), &[("RUST_LOG", "trace")], |_| ());
}

#[test]
fn the_default_log_on_postgres() {
    if let Some(database) = postgres::Database::create_or_skip() {
        run(&database.url(), &[], |address| {
            stop_for_a_while(&database, address);
        });
    }
}

#[test]
fn everything_logged_on_postgres() {
    if let Some(database) = postgres::Database::create_or_skip() {
        let environment = [("RUST_LOG", "trace,sqlx=trace")];
        run(&database.url(), &environment, |address| {
            stop_for_a_while(&database, address);
        });
    }
}

/// Sends the marker by every way that fails, lets the importer finish, and reads the logs.
fn run(url: &str, environment: &[(&str, &str)], disturb: impl Fn(&str)) {
    let environment = [environment, &[("CISTERN_DATABASE_URL", url)]].concat();
    let mut listener = Program::start(&sibling(CISTERN, "cistern-listener"), CONFIG, &environment);
    let line = listener.wait_for("address=");
    let address = line.rsplit("address=").next().unwrap().trim().to_owned();
    let mut importer = Program::start(&sibling(CISTERN, "cistern-importer"), CONFIG, &environment);
    importer.wait_for("importing");
    for bytes in links() {
        exchange(&address, &bytes);
    }
    disturb(&address);
    Runtime::new().unwrap().block_on(finished(url));
    for (program, word) in [(listener, "listening"), (importer, "importing")] {
        let (status, output) = program.terminate();
        assert!(status.success(), "{status}");
        assert!(String::from_utf8_lossy(&output).contains(word));
        assert_free_of_marker(&output);
    }
}

/// What goes over one link each: bytes as they are, and frames.
fn links() -> Vec<Vec<u8>> {
    let mut links: Vec<Vec<u8>> = messages().iter().map(|message| framed(message)).collect();
    let long = MARKER.repeat(FRAME_BYTES_MAX / 4);
    links.extend([
        framed(message("oversized", &format!("NTE|1||{long}")).as_bytes()),
        format!("\x0BMSH|^~\\&|{MARKER}|stalled").into_bytes(),
        format!("\x0BMSH|^~\\&|{MARKER}\x0BMSH|^~\\&|{MARKER}|again\x1C\r").into_bytes(),
        format!("junk {MARKER} \x0B{}\x1C\r", message("junk", "")).into_bytes(),
        MARKER.repeat(1000).into_bytes(),
        format!("MSH|^~\\&|{}", MARKER.repeat(1000)).into_bytes(),
        format!("GET /{} HTTP/1.1\r\n\r\n", MARKER.repeat(1000)).into_bytes(),
        [b"\x16\x03\x01\x02", MARKER.repeat(1000).as_bytes()].concat(),
    ]);
    links
}

/// Messages that fail at the door or in the import, or that the database will not take.
fn messages() -> Vec<Vec<u8>> {
    let observation = |what: &str| format!("OBR|1||F1|24331-1^X^LN|||20260302\rOBX|1|{what}");
    let texts = [
        MARKER.to_owned(),
        format!("<ADT>{MARKER}</ADT>"),
        format!("MSH^~\\&|{MARKER}|{MARKER}"),
        format!("MSH|^~\\&{MARKER}|{MARKER}"),
        format!("MSH|^~\\&|||||||ADT^A08||P|2.5.1\rPID|1||{MARKER}"),
        message("charset", "").replace("2.5.1", &format!("2.5.1||||||{MARKER}")),
        message("version", "").replace("2.5.1", MARKER),
        message("type", "").replace("A08", MARKER),
        message("offset", "").replace("20260302101500", &format!("2026{MARKER}")),
        message("birth", "").replace("19700101", MARKER),
        message("altered", ""),
        message("altered", "NTE|1||other"),
        message(&format!("{}long", MARKER.repeat(2_000)), ""),
        message("null\0", &format!("NTE|1||\0{MARKER}")),
        message("trigger", "").replace("A08", &format!("A08{}", MARKER.repeat(1_000))),
        message("identifier", "").replace("1001", &MARKER.repeat(2_000)),
        message("name", "").replace("Quill", &MARKER.repeat(2_000)),
        message("nameless", "").replace(&format!("{MARKER}^Ada"), ""),
        result(
            "unmapped",
            &observation(&format!("NM|{MARKER}^{MARKER}^L||5")),
        ),
        result(
            "number",
            &observation(&format!("NM|20447-9^X^LN||{MARKER}|||||F")),
        ),
        result(
            "kind",
            &observation(&format!("{MARKER}|20447-9^X^LN||{MARKER}|||||F")),
        ),
        result(
            "time",
            &observation(&format!("NM|20447-9^X^LN||5|||||F|||{MARKER}")),
        ),
        result(
            "status",
            &observation(&format!("NM|20447-9^X^LN||5|||||{MARKER}")),
        ),
        result(
            "long",
            &observation(&format!("ST|20447-9^X^LN||{}", MARKER.repeat(5_000))),
        ),
    ];
    let mut messages: Vec<Vec<u8>> = texts.map(String::into_bytes).into();
    let mut broken = message("bytes", "").into_bytes();
    broken.extend(format!("NTE|1||{MARKER}").bytes().chain([0xFF, 0xFE]));
    messages.push(broken);
    messages
}

/// A registration, with one more segment.
fn message(control_id: &str, segment: &str) -> String {
    format!(
        "MSH|^~\\&|EHR|HARBOR|CISTERN|CLINIC|20260302101500||ADT^A08|{control_id}|P|2.5.1\r\
         EVN||20260302101500\rPID|1||1001{MARKER}^^^HARBOR^MR||{MARKER}^Ada^Quill||19700101|F\r\
         {segment}\r"
    )
}

/// Results of somebody unknown.
fn result(control_id: &str, segments: &str) -> String {
    let message = message(control_id, segments).replace("ADT^A08", "ORU^R01");
    message.replace("1001", control_id)
}

fn framed(message: &[u8]) -> Vec<u8> {
    [b"\x0B", message, b"\x1C\r"].concat()
}

/// One link: writes all, then reads until an answer is complete or the link is closed.
fn exchange(address: &str, bytes: &[u8]) -> Vec<u8> {
    let mut link = TcpStream::connect(address).unwrap();
    link.set_read_timeout(Some(PATIENCE)).unwrap();
    // A link that is closed early has its reason.
    drop(link.write_all(bytes));
    let mut answer = Vec::new();
    let mut chunk = [0; 4096];
    while !answer.ends_with(b"\x1C\r") {
        match link.read(&mut chunk) {
            Ok(0) => break,
            Ok(length) => answer.extend_from_slice(&chunk[..length]),
            Err(error) => {
                let kind = error.kind();
                assert_eq!(
                    kind,
                    std::io::ErrorKind::ConnectionReset,
                    "a link that hangs"
                );
                break;
            }
        }
    }
    answer
}

/// The database lets nobody in, while a message comes and the importer looks for work.
fn stop_for_a_while(database: &postgres::Database, address: &str) {
    let url = database.url();
    let (cluster, name) = url.rsplit_once('/').unwrap();
    let cluster = format!("{cluster}/postgres");
    let lost = message("lost", "").into_bytes();
    psql(
        &cluster,
        &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"),
    );
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname";
    psql(&cluster, &format!("{end} = '{name}'"));
    let answer = exchange(address, &framed(&lost));
    assert!(String::from_utf8_lossy(&answer).contains("MSA|AR|lost"));
    psql(
        &cluster,
        &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"),
    );
}

fn psql(url: &str, sql: &str) {
    let psql = Command::new("psql")
        .args(["--no-psqlrc", "--quiet", "--command", sql, url])
        .output()
        .unwrap();
    assert!(psql.status.success(), "psql");
}

/// Waits until the importer has looked at everything that can be looked at.
async fn finished(url: &str) {
    let tank = Database::open(url).await.unwrap();
    let start = Instant::now();
    loop {
        let counts = tank.counts().await.unwrap();
        if !counts.iter().any(|count| count.state == "received") {
            break;
        }
        assert!(
            start.elapsed() < 2 * PATIENCE,
            "messages that nobody imports"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tank.close().await;
}

/// Neither as text nor as the numbers of its bytes, in decimal or hex.
#[track_caller]
fn assert_free_of_marker(output: &[u8]) {
    let text = String::from_utf8_lossy(output).to_lowercase();
    let numbers: Vec<String> = MARKER.bytes().map(|byte| byte.to_string()).collect();
    let hex: Vec<String> = MARKER.bytes().map(|byte| format!("{byte:02x}")).collect();
    for form in [MARKER.to_lowercase(), numbers.join(", "), hex.concat()] {
        let line = text.lines().find(|line| line.contains(&form));
        assert_eq!(line, None);
    }
}

#[test]
fn the_errors_of_the_toolbox() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let no_message = file("none", MARKER.as_bytes());
    let unreadable = file("unreadable", format!("MSH^~\\&|{MARKER}").as_bytes());
    let unframeable = file("unframeable", message("1\x0B", "").as_bytes());
    let nobody = TempDatabase::create();
    let cases: [(&[&str], &PathBuf); 9] = [
        (&["show"], &no_message),
        (&["show"], &unreadable),
        (&["show", "--json"], &unreadable),
        (&["get", "PID-5"], &unreadable),
        (&["set", "PID-5", "x"], &unreadable),
        (&["mask"], &unreadable),
        (&["send", "--to", "127.0.0.1:1"], &unreadable),
        (&["send", "--to", "127.0.0.1:1"], &unframeable),
        (&["send", "--to", "127.0.0.1:1"], &no_message),
    ];
    for (arguments, file) in cases {
        let said = Command::new(env!("CARGO_BIN_EXE_cistern"))
            .args(arguments)
            .arg(file)
            .env("CISTERN_DATABASE_URL", nobody.url())
            .env("RUST_LOG", "trace")
            .output()
            .unwrap();
        assert!(!said.status.success(), "{arguments:?}");
        assert!(!said.stderr.is_empty(), "{arguments:?}");
        assert_free_of_marker(&said.stderr);
    }
}
