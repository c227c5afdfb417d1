//! A SQLite file that cannot grow: the sender is told to send again, and nothing is lost. The disk is full for one process only, by the limit on its files.
#![cfg(test)]
#![cfg(target_os = "linux")]

#[allow(dead_code, reason = "each test uses its part")]
#[path = "crash/program.rs"]
mod program;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use program::Program;
use tank::{Database, Filter, HoldingTank as _};
use testkit::sqlite::TempDatabase;

const CONFIG: &str = "[[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\n";

#[test]
fn a_full_disk_is_a_rejection_and_a_new_process_goes_on() {
    let database = TempDatabase::create();
    let listener = start(&database);
    fill_disk(&listener.0, &mut connect(&listener.1));
    listener.0.kill();

    let listener = start(&database);
    let mut link = connect(&listener.1);
    for id in ["2", "4"] {
        assert_eq!(ask(&mut link, id), accepted(id));
    }
    assert_eq!(kept(&database.url()), ["1", "2", "4"]);
}

#[test]
fn a_full_disk_is_a_rejection_and_the_same_process_goes_on() {
    let database = TempDatabase::create();
    let listener = start(&database);
    let mut link = connect(&listener.1);
    fill_disk(&listener.0, &mut link);
    limit_files(&listener.0, "unlimited");
    for id in ["2", "4"] {
        assert_eq!(ask(&mut link, id), accepted(id));
    }
    assert_eq!(kept(&database.url()), ["1", "2", "4"]);
}

/// A listener that outlives a write past the limit, and its address.
fn start(database: &TempDatabase) -> (Program, String) {
    let file = database.path().with_file_name("listener");
    let program = env!("CARGO_BIN_EXE_cistern-listener");
    // The signal that comes with a write past the limit would end the process.
    let script = format!("#!/bin/sh\ntrap '' XFSZ\nexec {program} \"$@\"\n");
    fs::write(&file, script).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    let environment = [("CISTERN_DATABASE_URL", &*database.url())];
    let mut program = Program::start(file.to_str().unwrap(), CONFIG, &environment);
    let line = program.wait_for("address=");
    let address = line.rsplit("address=").next().unwrap().trim().to_owned();
    (program, address)
}

fn connect(address: &str) -> TcpStream {
    TcpStream::connect(address).unwrap()
}

/// Message 1 is kept; then there is no room for 2 and 3.
fn fill_disk(listener: &Program, link: &mut TcpStream) {
    assert_eq!(ask(link, "1"), accepted("1"));
    limit_files(listener, "4096");
    for id in ["2", "3"] {
        let rejected = format!(
            "MSA|AR|{id}\rERR|||207^Application internal error^HL70357|E\
             ||||the message could not be stored: send it again later\r"
        );
        assert_eq!(ask(link, id), rejected);
    }
}

fn accepted(id: &str) -> String {
    format!("MSA|AA|{id}\r")
}

/// Sets how long a file may become by its hand, in bytes.
fn limit_files(program: &Program, bytes: &str) {
    let status = Command::new("prlimit")
        .args(["--pid", &program.id().to_string()])
        .arg(format!("--fsize={bytes}:unlimited"))
        .status();
    assert!(status.expect("prlimit of util-linux").success());
}

/// Sends a message, and returns the answer without its header.
fn ask(link: &mut TcpStream, id: &str) -> String {
    let message = format!("MSH|^~\\&|EHR|HARBOR|||20260302||ADT^A08|{id}|P|2.5.1\rPID|1\r");
    write!(link, "\x0B{message}\x1C\r").unwrap();
    let mut input = BufReader::new(link);
    let mut frame = Vec::new();
    input.read_until(0x1C, &mut frame).unwrap();
    input.read_exact(&mut [0]).unwrap();
    let text = String::from_utf8(frame).unwrap();
    let (_, rest) = text.split_once('\r').unwrap();
    rest.trim_end_matches('\x1C').to_owned()
}

fn kept(url: &str) -> Vec<String> {
    let read = async {
        let filter = Filter {
            limit: 10,
            ..Filter::default()
        };
        let tank = Database::open(url).await.unwrap();
        tank.list(&filter).await.unwrap()
    };
    let views = tokio::runtime::Runtime::new().unwrap().block_on(read);
    views
        .into_iter()
        .rev()
        .map(|view| view.control_id)
        .collect()
}
