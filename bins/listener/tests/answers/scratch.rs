//! Scratch of a review; not to stay.
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cistern_listener::{Door, FileDoor};
use service::Config;
use tank::{Answer, Arrival, Arrived, Database, HoldingTank as _, MessageKeys, Receipt};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use crate::listening::{Listening, Store};
use crate::peer::{Peer, framed, update};

const BHS: &str = "BHS|^~\\&|EHR|HARBOR|CISTERN|CLINIC|20260302101500||||B-7\r";

async fn quiet(peer: &mut Peer) -> String {
    match tokio::time::timeout(Duration::from_millis(700), peer.raw_answer()).await {
        Ok(answer) => format!("ANSWER {}", answer.escape_ascii()),
        Err(_) => "nothing".into(),
    }
}

fn rss() -> String {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    text.lines()
        .filter(|l| l.starts_with("VmHWM") || l.starts_with("VmRSS"))
        .collect::<Vec<_>>()
        .join(" ")
}

#[ignore]
#[tokio::test]
async fn scratch_1_short_then_whole() {
    let store = Store::sqlite();
    let l = Listening::start(&store.url(), "").await;
    let mut p = l.peer().await;
    let messages = ["s1", "s2"].map(|id| update(id, "2.5.1")).concat();
    for trailer in ["BTS|3\r", "BTS|2\r", "BTS|2\r"] {
        p.write(framed(format!("{BHS}{messages}{trailer}"))).await;
        for _ in 0..2 {
            println!("1: {trailer:?} {}", p.answer().await.escape_debug());
        }
    }
    println!(
        "1b alone: {}",
        p.ask(update("s1", "2.5.1")).await.escape_debug()
    );
    for k in l.kept().await {
        println!("1: {} {} {}", k.state, k.answer_code, k.body.len());
    }
}

#[ignore]
#[tokio::test]
async fn scratch_2_batch_one() {
    for feed in [
        "mode = \"silent\"\nbatch_answers = \"one\"",
        "batch_answers = \"one\"",
    ] {
        let store = Store::sqlite();
        let l = Listening::with_feed(&store.url(), "", feed).await;
        let mut p = l.peer().await;
        println!("2 {feed:?}");
        let m = update("1", "2.5.1");
        p.write(framed(format!("{BHS}{m}BTS|1\r"))).await;
        println!("2 batch: {}", quiet(&mut p).await);
        let mut p = l.peer().await;
        let ack = m.replace("ADT^A08", "ACK^A08").replace("|1|P", "|2|P");
        p.write(framed(format!("{BHS}{ack}BTS|1\r"))).await;
        println!("2 of acks: {}", quiet(&mut p).await);
        let mut p = l.peer().await;
        p.write(framed(format!("BHS\r{}BTS|1\r", update("3", "2.5.1"))))
            .await;
        println!("2 bare BHS: {}", quiet(&mut p).await);
        let mut p = l.peer().await;
        let odd = "BHS|^~\\&|EHR|HARBOR|CISTERN|CLINIC|2026||||B-7\x1c|\r";
        p.write(framed(format!("{odd}{}BTS|1\r", update("4", "2.5.1"))))
            .await;
        println!(
            "2 odd BHS-11: {}",
            tokio::spawn(async move { quiet(&mut p).await })
                .await
                .unwrap_or("link closed".into())
        );
        for k in l.kept().await {
            println!("2: {} {} {}", k.state, k.answer_code, k.body.len());
        }
    }
}

#[ignore]
#[tokio::test(flavor = "multi_thread")]
async fn scratch_3_memory() {
    let store = Store::sqlite();
    let l = Listening::start(&store.url(), "").await;
    let mut p = l.peer().await;
    let bytes: usize = std::env::var("SCRATCH_BYTES").map_or(1_000_000, |b| b.parse().unwrap());
    let n = bytes / 10;
    println!("3 before {}", rss());
    let body = format!("BHS|^~\\&\r{}BTS|{n}\r", "MSH|^~\\&|\r".repeat(n));
    let mut other = l.peer().await;
    let start = Instant::now();
    p.write(framed(body)).await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let t = Instant::now();
    let a = other.ask(update("x", "2.5.1")).await;
    println!(
        "3 other answered after {:?}: {}",
        t.elapsed(),
        a.escape_debug()
    );
    let first = tokio::time::timeout(Duration::from_secs(100), async {
        loop {
            if let Ok(a) = tokio::time::timeout(Duration::from_secs(15), p.raw_answer()).await {
                break a;
            }
        }
    })
    .await;
    println!(
        "3 first {:?} after {:?} {} of {n} messages",
        first.map(|a| a.escape_ascii().to_string()),
        start.elapsed(),
        rss()
    );
}

