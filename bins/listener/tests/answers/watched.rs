//! What monitoring is told.

use std::fs;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::faults::not_kept;
use crate::listening::Store;
use crate::peer::{Peer, accepted, soon, update};
use crate::program::Program;

pub(crate) const CONFIG: &str = "[listener]\nstatus_address = \"127.0.0.1:0\"\n\
    [[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\nversions = [\"2.5.1\"]\n\
    links_per_address_max = 1\n";

/// The page that explains the metrics.
const PAGE: &str = include_str!("../../../../docs/operating.md");

/// A listener in a process of its own: where its feeds take messages, and where it is asked.
pub(crate) fn start<const FEEDS: usize>(
    store: &Store,
    config: &str,
) -> (Program, [SocketAddr; FEEDS], SocketAddr) {
    let environment = [("CISTERN_DATABASE_URL", &*store.url())];
    let mut program = Program::start(env!("CARGO_BIN_EXE_cistern-listener"), config, &environment);
    let lines: Vec<String> = (0..=FEEDS).map(|_| program.wait_for("address=")).collect();
    let mut feeds = Vec::new();
    let mut status = None;
    for line in lines {
        let address = line.rsplit("address=").next().unwrap().trim();
        let address: SocketAddr = address.parse().unwrap();
        if line.contains("serving status") {
            status = Some(address);
        } else {
            feeds.push((line.split("feed=").nth(1).map(str::to_owned), address));
        }
    }
    feeds.sort();
    let feeds: Vec<SocketAddr> = feeds.into_iter().map(|(_, address)| address).collect();
    (program, feeds.try_into().unwrap(), status.unwrap())
}

/// The status line and the body of an answer.
pub(crate) async fn get(address: SocketAddr, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    soon(stream.read_to_string(&mut answer)).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().to_owned(), body.to_owned())
}

/// The lines that are numbers, without those that a clock makes.
fn counted(metrics: &str) -> Vec<&str> {
    let lines = metrics.lines().filter(|line| !line.starts_with('#'));
    let timed = ["_seconds", "_bytes"];
    lines
        .filter(|line| !timed.iter().any(|part| line.contains(part)))
        .filter(|line| !line.contains("commit_messages_bucket") && !line.ends_with(" 0"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_says_how_it_is_and_what_it_counted() {
    let store = Store::sqlite();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display();
    let config = format!("{CONFIG}folders = [{{ path = \"{path}\", quiet_secs = 0 }}]\n");
    let (mut program, [feed], status) = start(&store, &config);
    for (name, message) in [
        ("a.hl7", update("7", "2.5.1")),
        ("b.hl7", update("8", "2.4")),
    ] {
        let [part, whole] = [".part", ""].map(|end| folder.path().join([name, end].concat()));
        fs::write(&part, message).unwrap();
        fs::rename(part, whole).unwrap();
    }
    program.wait_for("file rejected");
    let ok = |body: &str| ("HTTP/1.1 200 OK".to_owned(), body.to_owned());
    assert_eq!(get(status, "/healthz").await, ok("alive\n"));
    assert_eq!(get(status, "/readyz").await, ok("ready\n"));

    let mut peer = Peer::connect(feed).await;
    assert_eq!(peer.ask(update("1", "2.5.1")).await, accepted("1"));
    assert_eq!(peer.ask(update("1", "2.5.1")).await, accepted("1"));
    peer.write(b"junk|1").await;
    assert!(peer.ask(update("2", "2.4")).await.contains("MSA|AR|2|"));
    assert!(
        peer.ask(update("1", "2.5.1").replace("Quill", "Quayle"))
            .await
            .contains("MSA|AA|1\r")
    );

    assert!(Peer::connect(feed).await.is_refused().await);

    let (_, metrics) = get(status, "/metrics").await;
    let expected = [
        "cistern_commit_messages_sum 6.0",
        "cistern_commit_messages_count 6",
        &*format!("cistern_files_total{{feed=\"main\",folder=\"{path}\",outcome=\"processed\"}} 1"),
        &*format!("cistern_files_total{{feed=\"main\",folder=\"{path}\",outcome=\"rejected\"}} 1"),
        &*format!("cistern_folder_up{{feed=\"main\",folder=\"{path}\"}} 1"),
        "cistern_links{feed=\"main\"} 1",
        "cistern_links_refused_total{feed=\"main\",reason=\"links_per_address_max\"} 1",
        "cistern_frames_total{feed=\"main\"} 4",
        "cistern_framing_faults_total{feed=\"main\",fault=\"Junk\"} 1",
        "cistern_refusals_total{feed=\"main\",reason=\"altered\"} 1",
        "cistern_refusals_total{feed=\"main\",reason=\"version\"} 2",
        "cistern_answers_total{feed=\"main\",code=\"AA\"} 2",
        "cistern_answers_total{feed=\"main\",code=\"AR\"} 1",
        "cistern_answers_total{feed=\"main\",code=\"repeated\"} 1",
    ];
    let mut counted = counted(&metrics);
    let mut expected = expected.to_vec();
    counted.sort_unstable();
    expected.sort_unstable();
    assert_eq!(counted, expected);
    for word in ["Quill", "Quayle", "junk"] {
        assert!(!metrics.contains(word), "{word}");
    }
    every_metric_is_documented_and_no_other(&metrics);
}

fn every_metric_is_documented_and_no_other(metrics: &str) {
    let named = metrics
        .lines()
        .filter_map(|line| line.strip_prefix("# HELP "));
    let mut served: Vec<&str> = named.filter_map(|line| line.split(' ').next()).collect();
    let (_, section) = PAGE.split_once("\n## Watch\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let rows = section
        .lines()
        .filter_map(|line| line.strip_prefix("| `cistern_"));
    let mut documented: Vec<String> = rows
        .map(|row| format!("cistern_{}", row.split('`').next().unwrap()))
        .map(|name| name.trim_end_matches("_total").to_owned())
        .collect();
    // Only feeds with TLS have them.
    served.extend([
        "cistern_certificate_days",
        "cistern_return_certificate_days",
        "cistern_revocation_lists_until_seconds",
    ]);
    served.sort_unstable();
    documented.sort_unstable();
    assert_eq!(served, documented);
}

/// One message that no database would keep says nothing of the others.
#[tokio::test(flavor = "multi_thread")]
async fn a_listener_is_ready_although_one_message_is_refused_for_what_it_holds() {
    for store in Store::all() {
        let (_program, [feed], status) = start(&store, CONFIG);
        store.refuse_poison();
        let mut peer = Peer::connect(feed).await;
        let answer = peer.ask(update("poison", "2.5.1")).await;
        assert_eq!(answer, not_kept("poison"));
        let ready = ("HTTP/1.1 200 OK".to_owned(), "ready\n".to_owned());
        assert_eq!(get(status, "/readyz").await, ready);
    }
}
