//! What the link recorder tells of links that do all sorts of things wrong.

use std::net::SocketAddr;

use cistern_listener::{LinkEventKind, LinkRecord, LinksReport};
use testkit::golden;

use crate::listening::Store;
use crate::peer::{Peer, accepted, framed, soon, update};
use crate::watched::{get, start};

const CONFIG: &str = "[listener]\nstatus_address = \"127.0.0.1:0\"\n\
    max_frame_bytes = 400\nin_frame_idle_secs = 1\n\
    [[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\nversions = [\"2.5.1\"]\n\
    [[feed]]\nname = \"narrow\"\naddress = \"127.0.0.1:0\"\nfrom = [\"10.0.0.0/8\"]\n";

/// What stands for content, and may be shown nowhere.
const WORDS: [&str; 3] = ["Quill", "Ada", "HARBOR"];

#[tokio::test(flavor = "multi_thread")]
async fn each_link_leaves_its_record() {
    let store = Store::sqlite();
    let (_program, [main, narrow], status) = start(&store, CONFIG);
    one_link_with_forgivable_faults(main).await;
    settled(status).await;
    for bytes in links_that_end_by_themselves() {
        let mut peer = Peer::connect(main).await;
        peer.write(bytes).await;
        peer.finish().await;
        // Where its bytes were not all read, the end is a reset.
        peer.is_refused().await;
        settled(status).await;
    }
    let mut stalling = Peer::connect(main).await;
    stalling.write(b"\x0BMSH|^~\\&|EHR|HARBOR|Quill").await;
    stalling.closed().await;
    settled(status).await;
    drop(Peer::connect(main).await);
    settled(status).await;
    assert!(Peer::connect(narrow).await.is_refused().await);
    let mut open = Peer::connect(main).await;
    assert_eq!(open.ask(update("8", "2.5.1")).await, accepted("8"));

    let (_, text) = get(status, "/links").await;
    let mut report: LinksReport = serde_json::from_str(&text).unwrap();
    let mut told = text;
    let mut links = Vec::new();
    for link in &mut report.links {
        let (_, text) = get(status, &format!("/links/{}", link.number)).await;
        links.push(masked(serde_json::from_str(&text).unwrap()));
        *link = masked(link.clone());
        told += &text;
    }
    for probes in &mut report.probes {
        assert!(probes.last_peer.starts_with("127.0.0.1:"));
        assert!(probes.last_millis > 1_700_000_000_000);
        (probes.last_peer, probes.last_millis) = ("<peer>".to_owned(), 0);
    }
    for word in WORDS {
        assert!(!told.contains(word), "{word} in {told}");
    }
    let text = serde_json::to_string_pretty(&(report, links)).unwrap();
    golden::check("tests/answers/recorded.json", text + "\n");
    let (line, _) = get(status, "/links/1000").await;
    assert_eq!(line, "HTTP/1.1 404 Not Found");
}

/// Everything that a link survives.
async fn one_link_with_forgivable_faults(address: SocketAddr) {
    let mut peer = Peer::connect(address).await;
    assert_eq!(peer.ask(update("1", "2.5.1")).await, accepted("1"));
    assert_eq!(peer.ask(update("1", "2.5.1")).await, accepted("1"));
    peer.write(b"Quill|1001").await;
    assert!(peer.ask(update("2", "2.4")).await.contains("MSA|AR|2|"));
    peer.write(b"\x0BMSH|^~\\&|EHR|HARBOR|Quill").await;
    let mut frame = framed(update("3", "2.5.1"));
    frame.pop();
    peer.write([&frame[..], b"\n"].concat()).await;
    assert_eq!(peer.answer().await, accepted("3"));
    let split = update("4", "2.5.1").replace("^Ada", "\x1CAda");
    assert_eq!(peer.ask(split).await, accepted("4"));
    peer.finish().await;
    peer.closed().await;
}

