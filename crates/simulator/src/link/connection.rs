//! A connection to the listener, with what is to be written and what was read.

use std::io;
use std::pin::Pin;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until, timeout};

use super::Gone;
use crate::answer::Incoming;
use crate::dial::Dial;

/// One TCP connection.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    /// Frames to write.
    pub(super) outgoing: Vec<u8>,
    /// How much of them is written.
    written: usize,
    pub(super) incoming: Incoming,
    /// Rings when the oldest message may have waited too long; set anew only when it rang.
    alarm: Pin<Box<Sleep>>,
}

impl Connection {
    pub(crate) async fn open(to: &str) -> io::Result<Connection> {
        let stream = TcpStream::connect(to).await?;
        // A frame is written whole: waiting to fill a packet would only delay it.
        stream.set_nodelay(true)?;
        Ok(Connection {
            stream,
            outgoing: Vec::new(),
            written: 0,
            incoming: Incoming::new(),
            alarm: Box::pin(sleep_until(Instant::now())),
        })
    }

    /// Writes and reads until one of them gets on, or `moment` comes, or the dial stops while it
    /// is waited for. At `deadline` the listener has taken too long.
    pub(super) async fn event(
        &mut self,
        moment: Option<Instant>,
        deadline: Instant,
        dial: &Dial,
    ) -> Result<(), Gone> {
        let (mut input, mut output) = self.stream.split();
        let unwritten = self.outgoing.get(self.written..).unwrap_or_default();
        tokio::select! {
            biased;
            written = output.write(unwritten), if !unwritten.is_empty() => {
                self.written += written.map_err(|_| Gone::Lost)?;
                if self.written == self.outgoing.len() {
                    self.outgoing.clear();
                    self.written = 0;
                }
            }
            read = input.read_buf(self.incoming.space()) => match read {
                Ok(1..) => {}
                Ok(0) | Err(_) => return Err(Gone::Lost),
            },
            () = sleep_until(moment.unwrap_or(deadline)), if moment.is_some() => {}
            () = dial.stopped(), if moment.is_some() => {}
            () = self.alarm.as_mut() => {
                if deadline <= Instant::now() {
                    return Err(Gone::Lost);
                }
                self.alarm.as_mut().reset(deadline);
            }
        }
        Ok(())
    }

    /// Writes bytes as they are, ahead of which nothing waits to be written.
    pub(super) async fn write(&mut self, bytes: &[u8], patience: Duration) -> Result<(), Gone> {
        match timeout(patience, self.stream.write_all(bytes)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Gone::Lost),
        }
    }

    /// Whether the listener closes it and says nothing more.
    pub(super) async fn is_closed(&mut self, patience: Duration) -> bool {
        let mut said = Vec::new();
        // What the listener had not read makes the close of the connection a reset.
        let closed = timeout(patience, self.stream.read_to_end(&mut said))
            .await
            .is_ok();
        closed && said.is_empty() && self.incoming.is_empty()
    }

    /// Whether it said nothing since nobody listened.
    pub(super) fn is_silent(&self) -> bool {
        let mut byte = [0];
        !matches!(self.stream.try_read(&mut byte), Ok(1..)) && self.incoming.is_empty()
    }

    /// Tells the listener that nothing more comes.
    pub(super) async fn finish(&mut self) -> io::Result<()> {
        self.stream.shutdown().await
    }
}
