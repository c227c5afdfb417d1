//! The client against peers that answer late, out of order, in crumbs, or not at all.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use bytes::Bytes;
use cistern_mllp::{Client, ClientError, ClientOptions, Commit, MllpCodec};
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout};
use tokio_util::codec::Framed;

const OPTIONS: ClientOptions = ClientOptions {
    max_frame_bytes: 4096,
    answer_timeout: Duration::from_secs(5),
};

type Peer<T> = Framed<T, MllpCodec>;

fn in_memory() -> (Client<DuplexStream>, Peer<DuplexStream>) {
    let (ours, theirs) = duplex(64 * 1024);
    (
        Client::over(ours, OPTIONS),
        Framed::new(theirs, MllpCodec::new(4096)),
    )
}

async fn over_tcp() -> (Client, Peer<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::connect(listener.local_addr().unwrap(), OPTIONS)
        .await
        .unwrap();
    let (stream, _) = listener.accept().await.unwrap();
    (client, Framed::new(stream, MllpCodec::new(4096)))
}

fn answer_to(message: &[u8]) -> Bytes {
    [b"answer to ", message].concat().into()
}

fn answers(message: &[u8], frame: &[u8]) -> bool {
    frame == answer_to(message)
}

async fn take(peer: &mut Peer<DuplexStream>) -> Bytes {
    peer.next().await.unwrap().unwrap()
}

#[tokio::test]
async fn a_message_gets_its_answer_over_tcp() {
    let (mut client, mut peer) = over_tcp().await;
    let serving = tokio::spawn(async move {
        while let Some(message) = peer.next().await {
            peer.send(answer_to(&message.unwrap())).await.unwrap();
        }
    });
    for message in [&b"one"[..], b"two", b"three"] {
        let answer = client
            .send(message, |frame| answers(message, frame))
            .await
            .unwrap();
        assert_eq!(answer, answer_to(message));
    }
    drop(client);
    serving.await.unwrap();
}

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = Client::connect(address, OPTIONS).await.unwrap_err();
    assert_eq!(error.to_string(), "cannot connect");
}

#[tokio::test]
async fn an_answer_may_come_in_single_bytes() {
    let (mut client, mut peer) = over_tcp().await;
    peer.get_ref().set_nodelay(true).unwrap();
    let serving = tokio::spawn(async move {
        let message = peer.next().await.unwrap().unwrap();
        let answer = [b"\x0B", &answer_to(&message)[..], b"\x1C\r"].concat();
        for byte in answer {
            peer.get_mut().write_all(&[byte]).await.unwrap();
            tokio::task::yield_now().await;
        }
    });
    let answer = client
        .send(b"one", |frame| answers(b"one", frame))
        .await
        .unwrap();
    assert_eq!(answer, "answer to one");
    serving.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn silence_times_out_and_the_late_answer_is_a_stranger() {
    let (mut client, mut peer) = in_memory();
    let begun = Instant::now();
    let error = client
        .send(b"one", |frame| answers(b"one", frame))
        .await
        .unwrap_err();
    assert_eq!(begun.elapsed(), OPTIONS.answer_timeout);
    assert_eq!(
        error.to_string(),
        "no answer within 5s (1 unanswered, 0 strangers)"
    );

    assert_eq!(take(&mut peer).await, "one");
    peer.send(answer_to(b"one")).await.unwrap();
    peer.send(answer_to(b"two")).await.unwrap();
    let answer = client
        .send(b"two", |frame| answers(b"two", frame))
        .await
        .unwrap();
    assert_eq!((answer, client.strangers()), (answer_to(b"two"), 1));
}

#[tokio::test(start_paused = true)]
async fn strangers_do_not_prolong_the_wait() {
    let (mut client, mut peer) = in_memory();
    let serving = tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(2)).await;
            if peer.send(&b"something else"[..]).await.is_err() {
                return;
            }
        }
    });
    let error = client
        .send(b"one", |frame| answers(b"one", frame))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "no answer within 5s (1 unanswered, 2 strangers)"
    );
    drop(client);
    serving.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_reads_nothing_times_out_too() {
    let (ours, _theirs) = duplex(16);
    let mut client = Client::over(ours, OPTIONS);
    let error = client.send(&[b'a'; 1000], |_| true).await.unwrap_err();
    assert!(matches!(error, ClientError::Timeout { .. }), "{error}");
}

