//! Messages that nobody has answered, because a listener was killed or a link is gone, and what is
//! said when they come again.

use crate::importing::{
    Importing, REGISTRATION_HEAD, RESULT_HEAD, accepted_as_altered, altered, held, registration,
    result,
};
use crate::listening::{Listening, Store};
use crate::masked::masked;
use crate::peer::{Peer, framed};
use crate::program::Program;
use crate::waiting::{AFTER_IMPORT, AT_ONCE, listening};

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_has_heard_nothing_asks_again_and_hears_what_came_of_it() {
    for store in Store::all() {
        let environment = [("CISTERN_DATABASE_URL", &*store.url())];
        let config =
            format!("[[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\n{AFTER_IMPORT}\n");
        let program = env!("CARGO_BIN_EXE_cistern-listener");
        let mut first = Program::start(program, &config, &environment);
        let line = first.wait_for("address=");
        let address = line.rsplit("address=").next().unwrap().trim();
        let second = listening(&store.url()).await;
        let mut peer = Peer::connect(address.parse().unwrap()).await;
        peer.write(framed(result("1", ""))).await;
        second.kept_are(1).await;
        assert_eq!(second.kept().await[0].answer_code, "");
        first.kill();
        let importing = Importing::start(&store.url()).await;

        second.first_is("held").await;
        let mut peer = second.peer().await;
        peer.write(framed(result("1", ""))).await;
        let heard = peer.raw_answer().await;
        assert_eq!(masked(&heard), held("1"));
        peer.write(framed(result("1", ""))).await;
        assert_eq!(peer.raw_answer().await, heard, "a repeat");
        assert_eq!(second.kept().await[0].answer_code, "AE");
        importing.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_said_for_good_to_a_link_that_broke() {
    for store in Store::all() {
        let listening = Listening::with_feed(&store.url(), "", AT_ONCE).await;
        let mut gone = listening.peer().await;
        gone.write(framed(result("1", ""))).await;
        listening.kept_are(1).await;
        gone.reset();
        // Which comes when the first would have waited long enough.
        let mut peer = listening.peer().await;
        let answer = peer.ask(result("2", "")).await;
        assert_eq!(answer, format!("{RESULT_HEAD}MSA|AA|2\r"));
        let kept = listening.kept().await;
        assert_eq!([&*kept[0].answer_code, &kept[1].answer_code], ["", "AA"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_closed_gets_its_answer_and_so_does_the_repeat() {
    for store in Store::all() {
        let listening = listening(&store.url()).await;
        let mut closed = listening.peer().await;
        closed.write(framed(result("1", ""))).await;
        closed.finish().await;
        listening.kept_are(1).await;
        let importing = Importing::start(&store.url()).await;
        let heard = closed.raw_answer().await;
        assert_eq!(masked(&heard), held("1"));
        closed.closed().await;
        let mut peer = listening.peer().await;
        peer.write(framed(result("1", ""))).await;
        assert_eq!(peer.raw_answer().await, heard, "a repeat");
        importing.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_waits_no_more_answers_what_was_never_answered() {
    let store = Store::sqlite();
    let waiting = listening(&store.url()).await;
    let mut gone = waiting.peer().await;
    gone.write([registration("1", ""), altered("1")].map(framed).concat())
        .await;
    waiting.kept_are(2).await;
    let listening = Listening::start(&store.url(), "").await;
    let mut peer = listening.peer().await;
    let answer = peer.ask(registration("1", "")).await;
    assert_eq!(answer, format!("{REGISTRATION_HEAD}MSA|AA|1\r"));
    let answer = peer.ask(altered("1")).await;
    assert_eq!(answer, accepted_as_altered("1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_repeat_of_an_altered_message_that_nobody_answered_is_told_so() {
    for store in Store::all() {
        let listening = Listening::with_feed(&store.url(), "", AT_ONCE).await;
        let mut gone = listening.peer().await;
        gone.write([registration("1", ""), altered("1")].map(framed).concat())
            .await;
        listening.kept_are(2).await;
        gone.reset();
        let mut peer = listening.peer().await;
        peer.write(framed(altered("1"))).await;
        let heard = peer.raw_answer().await;
        assert_eq!(masked(&heard), accepted_as_altered("1"));
        peer.write(framed(altered("1"))).await;
        assert_eq!(peer.raw_answer().await, heard, "a repeat");
    }
}

/// It was kept to be imported, whatever becomes of altered messages by now.
#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_of_an_altered_message_that_was_taken_is_not_told_that_it_is_held() {
    let held = "codes = { altered = \"error\" }";
    for store in Store::all() {
        let waiting = listening(&store.url()).await;
        let mut gone = waiting.peer().await;
        gone.write([registration("1", ""), altered("1")].map(framed).concat())
            .await;
        waiting.kept_are(2).await;
        gone.reset();
        for feed in ["", AT_ONCE] {
            let feed = format!("{feed}\n{held}");
            let listening = Listening::with_feed(&store.url(), "", &feed).await;
            let answer = listening.peer().await.ask(altered("1")).await;
            assert_eq!(answer, format!("{REGISTRATION_HEAD}MSA|AA|1\r"), "{feed}");
        }
    }
}
