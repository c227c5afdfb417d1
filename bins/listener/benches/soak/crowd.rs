//! Links that do nothing, and links that hardly do anything.

use std::fmt;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::process::handles_max;

const IDLE_LINKS: usize = 10_000;
const SLOW_LINKS: usize = 100;
/// What sender and listener need besides the crowd.
const HANDLES_BESIDES: usize = 500;
/// Of a short run, which only shows that it works.
const FEW: usize = 200;
/// A slow link writes a byte each time.
const SLOW_PAUSE: Duration = Duration::from_millis(500);

/// Open links, some of them in the middle of a message that never ends.
#[derive(Debug)]
pub(crate) struct Crowd {
    idle: Vec<TcpStream>,
    slow: JoinSet<()>,
}

impl Crowd {
    /// As many as there may be handles.
    pub(crate) async fn gather(address: &str, whole: bool) -> Crowd {
        let wanted = if whole { IDLE_LINKS } else { FEW };
        let room = handles_max().saturating_sub(HANDLES_BESIDES);
        let mut idle = Vec::new();
        for _ in 0..wanted.min(room) {
            idle.push(TcpStream::connect(address).await.unwrap());
        }
        let mut slow = JoinSet::new();
        for _ in 0..SLOW_LINKS {
            slow.spawn(dawdle(TcpStream::connect(address).await.unwrap()));
        }
        Crowd { idle, slow }
    }

    pub(crate) fn leave(self) {
        drop(self);
    }
}

impl fmt::Display for Crowd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (idle, slow) = (self.idle.len(), self.slow.len());
        write!(f, "with {idle} idle links and {slow} slow ones")
    }
}

async fn dawdle(mut link: TcpStream) {
    let beginning = b"\x0BMSH|^~\\&|SLOW|HARBOR|||20260302||ADT^A08|";
    for byte in beginning.iter().chain(std::iter::repeat(&b'1')) {
        link.write_all(&[*byte])
            .await
            .expect("a link that stays open");
        sleep(SLOW_PAUSE).await;
    }
}
