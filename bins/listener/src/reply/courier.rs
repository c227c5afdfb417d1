//! The way to a return address: a connection of our own, on which each reply is acknowledged.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hl7::{AckCode, Header, Message, path};
use mllp::{Client, ClientError, ClientOptions};
use tokio::time::timeout;
use wire::Stream;

use crate::error::with_causes;
use crate::feed::Feed;

/// How long the receiver may take to be connected to, and to acknowledge a reply.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long of it TLS may take.
const HANDSHAKE: Duration = Duration::from_secs(5);

/// The longest acknowledgment of a reply, in bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Why a reply waits that came to somebody.
const SILENT: &str = "connected, but no answer";

/// Brings replies to one address.
pub(super) struct Courier {
    feed: Arc<Feed>,
    pub(super) address: String,
    client: Option<Client<Stream>>,
    /// Why nobody took what was brought there last.
    pub(super) trouble: Option<String>,
}

/// What came of bringing a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Brought {
    Taken,
    /// It was acknowledged in the negative, or can be put into no frame.
    Refused,
    /// Nothing came back in time.
    Unanswered,
    /// There is no connection.
    Unreachable,
}

impl Courier {
    /// Whoever brings the replies of a feed that has a return address.
    pub(super) fn of(feed: &Arc<Feed>) -> Option<Courier> {
        let (_, address) = feed.reply_way();
        let address = address?.to_owned();
        Some(Courier {
            feed: feed.clone(),
            address,
            client: None,
            trouble: None,
        })
    }

    /// Sends a reply and waits for its accept acknowledgment. A connection that has meanwhile been
    /// closed at the other end is replaced once.
    pub(super) async fn bring(&mut self, reply: &[u8]) -> Brought {
        let is_used = self.client.is_some();
        let mut answer = self.exchange(reply).await;
        if is_used && answer.as_ref().is_err_and(is_lost) {
            answer = self.exchange(reply).await;
        }
        let (brought, trouble) = match answer {
            Ok(answer) if is_accepted(&answer) => (Brought::Taken, None),
            Ok(_) => (Brought::Refused, None),
            // It was not brought to anybody.
            Err(ClientError::Encode(_)) => return Brought::Refused,
            Err(ClientError::Timeout { .. }) => (Brought::Unanswered, Some(SILENT.to_owned())),
            // None of the causes knows what was said over the connection.
            Err(error) => (Brought::Unreachable, Some(with_causes(&error))),
        };
        self.trouble = trouble;
        brought
    }

    /// What comes back. After an error the connection is not used again.
    async fn exchange(&mut self, reply: &[u8]) -> Result<Bytes, ClientError> {
        let mut client = match self.client.take() {
            Some(client) => client,
            None => self.connect().await.map_err(ClientError::Connect)?,
        };
        let control_id = Header::parse(reply).map_or(&b""[..], Header::control_id);
        let answer = client
            .send(reply, |frame| answers(frame, control_id))
            .await?;
        self.client = Some(client);
        Ok(answer)
    }

    async fn connect(&self) -> io::Result<Client<Stream>> {
        let options = ClientOptions {
            max_frame_bytes: ANSWER_BYTES_MAX,
            answer_timeout: PATIENCE,
        };
        let tls = self.feed.way_back.as_ref();
        let tls = tls.map(|way_back| way_back.current(self.feed.name()));
        let opened = timeout(
            PATIENCE,
            Stream::open(&self.address, tls.as_ref(), HANDSHAKE),
        );
        Ok(Client::over(opened.await??, options))
    }
}

fn is_lost(error: &ClientError) -> bool {
    matches!(error, ClientError::Closed { .. } | ClientError::Lost { .. })
}

/// Whether a frame answers the message of this control id (MSA-2).
fn answers(frame: &[u8], control_id: &[u8]) -> bool {
    let answer = Message::parse(frame).ok();
    let named = answer.and_then(|answer| Some(answer.get(&path!("MSA-2")).value()?.raw()));
    named == Some(control_id)
}

fn is_accepted(answer: &[u8]) -> bool {
    let answer = Message::parse(answer).ok();
    let code = answer.and_then(|answer| Some(answer.get(&path!("MSA-1")).value()?.raw()));
    code.and_then(AckCode::parse)
        .is_some_and(AckCode::is_accept)
}