fn arrival(id: &str, body: String) -> Arrival {
    Arrival {
        feed: "f".into(),
        peer: "p".into(),
        received_at: 1,
        keys: MessageKeys {
            sending_application: "A".into(),
            control_id: id.into(),
            ..MessageKeys::default()
        },
        lane: String::new(),
        body: Bytes::from(body),
        state: Arrived::Received,
        answer: Answer {
            code: "AA".into(),
            bytes: Bytes::from(vec![b'x'; 200]),
        },
        altered: None,
    }
}

#[ignore]
#[tokio::test]
async fn scratch_4_constant_id() {
    for store in Store::all() {
        let db = Database::open(&store.url()).await.unwrap();
        let mut n = 0;
        for _ in 0..5 {
            let t = Instant::now();
            for _ in 0..400 {
                n += 1;
                db.hold(&[arrival("1", format!("body {n}"))]).await.unwrap();
            }
            println!(
                "4 {} n={n}: {:?} each",
                &store.url()[..6],
                t.elapsed() / 400
            );
        }
        let t = Instant::now();
        for i in 0..400 {
            db.hold(&[arrival(&format!("other{i}"), format!("body {i}"))])
                .await
                .unwrap();
        }
        println!(
            "4 {} fresh ids: {:?} each",
            &store.url()[..6],
            t.elapsed() / 400
        );
    }
}

#[ignore]
#[tokio::test]
async fn scratch_5_half_open_tls() {
    let key = rcgen::KeyPair::generate().unwrap();
    let cert = rcgen::CertificateParams::new(["x.example".to_owned()])
        .unwrap()
        .self_signed(&key)
        .unwrap();
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("c.pem"), cert.pem()).unwrap();
    std::fs::write(dir.path().join("k.pem"), key.serialize_pem()).unwrap();
    let feed = format!(
        "tls = {{ certificate = {:?}, key = {:?} }}",
        dir.path().join("c.pem"),
        dir.path().join("k.pem")
    );
    let store = Store::sqlite();
    let mut l =
        Listening::with_feed(&store.url(), "handshake_secs = 6\nlinks_max = 1", &feed).await;
    let mut s = TcpStream::connect(l.address).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut second = TcpStream::connect(l.address).await.unwrap();
    println!(
        "5 second link while first is half open: {:?}",
        second.read(&mut [0]).await
    );
    let t = Instant::now();
    l.wish_to_stop();
    println!("5 {:?} after {:?}", l.returned().await, t.elapsed());
    let _ = s.read(&mut [0]).await;
}

#[ignore]
#[tokio::test]
async fn scratch_6_ack_poison() {
    let store = Store::sqlite();
    let l = Listening::with_feed(&store.url(), "", "senders = [{ facility = \"HARBOR\", from = [\"10.0.0.0/8\"] }]\ncodes = { altered = \"error\" }").await;
    let mut p = l.peer().await;
    p.write(framed(update("77", "2.5.1").replace("ADT^A08", "ACK")))
        .await;
    println!("6 ack: {}", quiet(&mut p).await);
    let mut p = l.peer().await;
    println!(
        "6 adt: {}",
        p.ask(update("78", "2.5.1")).await.escape_debug()
    );
    for k in l.kept().await {
        println!("6: {} {} {}", k.state, k.reason, k.body.len());
    }
    drop(l);
    let l = Listening::with_feed(&store.url(), "", "codes = { altered = \"error\" }").await;
    let mut p = l.peer().await;
    println!(
        "6 true sender: {}",
        p.ask(update("77", "2.5.1")).await.escape_debug()
    );
    for k in l.kept().await {
        println!("6: {} {} {}", k.state, k.reason, k.body.len());
    }
}

