//! A question to the status address of a listener.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::Failure;

/// How long a listener may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is at a path; nothing where the listener knows of nothing there.
pub(super) async fn ask(address: &str, path: &str) -> Result<Option<String>, Failure> {
    let answered = timeout(PATIENCE, exchange(address, path)).await;
    let Ok(answered) = answered else {
        return Err(format!("no answer from {address} within {PATIENCE:?}").into());
    };
    let answer = answered
        .map_err(|error| format!("no answer from {address}: is the listener running? ({error})"))?;
    let no_http = || format!("what answers at {address} does not speak HTTP");
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(no_http)?;
    match head.split(' ').nth(1) {
        Some("200") => Ok(Some(body.to_owned())),
        Some("404") => Ok(None),
        Some(status) => Err(format!("{address} answers with status {status}").into()),
        None => Err(no_http().into()),
    }
}

/// Asks in HTTP/1.0, so that the answer comes in one piece and ends with the connection (RFC 9112,
/// section 6.3).
async fn exchange(address: &str, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let question = format!("GET {path} HTTP/1.0\r\n\r\n");
    stream.write_all(question.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}
