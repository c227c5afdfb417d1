//! Real messages written by others, sent through listener, tank and importer: each is answered
//! once, kept byte for byte, and ends in a state with a reason. Passes where there is no corpus.
#![cfg(test)]

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hl7::{Header, Message, path};
use importer::{Importer, Rules};
use listener::Door;
use service::{Config, Shutdown};
use tank::{Database, Filter, HoldingTank as _, MessageView};
use testkit::{corpus, sqlite::TempDatabase};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;

const REASONS_SHOWN: usize = 10;
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn every_message_is_answered_kept_and_settled() {
    let Some(folder) = corpus::folder() else {
        println!("no corpus: set CISTERN_CORPUS to its folder");
        return;
    };
    let start = Instant::now();
    let (messages, unframeable) = read(&folder);
    let database = TempDatabase::create();
    let tank = Arc::new(Database::open(&database.url()).await.unwrap());
    let config = "[[feed]]\nname = \"corpus\"\naddress = \"127.0.0.1:0\"\n";
    let config = Config::parse("test", config).unwrap();

    let unanswered = send_all(&config, tank.clone(), &messages).await;
    let sent = start.elapsed();
    let start = Instant::now();
    check_bytes(&messages, &kept(&tank).await);

    let rules = Rules::load(&config.importer).unwrap();
    let mut importer = Importer::start(tank.clone(), rules, &config).await.unwrap();
    let settled = importer.finish().await.unwrap();
    assert_eq!(settled.failed, 0, "messages failed");
    let views = views(&tank).await;
    for view in &views {
        let settled = !["received", "failed"].contains(&&*view.state);
        let explained = !view.reason.is_empty();
        assert!(settled && explained, "{}: {}", view.state, view.reason);
    }
    println!("{}\n{}", by_type(&views), reasons(&views));
    println!(
        "{} messages sent in {:.1} s, {unanswered} of them without an answer as they asked, \
         {} kept, imported in {:.1} s; {unframeable} cannot be framed",
        messages.len(),
        sent.as_secs_f64(),
        views.len(),
        start.elapsed().as_secs_f64(),
    );
}

/// The messages of every file, and how many of them hold the end mark of a frame. A file without
/// any MSH is one message.
fn read(folder: &Path) -> (Vec<Vec<u8>>, usize) {
    let entries = fs::read_dir(folder.join("messages")).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut messages = Vec::new();
    for file in files {
        let bytes = fs::read(file).unwrap();
        let split: Vec<_> = hl7::split_messages(&bytes).map(<[u8]>::to_vec).collect();
        if split.is_empty() {
            messages.push(bytes);
        } else {
            messages.extend(split);
        }
    }
    let all = messages.len();
    messages.retain(|message| is_frameable(message));
    let unframeable = all - messages.len();
    (messages, unframeable)
}

fn is_frameable(message: &[u8]) -> bool {
    let ends = |pair: &[u8]| pair[0] == 0x1C && b"\r\n\x0B".contains(&pair[1]);
    !message.is_empty() && !message.contains(&0x0B) && !message.windows(2).any(ends)
}

/// Sends everything over one link and reads one answer for each message that wants one; returns
/// how many want none.
async fn send_all(config: &Config, tank: Arc<Database>, messages: &[Vec<u8>]) -> usize {
    let door = Door::bind(&config.feeds()[0]).await.unwrap();
    let address = door.address().unwrap();
    let shutdown = Shutdown::new();
    let running = listener::run(config.listener.clone(), vec![door], tank, shutdown.clone());
    let running = tokio::spawn(running);
    let unanswered = exchange(address, messages).await;
    shutdown.cancel();
    running.await.unwrap().unwrap();
    unanswered
}

async fn exchange(address: SocketAddr, messages: &[Vec<u8>]) -> usize {
    let (input, mut output) = TcpStream::connect(address).await.unwrap().into_split();
    let mut input = BufReader::new(input);
    let frames: Vec<u8> = messages
        .iter()
        .flat_map(|message| [b"\x0B", &message[..], b"\x1C\r"].concat())
        .collect();
    let writing = tokio::spawn(async move {
        output.write_all(&frames).await.unwrap();
        output
    });
    let mut unanswered = 0;
    for message in messages {
        if wants_answer(message) {
            check_answer(message, &read_answer(&mut input).await);
        } else {
            unanswered += 1;
        }
    }
    drop(writing.await.unwrap());
    let mut rest = Vec::new();
    input.read_to_end(&mut rest).await.unwrap();
    assert_eq!(rest.len(), 0, "an answer too many");
    unanswered
}

