//! `cistern links`, which asks a listener in a process of its own.
#![cfg(test)]

#[allow(dead_code, reason = "each test uses its part")]
#[path = "../../listener/tests/crash/program.rs"]
mod program;
#[allow(dead_code, reason = "each test uses its part")]
#[path = "toolbox/prompt.rs"]
mod prompt;

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};

use listener::LinkRecord;
use testkit::golden;

use program::{Program, sibling};
use prompt::Prompt;

const CONFIG: &str = "[listener]\nstatus_address = \"127.0.0.1:0\"\n\
    [[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\nversions = [\"2.5.1\"]\n";

const MESSAGE: &str = "MSH|^~\\&|EHR|HARBOR|||20260302101500||ADT^A08|1|P|2.5.1\r\
    PID|1||1001^^^HARBOR^MR||Quill^Ada\r";

/// A listener in a process of its own, the address of its feed, and a prompt that knows it.
fn listening() -> (Program, String, Prompt) {
    let prompt = Prompt::new();
    let database = format!(
        "sqlite:{}",
        prompt.folder.path().join("cistern.db").display()
    );
    let executable = sibling(env!("CARGO_BIN_EXE_cistern"), "cistern-listener");
    let environment = [("CISTERN_DATABASE_URL", &*database)];
    let mut program = Program::start(&executable, CONFIG, &environment);
    let lines = [program.wait_for("address="), program.wait_for("address=")];
    let address = |text: &str| {
        let line = lines.iter().find(|line| line.contains(text)).unwrap();
        line.rsplit("address=").next().unwrap().trim().to_owned()
    };
    let status = format!(
        "[listener]\nstatus_address = \"{}\"\n",
        address("serving status")
    );
    prompt.write("cistern.toml", status);
    (program, address("listening"), prompt)
}

/// One link that waits for the answer to each message, and ends after these bytes.
fn exchange(address: &str, messages: &[&str], last: &str) {
    let mut link = TcpStream::connect(address).unwrap();
    for message in messages {
        link.write_all(message.as_bytes()).unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\x1C\r") {
            let mut chunk = [0; 1_024];
            let length = link.read(&mut chunk).unwrap();
            assert_ne!(length, 0, "the end in the place of an answer");
            answer.extend_from_slice(&chunk[..length]);
        }
    }
    link.write_all(last.as_bytes()).unwrap();
    link.shutdown(Shutdown::Write).unwrap();
    link.read_to_end(&mut Vec::new()).unwrap();
}

fn links(prompt: &Prompt, arguments: &[&str]) -> Vec<LinkRecord> {
    let printed = prompt.good(&[&["links", "--json"], arguments].concat());
    let links = printed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    links.collect()
}

fn numbers(links: &[LinkRecord]) -> Vec<u64> {
    links.iter().map(|link| link.number).collect()
}

#[test]
fn links_are_listed_and_each_has_a_timeline() {
    let (_program, address, prompt) = listening();
    let other = MESSAGE.replace("2.5.1", "2.4");
    let sound = format!("\x0B{MESSAGE}\x1C\r");
    let faulty = format!("Quill|1001\x0B{other}\x1C\n");
    exchange(&address, &[&sound, &faulty], &format!("\x0B{MESSAGE}"));
    exchange(&address, &[], "");
    exchange(&address, &[&sound], "");
    while links(&prompt, &[]).iter().any(|link| link.end.is_none()) {}

    let printed = prompt.good(&["links"]);
    golden::check("tests/links/list.txt", masked(&columns_apart(&printed)));
    golden::check("tests/links/one.txt", masked(&prompt.good(&["links", "1"])));
    let all = links(&prompt, &[]);
    assert_eq!(numbers(&all), [3, 1]);
    let whole: Vec<LinkRecord> = links(&prompt, &["1"]);
    assert_eq!((numbers(&whole), whole[0].events.len()), (vec![1], 8));
    let port = all[0].peer.clone();
    let cases: [(&[&str], &[u64]); 5] = [
        (&["--faults"], &[1]),
        (&["--feed=main"], &[3, 1]),
        (&["--feed=other"], &[]),
        (&["--peer=127.0.0.1"], &[3, 1]),
        (&["--peer", &port], &[3]),
    ];
    for (arguments, expected) in cases {
        assert_eq!(
            numbers(&links(&prompt, arguments)),
            expected,
            "{arguments:?}"
        );
    }
    assert_eq!(prompt.good(&["links", "--feed=other"]), "");
    assert_eq!(
        prompt.bad(&["links", "2"]),
        "cistern: the listener knows no link 2 any more\n"
    );
}

#[test]
fn a_listener_that_cannot_be_asked_is_told_of() {
    let prompt = Prompt::new();
    assert_eq!(
        prompt.bad(&["links"]),
        "cistern: the listener has no status_address: set it in [listener], and start the listener \
         anew\n"
    );
    prompt.write(
        "cistern.toml",
        "[listener]\nstatus_address = \"127.0.0.1:1\"\n",
    );
    assert_eq!(
        prompt.bad(&["links"]),
        "cistern: no answer from 127.0.0.1:1: is the listener running? \
         (Connection refused (os error 111))\n"
    );
}

/// Columns one space apart, whatever the widths.
fn columns_apart(table: &str) -> String {
    let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ") + "\n";
    table.lines().map(line).collect()
}

/// Text without times and ports.
fn masked(text: &str) -> String {
    let word = |word: &str| {
        let is_moment =
            word.ends_with("+00:00") && word.len() == "2026-03-02T10:15:00.123+00:00".len();
        match word.parse::<f64>() {
            Ok(_) if word.contains('.') => "<seconds>".to_owned(),
            _ if is_moment => "<moment>".to_owned(),
            _ if word.starts_with("127.0.0.1:") => "<peer>".to_owned(),
            _ => word.to_owned(),
        }
    };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ") + "\n";
    text.lines().map(line).collect()
}