#[tokio::test]
async fn a_peer_that_closes_is_told_from_one_that_breaks_off() {
    let (mut client, mut peer) = in_memory();
    let closing = tokio::spawn(async move {
        take(&mut peer).await;
    });
    let error = client.send(b"one", |_| true).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "closed before an answer (1 unanswered, 0 strangers)"
    );
    closing.await.unwrap();

    let (mut client, mut peer) = in_memory();
    let breaking = tokio::spawn(async move {
        take(&mut peer).await;
        peer.get_mut().write_all(b"\x0Bansw").await.unwrap();
    });
    let error = client.send(b"one", |_| true).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "lost before an answer (1 unanswered, 0 strangers)"
    );
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(source, "connection closed 4 bytes into a frame");
    assert_eq!(
        client.codec_mut().take_faults().first().unwrap().fragment,
        "answ"
    );
    breaking.await.unwrap();
}

#[tokio::test]
async fn an_answer_sent_before_the_peer_closed_is_read() {
    let (mut client, mut peer) = in_memory();
    peer.send(answer_to(b"one")).await.unwrap();
    drop(peer);
    let answer = client
        .send(b"one", |frame| answers(b"one", frame))
        .await
        .unwrap();
    assert_eq!(answer, answer_to(b"one"));
}

#[tokio::test]
async fn a_message_that_cannot_be_framed_is_not_sent() {
    let (mut client, mut peer) = in_memory();
    let error = client.send(b"a\x0Bb", |_| true).await.unwrap_err();
    assert_eq!(error.to_string(), "cannot frame the message");
    let error = client.send(b"", |_| true).await.unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(source, "message is empty: no receiver answers it");
    drop(client);
    assert!(peer.next().await.is_none());
}

#[tokio::test]
async fn a_wait_without_end_is_allowed() {
    let (ours, theirs) = duplex(1024);
    let options = ClientOptions {
        answer_timeout: Duration::MAX,
        ..OPTIONS
    };
    let mut client = Client::over(ours, options);
    let mut peer = Framed::new(theirs, MllpCodec::new(4096));
    peer.send(answer_to(b"one")).await.unwrap();
    let answer = client.send(b"one", |_| true).await.unwrap();
    assert_eq!(answer, answer_to(b"one"));
}

#[tokio::test(start_paused = true)]
async fn a_second_answer_is_waited_for_without_a_second_message() {
    let (mut client, mut peer) = in_memory();
    let serving = tokio::spawn(async move {
        let received = take(&mut peer).await;
        peer.send(Commit::Stored).await.unwrap();
        peer.send(&b"a stranger"[..]).await.unwrap();
        tokio::time::sleep(Duration::from_secs(4)).await;
        peer.send(answer_to(&received)).await.unwrap();
        let more = timeout(Duration::from_mins(1), peer.next()).await;
        assert!(more.is_err(), "{more:?}");
        received
    });
    let is_commit = |frame: &[u8]| Commit::from_content(frame).is_some();
    client.send(b"one", is_commit).await.unwrap();
    let answer = client
        .receive(|frame| answers(b"one", frame))
        .await
        .unwrap();
    assert_eq!((answer, client.strangers()), (answer_to(b"one"), 1));

    let error = client.receive(|_| true).await.unwrap_err();
    let expected = "no answer within 5s (1 unanswered, 1 strangers)";
    assert_eq!(error.to_string(), expected);
    assert_eq!(serving.await.unwrap(), "one");
}

#[tokio::test]
async fn after_the_end_of_the_connection_nothing_more_is_sent_or_awaited() {
    let (mut client, mut peer) = in_memory();
    peer.get_mut().write_all(b"\x0Bansw").await.unwrap();
    drop(peer);
    let error = client.send(b"one", |_| true).await.unwrap_err();
    assert!(matches!(error, ClientError::Lost { .. }), "{error}");

    let again = [
        client.send(b"two", |_| true).await.unwrap_err(),
        client.receive(|_| true).await.unwrap_err(),
    ];
    let mut messages = ["three"].into_iter();
    let mut pipeline = client.pipeline(&mut messages, 1, answers);
    let in_pipeline = [
        pipeline.next().await.unwrap_err(),
        pipeline.next().await.unwrap_err(),
    ];
    for error in again.into_iter().chain(in_pipeline) {
        assert_eq!(error.to_string(), "connection ended before");
    }
    assert_eq!(messages.next(), Some("three"));
}

