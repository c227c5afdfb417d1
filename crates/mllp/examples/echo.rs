//! A receiver that sends every frame back: `cargo run --example echo`, port 2575.

use std::io;

use cistern_mllp::{FrameError, MllpCodec};
use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::codec::Framed;

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:2575").await?;
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(echo(stream));
    }
}

async fn echo(stream: TcpStream) -> Result<(), FrameError> {
    let mut frames = Framed::new(stream, MllpCodec::new(16 * 1024 * 1024));
    while let Some(frame) = frames.next().await {
        frames.send(frame?).await?;
    }
    Ok(())
}