fn links_that_end_by_themselves() -> Vec<Vec<u8>> {
    let wide = update("5", "2.5.1")
        .bytes()
        .flat_map(|byte| [byte, 0])
        .collect::<Vec<u8>>();
    vec![
        framed("<ADT>Quill</ADT>"),
        framed(wide),
        framed(update("6", "2.5.1") + &"Quill".repeat(60)),
        b"\x0BMSH|^~\\&|EHR|HARBOR|Quill".to_vec(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03Quill".to_vec(),
        b"GET /Quill/1001 HTTP/1.1\r\nHost: tank\r\n\r\n".to_vec(),
        update("7", "2.5.1").into_bytes(),
    ]
}

/// Waits until no link is open.
pub(crate) async fn settled(status: SocketAddr) {
    let is_open = |link: &LinkRecord| link.end.is_none();
    while soon(report(status)).await.links.iter().any(is_open) {}
}

pub(crate) async fn report(status: SocketAddr) -> LinksReport {
    let (line, text) = get(status, "/links").await;
    assert_eq!(line, "HTTP/1.1 200 OK");
    serde_json::from_str(&text).unwrap()
}

/// A record without what differs from run to run, after a look at it.
fn masked(mut link: LinkRecord) -> LinkRecord {
    assert!(link.peer.starts_with("127.0.0.1:"));
    assert!(link.opened_millis > 1_700_000_000_000);
    let mut last = 0;
    for event in &mut link.events {
        assert!((last..=link.open_micros).contains(&event.at_micros));
        last = event.at_micros;
        event.at_micros = 0;
        if let LinkEventKind::Answer { took_micros, .. } = &mut event.what {
            assert!((1..=last).contains(took_micros));
            *took_micros = 0;
        }
    }
    (link.peer, link.opened_millis, link.open_micros) = ("<peer>".to_owned(), 0, 0);
    link
}

#[tokio::test(flavor = "multi_thread")]
async fn many_links_leave_few_records() {
    let store = Store::sqlite();
    let (_program, [main, narrow], status) = start(&store, CONFIG);
    let mut peer = Peer::connect(main).await;
    peer.write(b"junk").await;
    peer.finish().await;
    peer.closed().await;
    for _ in 0..1_000 {
        assert!(Peer::connect(narrow).await.is_refused().await);
    }
    for number in 0..100 {
        let id = number.to_string();
        let mut peer = Peer::connect(main).await;
        assert_eq!(peer.ask(update(&id, "2.5.1")).await, accepted(&id));
        peer.finish().await;
        peer.closed().await;
    }
    settled(status).await;
    let links = report(status).await.links;
    let count = |feed: &str, faults: u64| {
        let links = links.iter().filter(|link| link.feed == feed);
        links.filter(|link| link.faults == faults).count()
    };
    assert_eq!(
        [count("narrow", 1), count("main", 0), count("main", 1)],
        [50, 50, 1]
    );
    assert_eq!(links.len(), 101);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_keeps_its_faults_and_the_last_of_the_rest() {
    let store = Store::sqlite();
    let (_program, [main, _], status) = start(&store, CONFIG);
    let mut peer = Peer::connect(main).await;
    for number in 0..60 {
        if number < 10 {
            peer.write(b"junk").await;
        }
        let id = number.to_string();
        assert_eq!(peer.ask(update(&id, "2.5.1")).await, accepted(&id));
    }
    let number = report(status).await.links[0].number;
    let (_, text) = get(status, &format!("/links/{number}")).await;
    let link: LinkRecord = serde_json::from_str(&text).unwrap();
    let count = |is_it: fn(&LinkEventKind) -> bool| {
        link.events
            .iter()
            .filter(|event| is_it(&event.what))
            .count()
    };
    let heads = |what: &LinkEventKind| {
        matches!(
            what,
            LinkEventKind::Frame {
                masked: Some(_),
                ..
            }
        )
    };
    let counts = [
        count(|what| matches!(what, LinkEventKind::Fault(_))),
        count(|what| matches!(what, LinkEventKind::Frame { .. })),
        count(|what| matches!(what, LinkEventKind::Answer { .. })),
        count(heads),
    ];
    assert_eq!(counts, [8, 12, 12, 4]);
    assert_eq!([link.frames, link.faults], [60, 10]);
}