#[tokio::test(start_paused = true)]
async fn a_send_given_up_half_way_leaves_the_framing_whole() {
    let (ours, theirs) = duplex(8);
    let mut client = Client::over(ours, OPTIONS);
    let given_up = timeout(
        Duration::from_secs(1),
        client.send(b"a long message", |_| true),
    )
    .await;
    assert!(given_up.is_err());

    let mut peer = Framed::new(theirs, MllpCodec::new(4096));
    let serving = tokio::spawn(async move {
        let received = [take(&mut peer).await, take(&mut peer).await];
        peer.send(answer_to(b"two")).await.unwrap();
        received
    });
    client
        .send(b"two", |frame| answers(b"two", frame))
        .await
        .unwrap();
    assert_eq!(serving.await.unwrap(), ["a long message", "two"]);
}

#[tokio::test]
async fn a_commit_answer_is_a_stranger_unless_the_caller_wants_it() {
    let (mut client, mut peer) = in_memory();
    peer.send(Commit::Stored).await.unwrap();
    peer.send(answer_to(b"one")).await.unwrap();
    peer.send(Commit::Stored).await.unwrap();

    client
        .send(b"one", |frame| answers(b"one", frame))
        .await
        .unwrap();
    assert_eq!(client.strangers(), 1);
    let is_commit = |frame: &[u8]| Commit::from_content(frame).is_some();
    assert_eq!(client.send(b"two", is_commit).await.unwrap(), &b"\x06"[..]);
}

fn numbered(count: usize) -> Vec<String> {
    (0..count)
        .map(|number| format!("message {number}"))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_pipeline_of_fifty_keeps_ten_ahead_and_no_more() {
    let (mut client, mut peer) = in_memory();
    let serving = tokio::spawn(async move {
        for _ in 0..5 {
            let mut held = Vec::new();
            for _ in 0..10 {
                held.push(take(&mut peer).await);
            }
            timeout(Duration::from_secs(1), peer.next())
                .await
                .expect_err("an eleventh came");
            for message in held {
                peer.send(answer_to(&message)).await.unwrap();
            }
        }
    });
    let messages = numbered(50);
    let mut pipeline = client.pipeline(&messages, 10, answers);
    let mut answered = Vec::new();
    while let Some((message, answer)) = pipeline.next().await.unwrap() {
        assert_eq!(answer, answer_to(message.as_bytes()));
        answered.push(message.clone());
    }
    assert_eq!(answered, messages);
    serving.await.unwrap();
}

#[tokio::test]
async fn a_pipeline_over_tcp_puts_answers_in_order_and_skips_strangers() {
    let (mut client, mut peer) = over_tcp().await;
    let serving = tokio::spawn(async move {
        for _ in 0..10 {
            let mut held = Vec::new();
            for _ in 0..5 {
                held.push(peer.next().await.unwrap().unwrap());
            }
            peer.send(&b"a stranger"[..]).await.unwrap();
            for message in held.iter().rev() {
                peer.send(answer_to(message)).await.unwrap();
            }
        }
    });
    let messages = numbered(50);
    let mut pipeline = client.pipeline(messages.clone(), 5, answers);
    let mut answered = Vec::new();
    while let Some((message, answer)) = pipeline.next().await.unwrap() {
        assert_eq!(answer, answer_to(message.as_bytes()));
        answered.push(message);
    }
    assert_eq!((answered, client.strangers()), (messages, 10));
    serving.await.unwrap();
}

#[tokio::test]
async fn a_message_that_cannot_be_framed_is_told_in_its_turn_and_the_rest_goes_on() {
    let (mut client, mut peer) = in_memory();
    let serving = tokio::spawn(async move {
        let mut received = Vec::new();
        while let Some(message) = peer.next().await {
            let message = message.unwrap();
            peer.send(answer_to(&message)).await.unwrap();
            received.push(message);
        }
        received
    });
    let messages = ["one", "t\x0Bwo", "three", "", "five"];
    for window in [1, 3, 10] {
        let mut pipeline = client.pipeline(messages, window, answers);
        let mut told = Vec::new();
        while let Some(next) = pipeline.next().await.transpose() {
            told.push(match next {
                Ok((message, _)) => message.to_owned(),
                Err(error) => error.to_string(),
            });
        }
        let refused = |position| format!("cannot frame message {position} of the pipeline");
        let expected = ["one", &refused(1), "three", &refused(3), "five"];
        assert_eq!(told, expected, "window of {window}");
    }
    drop(client);
    assert_eq!(serving.await.unwrap(), ["one", "three", "five"].repeat(3));
}

#[tokio::test(start_paused = true)]
async fn a_pipeline_says_how_much_is_unanswered() {
    let (mut client, mut peer) = in_memory();
    peer.send(answer_to(b"message 1")).await.unwrap();
    let mut pipeline = client.pipeline(numbered(50), 10, answers);
    let error = pipeline.next().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "no answer within 5s (9 unanswered, 0 strangers)"
    );
    assert_eq!(pipeline.unanswered(), 9);

    peer.send(answer_to(b"message 1")).await.unwrap();
    peer.send(answer_to(b"message 0")).await.unwrap();
    let (first, _) = pipeline.next().await.unwrap().unwrap();
    let (second, _) = pipeline.next().await.unwrap().unwrap();
    assert_eq!([first, second], ["message 0", "message 1"]);
    drop(pipeline);
    assert_eq!(client.strangers(), 1, "an answer that comes twice");
}

