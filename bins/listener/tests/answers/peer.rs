//! A sender that writes bytes by hand, and reads answers without the codec under test.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use crate::masked::masked;

/// A test that waits longer has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// One link to a listener.
pub(crate) struct Peer {
    input: BufReader<OwnedReadHalf>,
    output: OwnedWriteHalf,
}

impl Peer {
    pub(crate) async fn connect(address: SocketAddr) -> Peer {
        Peer::over(TcpStream::connect(address).await.unwrap())
    }

    /// The end of a link that is open.
    pub(crate) fn over(stream: TcpStream) -> Peer {
        stream.set_nodelay(true).unwrap();
        let (input, output) = stream.into_split();
        Peer {
            input: BufReader::new(input),
            output,
        }
    }

    /// Its own end of the link.
    pub(crate) fn address(&self) -> SocketAddr {
        self.output.local_addr().unwrap()
    }

    /// Writes bytes as they are.
    pub(crate) async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        soon(self.output.write_all(bytes.as_ref())).await.unwrap();
    }

    /// Writes bytes, unless the listener has closed the link.
    pub(crate) async fn try_write(&mut self, bytes: &[u8]) -> bool {
        soon(self.output.write_all(bytes)).await.is_ok()
    }

    /// Sends a message in a frame and returns the answer, its time and id masked.
    pub(crate) async fn ask(&mut self, message: impl AsRef<[u8]>) -> String {
        self.write(framed(message)).await;
        self.answer().await
    }

    /// The next answer, its time and id masked.
    pub(crate) async fn answer(&mut self) -> String {
        masked(&self.raw_answer().await)
    }

    /// The next answer as it came.
    pub(crate) async fn raw_answer(&mut self) -> Vec<u8> {
        let mut frame = Vec::new();
        while !frame.ends_with(b"\x1C\r") {
            let read = soon(self.input.read_until(b'\r', &mut frame)).await;
            assert_ne!(read.unwrap(), 0, "the end after {}", frame.escape_ascii());
        }
        let content = frame.strip_prefix(b"\x0B");
        let content = content.and_then(|content| content.strip_suffix(b"\x1C\r"));
        content.expect("an answer in a frame").to_vec()
    }

    /// Sends nothing more.
    pub(crate) async fn finish(&mut self) {
        self.output.shutdown().await.unwrap();
    }

    /// Waits until the listener has closed the link; it must not have said anything more.
    pub(crate) async fn closed(&mut self) {
        let mut rest = Vec::new();
        // What it had not read makes the close of the link a reset.
        drop(soon(self.input.read_to_end(&mut rest)).await);
        assert_eq!(rest.escape_ascii().to_string(), "");
    }

    /// Waits for an answer, and says whether the link was closed instead.
    pub(crate) async fn is_refused(&mut self) -> bool {
        let first = soon(self.input.fill_buf()).await;
        first.map_or(true, <[u8]>::is_empty)
    }

    /// Breaks the connection, without the end that a close would send.
    pub(crate) fn reset(self) {
        let stream = self.input.into_inner().reunite(self.output).unwrap();
        stream.set_zero_linger().unwrap();
    }
}

/// An ADT^A08 of an invented person, answered as its version and MSH-15/16 say.
pub(crate) fn update(control_id: &str, version: &str) -> String {
    format!(
        "MSH|^~\\&|EHR|HARBOR|CISTERN|CLINIC|20260302101500||ADT^A08|{control_id}|P|{version}\r\
         PID|1||1001^^^HARBOR^MR||Quill^Ada\r"
    )
}

/// The masked answer that accepts [`update`] in version 2.5.1.
pub(crate) fn accepted(control_id: &str) -> String {
    format!("{HEAD_2_5_1}MSA|AA|{control_id}\r")
}

/// The header of every answer to [`update`] in version 2.5.1.
pub(crate) const HEAD_2_5_1: &str =
    "MSH|^~\\&|CISTERN|CLINIC|EHR|HARBOR|<time>||ACK^A08^ACK|<id>|P|2.5.1\r";

pub(crate) fn framed(message: impl AsRef<[u8]>) -> Vec<u8> {
    [b"\x0B", message.as_ref(), b"\x1C\r"].concat()
}

/// What must come, and must not keep a failing test waiting for ever.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what)
        .await
        .expect("what the test waits for")
}
