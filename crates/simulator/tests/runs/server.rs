//! A small listener: it answers as Cistern's does, or with one vice.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use mllp::MllpCodec;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::codec::{Decoder as _, Encoder as _};

use cistern_simulator::{Plan, Report};

/// The longest message that it takes, in bytes.
pub(crate) const FRAME_LIMIT_BYTES: usize = 20_000;

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vice {
    None,
    /// Each third message is not answered.
    Forgets,
    /// No message is answered.
    Silent,
    /// Each third message is answered twice.
    Stammers,
    /// Each third answer is about another message.
    Confuses,
    /// Each third answer is no message.
    Mumbles,
    /// The end of each third answer is missing.
    Slurs,
    /// Each third message is refused.
    Refuses,
    /// A repeat gets a new answer.
    Forgetful,
    /// A part of a frame is answered when the next frame begins.
    Lavish,
    /// A frame is answered when it begins.
    Hasty,
    /// Long messages are taken.
    Boundless,
    /// After three messages it closes the connection.
    Closes,
    /// The fifth message waits for this long.
    Stalls(Duration),
}

/// What it keeps: the content of each frame, with its answer.
#[derive(Debug)]
pub(crate) struct Server {
    vice: Vice,
    answers: Mutex<HashMap<Bytes, String>>,
    messages: AtomicU64,
}

/// Starts it on any free port.
pub(crate) async fn start(vice: Vice) -> (SocketAddr, Arc<Server>) {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let server = Arc::new(Server {
        vice,
        answers: Mutex::default(),
        messages: AtomicU64::new(0),
    });
    let serving = server.clone();
    tokio::spawn(async move {
        loop {
            let (stream, _) = socket.accept().await.unwrap();
            let server = serving.clone();
            tokio::spawn(async move { server.serve(stream).await });
        }
    });
    (address, server)
}

/// A plan for it: two links, quick to lose patience.
pub(crate) fn plan(address: SocketAddr) -> Plan {
    Plan {
        links: 2,
        frame_limit_bytes: FRAME_LIMIT_BYTES,
        answer_timeout: Duration::from_secs(20),
        ..Plan::new(address.to_string())
    }
}

/// All that does not depend on how fast the machine is.
pub(crate) fn counts(report: &Report) -> String {
    let problems = [
        ("missing", report.missing),
        ("unanswered", report.unanswered),
        ("doubled", report.doubled),
        ("strange", report.strange),
        ("unreadable", report.unreadable),
        ("out of order", report.out_of_order),
        ("lost connections", report.lost_connections),
        ("lost links", report.lost_links),
        ("behind", report.behind),
    ];
    let mut counts = format!(
        "sent {}, answers {:?}, timed {}",
        report.sent,
        report.answers,
        report.latency.count()
    );
    assert_eq!(report.latency.count(), report.service.count());
    for (problem, count) in problems.into_iter().filter(|(_, count)| *count > 0) {
        write!(counts, ", {problem} {count}").unwrap();
    }
    for (misbehaviour, outcomes) in &report.misbehaviours {
        let (well, otherwise) = (outcomes.as_expected, outcomes.otherwise);
        write!(counts, ", {misbehaviour} {well}:{otherwise}").unwrap();
    }
    let verdict = if report.is_good() { "good" } else { "bad" };
    format!("{verdict}: {counts}")
}

impl Server {
    /// What was kept, each content once.
    pub(crate) fn kept(&self) -> Vec<Bytes> {
        self.answers.lock().unwrap().keys().cloned().collect()
    }

    async fn serve(&self, mut stream: TcpStream) {
        let limit = if self.vice == Vice::Boundless {
            usize::MAX
        } else {
            FRAME_LIMIT_BYTES
        };
        let mut codec = MllpCodec::new(limit);
        let mut buffer = BytesMut::new();
        let mut taken = 0;
        while let Ok(1..) = stream.read_buf(&mut buffer).await {
            loop {
                let Ok(frame) = codec.decode(&mut buffer) else {
                    return;
                };
                if self.vice == Vice::Lavish {
                    for fault in codec.take_faults() {
                        self.answer(&mut stream, fault.fragment).await;
                    }
                }
                if self.vice == Vice::Hasty && codec.in_frame() {
                    self.answer(&mut stream, buffer.clone().freeze()).await;
                }
                let Some(frame) = frame else { break };
                self.answer(&mut stream, frame).await;
                taken += 1;
                if self.vice == Vice::Closes && taken == 3 {
                    return;
                }
            }
        }
    }

    async fn answer(&self, stream: &mut TcpStream, content: Bytes) {
        let number = self.messages.fetch_add(1, Ordering::Relaxed) + 1;
        let text = self.text(&content, number);
        let mut frame = BytesMut::new();
        MllpCodec::new(usize::MAX)
            .encode(text.as_bytes(), &mut frame)
            .unwrap();
        match self.vice {
            Vice::Forgets if number.is_multiple_of(3) => frame.clear(),
            Vice::Silent => frame.clear(),
            Vice::Stammers if number.is_multiple_of(3) => frame.extend_from_slice(&frame.clone()),
            Vice::Slurs if number.is_multiple_of(3) => {
                frame.truncate(frame.len() - 1);
                frame.extend_from_slice(b"x");
            }
            Vice::Stalls(time) if number == 5 => tokio::time::sleep(time).await,
            _ => {}
        }
        // Who does not listen any more misses it.
        stream.write_all(&frame).await.ok();
    }

    fn text(&self, content: &Bytes, number: u64) -> String {
        let header = String::from_utf8_lossy(content);
        let id = header.split('|').nth(9).unwrap_or_default();
        let code = match self.vice {
            Vice::Refuses if number.is_multiple_of(3) => "AR",
            _ => "AA",
        };
        let id = match self.vice {
            Vice::Confuses if number.is_multiple_of(3) => "someone else's",
            _ => id,
        };
        let text = format!("MSH|^~\\&|T|T|S|S|2026||ACK|{number}|P|2.5.1\rMSA|{code}|{id}\r");
        if self.vice == Vice::Mumbles && number.is_multiple_of(3) {
            return "hm".to_owned();
        }
        let mut answers = self.answers.lock().unwrap();
        if self.vice == Vice::Forgetful {
            answers.insert(content.clone(), text.clone());
        }
        answers.entry(content.clone()).or_insert(text).clone()
    }
}