#[tokio::test]
async fn equal_messages_share_their_answers_out() {
    let (mut client, mut peer) = in_memory();
    peer.send(answer_to(b"one")).await.unwrap();
    peer.send(answer_to(b"one")).await.unwrap();
    let mut pipeline = client.pipeline(["one", "one"], 2, answers);
    let answered = [
        pipeline.next().await.unwrap(),
        pipeline.next().await.unwrap(),
    ];
    assert_eq!(answered, [(); 2].map(|()| Some(("one", answer_to(b"one")))));
}

#[tokio::test]
async fn a_window_of_nothing_is_a_window_of_one() {
    let (mut client, mut peer) = in_memory();
    peer.send(answer_to(b"one")).await.unwrap();
    let mut pipeline = client.pipeline(["one"], 0, answers);
    assert_eq!(
        pipeline.next().await.unwrap(),
        Some(("one", answer_to(b"one")))
    );
}

#[tokio::test]
async fn a_pipeline_reads_while_it_writes() {
    let (ours, mut theirs) = duplex(16);
    let mut client = Client::over(ours, OPTIONS);
    // An echo that never reads ahead of what it has written: it blocks unless the client reads.
    let serving = tokio::spawn(async move {
        let mut chunk = [0; 16];
        loop {
            let read = theirs.read(&mut chunk).await.unwrap();
            if read == 0 {
                return;
            }
            theirs.write_all(&chunk[..read]).await.unwrap();
        }
    });
    let messages = vec!["x".repeat(1000); 20];
    let mut pipeline = client.pipeline(messages, 10, |message, frame| message == frame);
    let mut answered = 0;
    while pipeline.next().await.unwrap().is_some() {
        answered += 1;
    }
    assert_eq!(answered, 20);
    drop(client);
    serving.await.unwrap();
}

#[tokio::test]
async fn a_pipeline_of_nothing_ends_at_once() {
    let (mut client, _peer) = in_memory();
    let mut pipeline = client.pipeline(Vec::<String>::new(), 0, answers);
    assert!(pipeline.next().await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn neither_client_nor_pipeline_prints_a_message() {
    let (ours, mut theirs) = duplex(16);
    let mut client = Client::over(ours, OPTIONS);
    let answering = tokio::spawn(async move {
        theirs
            .write_all(b"\x0Banswer to ZZMARKER 2\x1C\r\x0BZZMARKER")
            .await
            .unwrap();
        theirs
    });
    // Now one message is half written, one answer waits for its turn, one is half read.
    let mut pipeline = client.pipeline(["ZZMARKER 1", "ZZMARKER 2"], 2, answers);
    let error = pipeline.next().await.unwrap_err();
    assert_eq!(pipeline.unanswered(), 1);
    let printed = format!("{pipeline:?} {error:?} {error}");
    let printed = format!("{printed} {client:?}");
    assert!(!printed.contains("MARKER"), "{printed}");
    drop(answering.await.unwrap());
}