/// By MSH-15 and MSH-16; what answers another message is never answered.
fn wants_answer(message: &[u8]) -> bool {
    let Ok(parsed) = Message::parse(message) else {
        return true;
    };
    let header = parsed.header();
    let good = !header.control_id().is_empty() && !header.message_code().is_empty();
    let conditions = (
        header.accept_acknowledgment(),
        header.application_acknowledgment(),
    );
    let wanted = match conditions {
        (b"", b"") => true,
        (b"NE" | b"", _) => false,
        (b"ER", _) => !good,
        (b"SU", _) => good,
        _ => true,
    };
    let second = parsed.segments().nth(1);
    let is_answer =
        header.message_code() == b"ACK" || second.is_some_and(|segment| segment.is("MSA"));
    wanted && !is_answer
}

async fn read_answer(input: &mut BufReader<OwnedReadHalf>) -> Vec<u8> {
    let mut frame = Vec::new();
    let read = async {
        input.read_until(0x1C, &mut frame).await.unwrap();
        input.read_u8().await.unwrap()
    };
    let end = tokio::time::timeout(PATIENCE, read).await;
    assert_eq!(end.ok(), Some(0x0D), "an answer in a frame");
    frame[1..frame.len() - 1].to_vec()
}

/// The answer is about this message: MSA-2 repeats its MSH-10.
fn check_answer(message: &[u8], answer: &[u8]) {
    let answer = Message::parse(answer).unwrap();
    let part = |path| {
        let value = answer.get(&path).value();
        value.map_or(&b""[..], |value| value.raw())
    };
    match Header::parse(message) {
        Ok(header) => assert_eq!(part(path!("MSA-2")), header.control_id()),
        Err(_) => assert_eq!(part(path!("MSA-1")), b"AR"),
    }
}

/// Messages with a control id are kept once, all others as often as they were sent.
fn check_bytes(messages: &[Vec<u8>], kept: &[Vec<u8>]) {
    let mut seen = HashSet::new();
    let mut expected: Vec<&Vec<u8>> = messages
        .iter()
        .filter(|message| !is_identified(message) || seen.insert(*message))
        .collect();
    let mut kept: Vec<&Vec<u8>> = kept.iter().collect();
    expected.sort();
    kept.sort();
    assert!(expected == kept, "the tank holds the very bytes");
}

fn is_identified(message: &[u8]) -> bool {
    Message::parse(message).is_ok_and(|message| !message.header().control_id().is_empty())
}

async fn kept(tank: &Database) -> Vec<Vec<u8>> {
    let mut bodies = Vec::new();
    for view in views(tank).await {
        bodies.push(tank.get(view.id).await.unwrap().unwrap().body.to_vec());
    }
    bodies
}

async fn views(tank: &Database) -> Vec<MessageView> {
    let filter = Filter {
        limit: 100_000,
        ..Filter::default()
    };
    tank.list(&filter).await.unwrap()
}

/// Message type, how many, which answers, which states.
fn by_type(views: &[MessageView]) -> String {
    let mut types: BTreeMap<String, Vec<&MessageView>> = BTreeMap::new();
    for view in views {
        let kind = match (&*view.message_code, &*view.trigger_event) {
            ("", "") => "(none)".to_owned(),
            (code, event) => format!("{code}^{event}"),
        };
        types.entry(kind).or_default().push(view);
    }
    let mut table = String::new();
    for (kind, views) in types {
        let answers = tally(views.iter().map(|view| match &*view.answer_code {
            "" => "no answer",
            code => code,
        }));
        let states = tally(views.iter().map(|view| &*view.state));
        let number = views.len();
        writeln!(table, "{kind:<12} {number:>5}   {answers:<34} {states}").unwrap();
    }
    table
}

/// `3 AA, 1 AR`: the commonest first.
fn tally<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let counted = count(texts);
    let parts: Vec<_> = counted
        .iter()
        .map(|(text, number)| format!("{number} {text}"))
        .collect();
    parts.join(", ")
}

fn reasons(views: &[MessageView]) -> String {
    let reasons = views.iter().filter(|view| !view.reason.is_empty());
    let mut counted = count(reasons.map(|view| &*view.reason));
    counted.truncate(REASONS_SHOWN);
    let line = |(text, number): &(&str, usize)| format!("{number:>6}  {text}\n");
    counted.iter().map(line).collect()
}

fn count<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<(&'a str, usize)> {
    let mut counts = BTreeMap::new();
    for text in texts {
        *counts.entry(text).or_default() += 1;
    }
    let mut counted: Vec<_> = counts.into_iter().collect();
    counted.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    counted
}
