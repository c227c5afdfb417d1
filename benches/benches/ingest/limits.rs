//! What disk and socket allow, without a listener.

use std::time::Instant;

use tank::{Arrival, Database, HoldingTank as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Seconds for a row in a commit of its own.
pub(crate) async fn row(database: &Database, bytes: usize, seconds: f64) -> f64 {
    rows_a_second(database, bytes, seconds, 1).await.recip()
}

/// Rows a second, a hundred in each commit.
pub(crate) async fn rows(database: &Database, bytes: usize, seconds: f64) -> f64 {
    rows_a_second(database, bytes, seconds, 100).await
}

async fn rows_a_second(database: &Database, bytes: usize, seconds: f64, rows: usize) -> f64 {
    let mut held = 0;
    let mut spent = 0.0;
    while spent < seconds {
        let arrivals: Vec<Arrival> = (held..held + rows)
            .map(|number| arrival(number, rows, bytes))
            .collect();
        let started = Instant::now();
        database.hold(&arrivals).await.unwrap();
        spent += started.elapsed().as_secs_f64();
        held += rows;
    }
    held as f64 / spent
}

/// Messages of one sender.
fn arrival(number: usize, rows: usize, bytes: usize) -> Arrival {
    let mut body = format!("{rows}-{number}-").into_bytes();
    body.resize(bytes, b'x');
    let mut arrival = benches::arrival(number, body);
    arrival.keys.sending_facility = format!("BY {rows}");
    arrival
}

/// Seconds for so many bytes there and back over a socket of this machine.
pub(crate) async fn echo(bytes: usize, seconds: f64) -> f64 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let answering = tokio::spawn(async move {
        let (mut peer, _) = listener.accept().await.unwrap();
        peer.set_nodelay(true).unwrap();
        let mut buffer = vec![0; bytes];
        while peer.read_exact(&mut buffer).await.is_ok() {
            let answer = buffer.chunks(bytes / 10).next().unwrap();
            peer.write_all(answer).await.unwrap();
        }
    });
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (message, mut answer) = (vec![b'x'; bytes], vec![0; bytes / 10]);
    let started = Instant::now();
    let mut echoes = 0;
    while started.elapsed().as_secs_f64() < seconds {
        stream.write_all(&message).await.unwrap();
        stream.read_exact(&mut answer).await.unwrap();
        echoes += 1;
    }
    let took = started.elapsed().as_secs_f64();
    drop(stream);
    answering.await.unwrap();
    took / f64::from(echoes)
}
