//! The way to a return address: a connection of our own, on which each reply is acknowledged.

use std::time::Duration;

use bytes::Bytes;
use hl7::{AckCode, Header, Message, path};
use mllp::{Client, ClientError, ClientOptions};
use tokio::time::timeout;

/// How long the receiver may take to be connected to, and to acknowledge a reply.
const PATIENCE: Duration = Duration::from_secs(10);

/// The longest acknowledgment of a reply, in bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Brings replies to one address.
#[derive(Debug)]
pub(super) struct Courier {
    pub(super) address: String,
    client: Option<Client>,
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
    pub(super) fn new(address: &str) -> Courier {
        Courier {
            address: address.to_owned(),
            client: None,
        }
    }

    /// Sends a reply and waits for its accept acknowledgment. A connection that has meanwhile been
    /// closed at the other end is replaced once.
    pub(super) async fn bring(&mut self, reply: &[u8]) -> Brought {
        let is_used = self.client.is_some();
        let mut answer = self.exchange(reply).await;
        if is_used && matches!(&answer, Some(Err(error)) if is_lost(error)) {
            answer = self.exchange(reply).await;
        }
        match answer {
            Some(Ok(answer)) if is_accepted(&answer) => Brought::Taken,
            Some(Ok(_) | Err(ClientError::Encode(_))) => Brought::Refused,
            Some(Err(ClientError::Timeout { .. })) => Brought::Unanswered,
            Some(Err(_)) | None => Brought::Unreachable,
        }
    }

    /// What comes back; nothing where no connection could be made. After an error the connection is
    /// not used again.
    async fn exchange(&mut self, reply: &[u8]) -> Option<Result<Bytes, ClientError>> {
        let mut client = match self.client.take() {
            Some(client) => client,
            None => self.connect().await?,
        };
        let control_id = Header::parse(reply).map_or(&b""[..], Header::control_id);
        let answer = client.send(reply, |frame| answers(frame, control_id)).await;
        if answer.is_ok() {
            self.client = Some(client);
        }
        Some(answer)
    }

    async fn connect(&self) -> Option<Client> {
        let options = ClientOptions {
            max_frame_bytes: ANSWER_BYTES_MAX,
            answer_timeout: PATIENCE,
        };
        let connected = timeout(PATIENCE, Client::connect(&self.address, options)).await;
        connected.ok()?.ok()
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
