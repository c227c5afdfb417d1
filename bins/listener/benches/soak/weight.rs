//! How much memory an idle listener has, and what an idle link adds to it.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

use crate::process::Process;

/// Enough for the growth of all to be told from that of the process.
const LINKS: usize = 2_000;
const LISTENER_KIB_MAX: u64 = 15 * 1024;
const LINK_BYTES_MAX: u64 = 20 * 1024;
/// How soon all links must be open.
const OPEN_IN: Duration = Duration::from_secs(30);

/// Weighs links that have said nothing, and then the same links after a message each. A build for
/// use must keep to the limits.
pub(crate) async fn weigh(process: &Process, address: &str) {
    let empty_kib = process.memory_kib();
    let mut links = open(process, address).await;
    let silent = bytes_a_link(process, empty_kib);
    for (number, link) in links.iter_mut().enumerate() {
        exchange(link, number).await;
    }
    let used = bytes_a_link(process, empty_kib);
    println!(
        "an idle listener has {empty_kib} KiB; each of {LINKS} idle links adds {silent} bytes, and \
         {used} after its first message"
    );
    if !cfg!(debug_assertions) {
        assert!(
            empty_kib <= LISTENER_KIB_MAX,
            "an idle listener is too large"
        );
        assert!(used <= LINK_BYTES_MAX, "an idle link is too large");
    }
}

async fn open(process: &Process, address: &str) -> Vec<TcpStream> {
    let before = process.handles();
    let mut links = Vec::new();
    for _ in 0..LINKS {
        links.push(TcpStream::connect(address).await.unwrap());
    }
    let deadline = Instant::now() + OPEN_IN;
    while process.handles() < before + LINKS {
        assert!(Instant::now() < deadline, "links are not accepted");
        sleep(Duration::from_millis(10)).await;
    }
    links
}

fn bytes_a_link(process: &Process, empty_kib: u64) -> u64 {
    process.memory_kib().saturating_sub(empty_kib) * 1024 / LINKS as u64
}

/// Sends a message and waits for its answer.
async fn exchange(link: &mut TcpStream, number: usize) {
    let filler = "x".repeat(2_000);
    let message = format!(
        "\x0BMSH|^~\\&|SCALE|HARBOR|||20260302||ADT^A08|W{number}|P|2.5.1\r\
         EVN||20260302\rPID|1||{number}^^^HARBOR||Scale^Sam\rNTE|1||{filler}\r\x1C\r"
    );
    link.write_all(message.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\x1C\r") {
        let read = link.read_buf(&mut answer).await.unwrap();
        assert!(read > 0, "the link is closed");
    }
}