#[ignore]
#[tokio::test]
async fn scratch_7_files() {
    let store = Store::sqlite();
    let config = Config::parse(
        "x",
        "[[feed]]\nname='main'\naddress='127.0.0.1:0'\nversions=['2.5.1']",
    )
    .unwrap();
    let db = Database::open(&store.url()).await.unwrap();
    let door = FileDoor::new(&config.feeds()[0], &config.listener).unwrap();
    let m = ["f1", "f2"].map(|id| update(id, "2.5.1")).concat();
    let short = Bytes::from(format!("{BHS}{m}BTS|3\r"));
    for _ in 0..2 {
        let r = door.hold(&db, short.clone(), |_| {}).await.unwrap();
        println!("7 short: good {} {r:?}", r.is_good());
    }
    let r = door
        .hold(&db, Bytes::from(format!("{BHS}{m}BTS|2\r")), |_| {})
        .await
        .unwrap();
    println!("7 whole: good {} {r:?}", r.is_good());
    for _ in 0..2 {
        let r = door
            .hold(&db, Bytes::from(update("v", "2.2")), |_| {})
            .await
            .unwrap();
        println!("7 refused: good {} {r:?}", r.is_good());
    }
    let m = ["g1", "g2"].map(|id| update(id, "2.5.1")).concat();
    let wire = [
        b"\x0b".as_slice(),
        format!("{BHS}{m}BTS|3\r").as_bytes(),
        b"\x1c\r",
    ]
    .concat();
    let r = door.hold(&db, Bytes::from(wire), |_| {}).await.unwrap();
    println!("7 captured short batch: good {} {r:?}", r.is_good());
    let wire = [framed(update("w1", "2.5.1")), framed(update("w2", "2.5.1"))].concat();
    let r = door.hold(&db, Bytes::from(wire), |_| {}).await.unwrap();
    println!("7 captured: good {} {r:?}", r.is_good());
    let second = format!("{}{BHS}{m}BTS|3\r", update("h1", "2.5.1"));
    let r = door.hold(&db, Bytes::from(second), |_| {}).await.unwrap();
    println!("7 message then short batch: good {} {r:?}", r.is_good());
    let r = door
        .hold(&db, Bytes::from(update("z1", "2.5.1")), |_| {})
        .await
        .unwrap();
    println!("7 cr: {r:?}");
    let r = door
        .hold(
            &db,
            Bytes::from(update("z1", "2.5.1").replace('\r', "\n")),
            |_| {},
        )
        .await
        .unwrap();
    println!("7 same with lf: good {} {r:?}", r.is_good());
    let two = format!("{}\r{}", update("y1", "2.5.1"), update("y2", "2.5.1"));
    let r = door.hold(&db, Bytes::from(two), |_| {}).await.unwrap();
    println!("7 blank between: {r:?}");
    let r = door
        .hold(&db, Bytes::from(update("y1", "2.5.1")), |_| {})
        .await
        .unwrap();
    println!("7 y1 alone as by a link: {r:?}");
    let r = door
        .hold(
            &db,
            Bytes::from("\u{feff}".to_owned() + &format!("{BHS}{m}BTS|3\r")),
            |_| {},
        )
        .await
        .unwrap();
    println!("7 BOM short batch: good {} {r:?}", r.is_good());
}

#[ignore]
#[tokio::test(flavor = "multi_thread")]
async fn scratch_8_deadlock() {
    let Some(Store::Postgres(pg)) = Store::all().pop() else {
        return;
    };
    let (one, two) = (
        Database::open(&pg.url()).await.unwrap(),
        Database::open(&pg.url()).await.unwrap(),
    );
    let mut failed = 0;
    for round in 0..200 {
        let of = |who: u32, first: &str, second: &str| {
            let a = |id: &str, n: u32| arrival(&format!("{id}{round}"), format!("{who} {id} {n}"));
            let mut v = vec![a(first, 1), a(first, 2)];
            for i in 0..20 {
                v.push(arrival(&format!("{who}-{round}-{i}"), "z".repeat(2000)));
            }
            v.push(a(second, 1));
            v
        };
        let (x, y) = (of(1, "a", "b"), of(2, "b", "a"));
        let (x, y) = tokio::join!(one.hold(&x), two.hold(&y));
        for r in [x, y] {
            if let Err(e) = r {
                failed += 1;
                if failed < 3 {
                    println!(
                        "8 {e} {:?}",
                        std::error::Error::source(&e).map(|s| s.to_string())
                    );
                }
            }
        }
    }
    println!("8 failed {failed} of 400");
}

#[ignore]
#[tokio::test]
async fn scratch_9_doors() {
    let text = "[[feed]]\nname='a'\naddress='nonsense'\n[[feed]]\nname='b'\naddress='127.0.0.1:1'\n[[feed]]\nname='c'\naddress='127.0.0.1:1'\nversions=['banana']\n[listener]\nstatus_address='?'";
    let config = Config::parse("x", text);
    println!(
        "9 {:?}",
        config.as_ref().map(|c| c
            .feeds()
            .iter()
            .map(|f| cistern_listener::check(f).is_ok())
            .collect::<Vec<_>>())
    );
    let _ = Door::bind(&config.unwrap().feeds()[0])
        .await
        .map_err(|e| println!("9 {e}"));
}

#[ignore]
#[tokio::test]
async fn scratch_a_odd() {
    let store = Store::sqlite();
    let l = Listening::start(&store.url(), "").await;
    let mut p = l.peer().await;
    // an answer by its second segment
    p.write(framed(
        "MSH|^~\\&|LAB|Q|C|D|2026||ORR^O02|9|P|2.5.1\rMSA|AA|1\r",
    ))
    .await;
    println!("a MSA second: {}", quiet(&mut p).await);
    let mut p = l.peer().await;
    println!("a XML: {}", p.ask("<xml/>").await.escape_debug());
    let utf16: Vec<u8> = "MSH|^~\\&|"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    println!("a utf16: {}", p.ask(utf16).await.escape_debug());
    let two = update("m1", "2.5.1") + &update("m2", "2.5.1");
    p.write(framed(two)).await;
    println!("a two in a frame: {}", quiet(&mut p).await);
    println!("a next: {}", quiet(&mut l.peer().await).await);
    for k in l.kept().await {
        println!("a: {} {} {}", k.state, k.reason, k.body.len());
    }
    let _ = Arc::new(Receipt::New { id: 1 });
}
