//! Application acknowledgments that go to an address.

use std::net::SocketAddr;

use tokio::net::TcpListener;
use tokio::task::block_in_place;

use crate::importing::{Importing, registration, result};
use crate::listening::{Listening, Store};
use crate::masked::masked;
use crate::peer::{Peer, framed, soon};
use crate::watched::{get, start};

fn feed(address: SocketAddr) -> String {
    format!("application_ack = \"return_address\"\nreturn_address = \"{address}\"")
}

async fn address() -> (TcpListener, SocketAddr) {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

async fn next_link(socket: &TcpListener) -> Peer {
    Peer::over(soon(socket.accept()).await.unwrap().0)
}

/// The acknowledgment of a reply.
pub(crate) fn acknowledgment(code: &str, reply: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(reply.to_vec()).unwrap();
    let control_id = text.split('|').nth(9).unwrap();
    framed(format!(
        "MSH|^~\\&|HARBOR_EHR|HARBOR|||20260302||ACK|7|P|2.5.1\rMSA|{code}|{control_id}\r"
    ))
}

/// MSA of a reply.
pub(crate) fn msa(reply: &[u8]) -> String {
    let text = String::from_utf8(reply.to_vec()).unwrap();
    text.split('\r').nth(1).unwrap().to_owned()
}

async fn send(listening: &Listening, message: String) {
    let answer = listening.peer().await.ask(message).await;
    assert!(answer.contains("\rMSA|CA|"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn replies_are_sent_in_order_and_each_waits_for_its_acknowledgment() {
    for store in Store::all() {
        let (socket, address) = address().await;
        let listening = Listening::with_feed(&store.url(), "", &feed(address)).await;
        for message in [
            registration("1", "AL|AL"),
            result("2", "AL|AL"),
            registration("3", "AL|AL"),
        ] {
            send(&listening, message).await;
        }
        let importing = Importing::start(&store.url()).await;
        let mut receiver = next_link(&socket).await;
        let first = receiver.raw_answer().await;
        assert_eq!(
            masked(&first),
            "MSH|^~\\&|CISTERN|HARBOR_CARE|HARBOR_EHR^2.999.7.1^ISO|HARBOR^2.999.7^ISO|<time>||\
             ACK^A28^ACK|<id>|P|2.5.1|||AL|NE\rMSA|AA|1\r"
        );
        // What answers something else answers nothing.
        receiver
            .write(acknowledgment("CA", &first[..first.len() / 2].repeat(2)))
            .await;
        receiver.write(acknowledgment("CA", &first)).await;
        let second = receiver.raw_answer().await;
        assert_eq!(msa(&second), "MSA|AE|2");
        // Not taken: it is kept, and not sent again.
        receiver.write(acknowledgment("CR", &second)).await;
        let third = receiver.raw_answer().await;
        assert_eq!(msa(&third), "MSA|AA|3");
        receiver.write(acknowledgment("AA", &third)).await;
        importing.stop().await;
        listening.wish_to_stop();
        receiver.closed().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_down_gets_its_replies_when_it_is_up() {
    for store in Store::all() {
        let (socket, address) = address().await;
        drop(socket);
        let listening = Listening::with_feed(&store.url(), "", &feed(address)).await;
        send(&listening, registration("1", "AL|AL")).await;
        let importing = Importing::start(&store.url()).await;
        while listening.kept().await[0].state != "imported" {}
        let socket = TcpListener::bind(address).await.unwrap();
        let mut receiver = next_link(&socket).await;
        let reply = receiver.raw_answer().await;
        assert_eq!(msa(&reply), "MSA|AA|1");
        receiver.write(acknowledgment("CA", &reply)).await;

        // It closes between two replies: the next opens another connection.
        drop(receiver);
        send(&listening, registration("2", "AL|AL")).await;
        let mut receiver = next_link(&socket).await;
        assert_eq!(msa(&receiver.raw_answer().await), "MSA|AA|2");
        importing.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_without_acknowledgment_is_sent_again_by_the_next_listener() {
    for store in Store::all() {
        let (socket, address) = address().await;
        let mut first = Listening::with_feed(&store.url(), "", &feed(address)).await;
        send(&first, result("1", "AL|AL")).await;
        let importing = Importing::start(&store.url()).await;
        let mut receiver = next_link(&socket).await;
        let reply = receiver.raw_answer().await;
        first.wish_to_stop();
        drop(receiver);
        first.returned().await.unwrap();

        let second = Listening::with_feed(&store.url(), "", &feed(address)).await;
        let mut receiver = next_link(&socket).await;
        let again = receiver.raw_answer().await;
        assert_eq!(
            again.escape_ascii().to_string(),
            reply.escape_ascii().to_string()
        );
        receiver.write(acknowledgment("CA", &again)).await;
        send(&second, registration("2", "AL|AL")).await;
        assert_eq!(msa(&receiver.raw_answer().await), "MSA|AA|2");
        importing.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_a_reply_and_is_silent_is_told_of() {
    let (store, (socket, address)) = (Store::sqlite(), address().await);
    let config = format!(
        "[listener]\nstatus_address = \"127.0.0.1:0\"\n\
         [[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\n{}",
        feed(address)
    );
    let (mut program, [door], _) = start(&store, &config);
    let answer = Peer::connect(door)
        .await
        .ask(registration("1", "AL|AL"))
        .await;
    assert!(answer.contains("\rMSA|CA|"), "{answer}");
    let importing = Importing::start(&store.url()).await;
    let mut receiver = next_link(&socket).await;
    assert_eq!(msa(&receiver.raw_answer().await), "MSA|AA|1");
    let line = block_in_place(|| program.wait_for("replies wait: nobody takes them"));
    let said = format!("feed=\"main\" address=\"{address}\" reason=\"connected, but no answer\"");
    assert!(line.trim_end().ends_with(&said), "{line}");
    importing.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_listeners_send_each_reply_once() {
    const MESSAGES: usize = 100;
    for store in Store::all() {
        let (socket, address) = address().await;
        let one = Listening::with_feed(&store.url(), "", &feed(address)).await;
        let two = Listening::with_feed(&store.url(), "", &feed(address)).await;
        let (replies, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let receiving = tokio::spawn(async move {
            loop {
                let (mut receiver, replies) = (next_link(&socket).await, replies.clone());
                tokio::spawn(async move {
                    loop {
                        let reply = receiver.raw_answer().await;
                        replies.send(msa(&reply)).unwrap();
                        receiver.write(acknowledgment("CA", &reply)).await;
                    }
                });
            }
        });
        let importing = Importing::start(&store.url()).await;
        let mut expected = Vec::new();
        for number in 0..MESSAGES {
            let listening = if number % 2 == 0 { &one } else { &two };
            send(listening, registration(&number.to_string(), "AL|AL")).await;
            expected.push(format!("MSA|AA|{number}"));
        }
        let mut said = Vec::new();
        for _ in 0..MESSAGES {
            said.push(soon(heard.recv()).await.unwrap());
        }
        expected.sort_unstable();
        said.sort_unstable();
        assert_eq!(said, expected);
        importing.stop().await;
        receiving.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_delivered_is_given_up_and_counted() {
    let store = Store::sqlite();
    let (_, dead) = address().await;
    let config = format!(
        "[listener]\nstatus_address = \"127.0.0.1:0\"\napplication_ack_secs_max = 1\n\
         [[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\n{}",
        feed(dead)
    );
    let (_program, [door], status) = start(&store, &config);
    let mut peer = Peer::connect(door).await;
    peer.ask(registration("1", "AL|AL")).await;
    let importing = Importing::start(&store.url()).await;
    let outstanding = "cistern_application_acks_outstanding{feed=\"main\"}";
    let given_up = "cistern_application_acks_given_up_total{feed=\"main\",reason=\"overdue\"} 1";
    let done = async {
        loop {
            let (_, metrics) = get(status, "/metrics").await;
            if metrics.contains(given_up) {
                return metrics;
            }
        }
    };
    let metrics = soon(done).await;
    assert!(metrics.contains(&format!("{outstanding} 0\n")), "{metrics}");
    importing.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_owed_by_a_feed_that_replies_no_more_is_given_up() {
    for store in Store::all() {
        {
            let way = "application_ack = \"same_link\"";
            let mut listening = Listening::with_feed(&store.url(), "", way).await;
            let mut peer = listening.peer().await;
            peer.ask(registration("1", "AL|AL")).await;
            listening.wish_to_stop();
            listening.returned().await.unwrap();
        }
        let config = "[listener]\nstatus_address = \"127.0.0.1:0\"\n\
                      [[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\n";
        let (_program, _, status) = start::<1>(&store, config);
        let given_up = "cistern_application_acks_given_up_total{feed=\"main\",reason=\"off\"} 1\n";
        let outstanding = "cistern_application_acks_outstanding{feed=\"main\"} 0\n";
        let done = async {
            loop {
                let (_, metrics) = get(status, "/metrics").await;
                if metrics.contains(given_up) {
                    return metrics;
                }
            }
        };
        let metrics = soon(done).await;
        assert!(metrics.contains(outstanding), "{metrics}");
    }
}
