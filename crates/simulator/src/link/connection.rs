//! A connection to the listener, with what is to be written and what was read.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWrite as _, AsyncWriteExt as _};
use tokio::time::{Instant, Sleep, sleep_until, timeout};
use tokio_util::io::poll_read_buf;
use wire::Stream;

use super::Gone;
use crate::answer::Incoming;
use crate::dial::Dial;
use crate::plan::Plan;

/// One connection.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: Stream,
    /// Frames to write.
    pub(super) outgoing: Vec<u8>,
    /// How much of them is written.
    written: usize,
    pub(super) incoming: Incoming,
    /// Rings when the oldest message may have waited too long; set anew only when it rang.
    alarm: Pin<Box<Sleep>>,
}

impl Connection {
    pub(crate) async fn open(plan: &Plan) -> io::Result<Connection> {
        Ok(Connection {
            stream: Stream::open(&plan.to, plan.tls.as_ref(), plan.answer_timeout).await?,
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
        let Connection {
            stream,
            outgoing,
            written,
            incoming,
            alarm,
        } = self;
        let exchange = poll_fn(|cx| match poll_write(stream, outgoing, written, cx) {
            Poll::Pending => poll_read(stream, incoming, cx),
            wrote @ Poll::Ready(_) => wrote,
        });
        tokio::select! {
            biased;
            exchanged = exchange => exchanged.map_err(|_| Gone::Lost)?,
            () = sleep_until(moment.unwrap_or(deadline)), if moment.is_some() => {}
            () = dial.stopped(), if moment.is_some() => {}
            () = alarm.as_mut() => {
                if deadline <= Instant::now() {
                    return Err(Gone::Lost);
                }
                alarm.as_mut().reset(deadline);
            }
        }
        Ok(())
    }

    /// Writes bytes as they are, ahead of which nothing waits to be written.
    pub(super) async fn write(&mut self, bytes: &[u8], patience: Duration) -> Result<(), Gone> {
        let writing = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        match timeout(patience, writing).await {
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
    pub(super) async fn is_silent(&mut self) -> bool {
        let mut byte = [0];
        let look = timeout(Duration::ZERO, self.stream.read(&mut byte)).await;
        !matches!(look, Ok(Ok(1..))) && self.incoming.is_empty()
    }

    /// Tells the listener that nothing more comes.
    pub(super) async fn finish(&mut self) -> io::Result<()> {
        self.stream.shutdown().await
    }
}

/// Ready when a part of what waits is written; what TLS has taken of it is sent on the way.
fn poll_write(
    stream: &mut Stream,
    outgoing: &mut Vec<u8>,
    written: &mut usize,
    cx: &mut Context<'_>,
) -> Poll<io::Result<()>> {
    let stream = Pin::new(stream);
    if outgoing.is_empty() {
        ready!(stream.poll_flush(cx))?;
        return Poll::Pending;
    }
    let unwritten = outgoing.get(*written..).unwrap_or_default();
    *written += ready!(stream.poll_write(cx, unwritten))?;
    if *written == outgoing.len() {
        outgoing.clear();
        *written = 0;
    }
    Poll::Ready(Ok(()))
}

fn poll_read(
    stream: &mut Stream,
    incoming: &mut Incoming,
    cx: &mut Context<'_>,
) -> Poll<io::Result<()>> {
    match ready!(poll_read_buf(Pin::new(stream), cx, incoming.space()))? {
        0 => Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
        _ => Poll::Ready(Ok(())),
    }
}
