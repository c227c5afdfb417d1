//! Certificates that their authority has taken back.

use std::fs;
use std::net::SocketAddr;

use cistern_listener::Door;
use service::Config;
use testkit::authority::{Authority, CrlScope, patched};
use tokio::io::AsyncWriteExt as _;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ClientConfig, HandshakeKind};

use crate::listening::{Listening, Store};
use crate::peer::{accepted, soon, update};
use crate::recorded::{report, settled};
use crate::return_tls::rewrite;
use crate::secure::{ask, client, connect, told};
use crate::watched::{get, start};

/// Years far from now.
const PAST: i32 = 2001;
const PRESENT: i32 = 2011;
const FUTURE: i32 = 2101;

/// An authority with certificates for the listener and two senders.
fn authority() -> Authority {
    let authority = Authority::new();
    authority.issue("server", "tank.example");
    authority.issue("harbor", "ehr.harbor.example");
    authority.issue("quarry", "lab.quarry.example");
    authority
}

/// The lines of a feed that looks at `crl.pem` of an authority, which begins with this text.
fn feed(authority: &Authority, lists: &str) -> String {
    let (ca, crl) = (authority.file("ca.pem"), authority.file("crl.pem"));
    fs::write(&crl, lists).unwrap();
    authority.feed(&format!(", client_ca = {ca:?}, client_crl = {crl:?}"))
}

/// Whether a sender is let in, by the answer to its message.
async fn is_let_in(address: SocketAddr, sender: &ClientConfig, control_id: &str) -> bool {
    let Ok(mut link) = connect(address, sender.clone()).await else {
        return false;
    };
    let answer = ask(&mut link, &update(control_id, "2.5.1")).await;
    link.shutdown().await.ok();
    if let Some(answer) = &answer {
        assert_eq!(answer, &accepted(control_id));
    }
    answer.is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_revoked_comes_in_no_more_from_then_on() {
    let (authority, store) = (authority(), Store::sqlite());
    let config = format!(
        "[listener]\nstatus_address = \"127.0.0.1:0\"\n\
         [[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\n{}",
        feed(&authority, &authority.revoking(&[], PRESENT, FUTURE))
    );
    let (mut program, [main], status) = start(&store, &config);
    let harbor = client(&authority, Some("harbor"), &TLS13);
    let quarry = client(&authority, Some("quarry"), &TLS12);
    let mut open = connect(main, harbor.clone()).await.unwrap();
    assert!(is_let_in(main, &harbor, "1").await);
    assert!(is_let_in(main, &quarry, "2").await);

    let crl = authority.file("crl.pem");
    let list = authority.revoking(&["harbor"], PRESENT, FUTURE + 1);
    rewrite(&crl, || fs::write(&crl, &list).unwrap());
    assert!(!is_let_in(main, &harbor, "3").await);
    assert!(is_let_in(main, &quarry, "4").await);
    let answer = ask(&mut open, &update("5", "2.5.1")).await;
    assert_eq!(
        answer,
        Some(accepted("5")),
        "a link that is open stays open"
    );
    open.shutdown().await.unwrap();

    tokio::task::block_in_place(|| {
        program.wait_for("certificate revoked: link refused feed=\"main\"")
    });
    settled(status).await;
    let links: Vec<String> = report(status).await.links.iter().map(told).collect();
    let refused = "NoTls: CertificateRevoked, present another certificate: its authority has \
                   revoked this one";
    assert_eq!(
        links.iter().filter(|link| **link == refused).count(),
        1,
        "{links:?}"
    );
    let (_, metrics) = get(status, "/metrics").await;
    let refused = "cistern_links_refused_total{feed=\"main\",reason=\"client_crl\"} 1\n";
    assert!(metrics.contains(refused), "{metrics}");
    let until = "cistern_revocation_lists_until_seconds{feed=\"main\"} 4165516800\n";
    let is_told = async { while !get(status, "/metrics").await.1.contains(until) {} };
    soon(is_told).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_out_of_date_still_counts() {
    let (authority, store) = (authority(), Store::sqlite());
    let lists = authority.revoking(&["harbor"], PAST, PRESENT);
    let config = format!(
        "[[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\n{}",
        feed(&authority, &lists)
    );
    let config = format!("[listener]\nstatus_address = \"127.0.0.1:0\"\n{config}");
    let (mut program, [main], _) = start(&store, &config);
    let said = "ERROR cistern_listener::tls: revocation list is out of date: what was revoked since \
                is let in feed=\"main\"";
    tokio::task::block_in_place(|| program.wait_for(said));
    let harbor = client(&authority, Some("harbor"), &TLS13);
    let quarry = client(&authority, Some("quarry"), &TLS13);
    assert!(!is_let_in(main, &harbor, "1").await);
    assert!(is_let_in(main, &quarry, "2").await);
}

#[tokio::test]
async fn the_newest_list_of_an_authority_counts_wherever_it_stands() {
    let (authority, store) = (authority(), Store::sqlite());
    let old = authority.revoking(&["quarry"], PAST, FUTURE);
    let new = authority.revoking(&["harbor"], PRESENT, FUTURE);
    for lists in [[&*old, &*new].concat(), [&*new, &*old].concat()] {
        let feed = feed(&authority, &lists);
        let listening = Listening::with_feed(&store.url(), "", &feed).await;
        let harbor = client(&authority, Some("harbor"), &TLS13);
        let quarry = client(&authority, Some("quarry"), &TLS13);
        assert!(!is_let_in(listening.address, &harbor, "1").await);
        assert!(is_let_in(listening.address, &quarry, "1").await);
    }
}

#[tokio::test]
async fn of_lists_of_one_authority_the_newest_counts_whether_or_not_it_has_a_scope() {
    let (authority, store) = (authority(), Store::sqlite());
    let scope = CrlScope::UserCertsOnly;
    for (old, new) in [(&["harbor"][..], &[][..]), (&[], &["harbor"])] {
        let expected = new.is_empty();
        for [old, new] in [
            [
                authority.revoking_in(scope, old, PAST, FUTURE),
                authority.revoking(new, PRESENT, FUTURE),
            ],
            [
                authority.revoking(old, PAST, FUTURE),
                authority.revoking_in(scope, new, PRESENT, FUTURE),
            ],
        ] {
            for lists in [[&*old, &*new].concat(), [&*new, &*old].concat()] {
                let feed = feed(&authority, &lists);
                let listening = Listening::with_feed(&store.url(), "", &feed).await;
                let harbor = client(&authority, Some("harbor"), &TLS13);
                let is_let_in = is_let_in(listening.address, &harbor, "1").await;
                assert_eq!(is_let_in, expected, "{lists}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_certificate_no_list_is_about_does_not_come_in() {
    let (authority, store) = (authority(), Store::sqlite());
    let list = authority.revoking_in(CrlScope::CaCertsOnly, &[], PRESENT, FUTURE);
    let config = format!(
        "[listener]\nstatus_address = \"127.0.0.1:0\"\n\
         [[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\n{}",
        feed(&authority, &list)
    );
    let (_program, [main], status) = start(&store, &config);
    let harbor = client(&authority, Some("harbor"), &TLS13);
    assert!(!is_let_in(main, &harbor, "1").await);
    settled(status).await;
    let links: Vec<String> = report(status).await.links.iter().map(told).collect();
    let advice = "NoTls: TlsFailed, ask the operator of this port to mend its revocation lists: \
                  none speaks of your authority";
    assert_eq!(links, [advice]);
}

#[tokio::test]
async fn a_sender_shows_its_certificate_at_each_link() {
    let (authority, store) = (authority(), Store::sqlite());
    let listening = Listening::with_feed(&store.url(), "", &authority.mutual_feed()).await;
    for version in [&TLS12, &TLS13] {
        let harbor = client(&authority, Some("harbor"), version);
        for control_id in ["1", "2"] {
            let mut link = connect(listening.address, harbor.clone()).await.unwrap();
            let answer = ask(&mut link, &update(control_id, "2.5.1")).await;
            assert_eq!(answer, Some(accepted(control_id)));
            let (_, connection) = link.get_ref();
            assert_eq!(connection.handshake_kind(), Some(HandshakeKind::Full));
        }
    }
}

/// What is wrong with the files of a feed.
async fn refused(feed: &str) -> String {
    let text = format!("[[feed]]\nname = 'x'\naddress = '127.0.0.1:0'\n{feed}");
    let config = Config::parse("it", &text).unwrap();
    let error = Door::bind(&config.feeds()[0]).await.unwrap_err();
    std::error::Error::source(&error).unwrap().to_string()
}

#[tokio::test]
async fn lists_under_which_nobody_could_come_in_are_not_taken() {
    let (authority, twin) = (authority(), Authority::new());
    let stranger = Authority::named("Another Authority");
    let [own, of_twin, of_stranger] =
        [&authority, &twin, &stranger].map(|it| it.revoking(&[], PRESENT, FUTURE));
    let scoped = authority.revoking_in(CrlScope::UserCertsOnly, &[], PRESENT, FUTURE);
    // The number of a list becomes the sign of a delta; "of senders only" becomes "indirect".
    let delta = patched(&own, b"\x06\x03\x55\x1D\x14", b"\x06\x03\x55\x1D\x1B");
    let indirect = patched(&scoped, b"\x81\x01\xFF", b"\x84\x01\xFF");
    let (ca, crl) = (authority.file("ca.pem"), authority.file("crl.pem"));
    let (ca, crl) = (ca.display(), crl.display());
    let cases = [
        (
            of_stranger,
            format!(
                "{crl} holds no revocation list of an authority of {ca}: nobody whom it certifies \
                 could come in"
            ),
        ),
        (
            of_twin.clone(),
            format!(
                "{crl} holds a revocation list in the name of an authority of {ca} which its key \
                 did not sign"
            ),
        ),
        (
            own.clone() + &of_twin,
            format!(
                "{crl} holds revocation lists of one authority under two keys, of which only one \
                 would count: leave out those of the other"
            ),
        ),
        (
            delta,
            format!("{crl} holds a delta list: each revocation list must be whole"),
        ),
        (
            indirect,
            format!("{crl} holds an indirect list: each authority must list its own certificates"),
        ),
    ];
    for (lists, expected) in cases {
        assert_eq!(refused(&feed(&authority, &lists)).await, expected);
    }
    let both = [&authority, &twin].map(|it| fs::read_to_string(it.file("ca.pem")).unwrap());
    fs::write(authority.file("ca.pem"), both.concat()).unwrap();
    assert_eq!(
        refused(&feed(&authority, &own)).await,
        format!(
            "{ca} holds one authority under two keys, whose revocation lists cannot be told apart: \
             give each key a feed of its own"
        )
    );
}

#[tokio::test]
async fn a_file_without_lists_is_named() {
    let authority = authority();
    let certificate = fs::read_to_string(authority.file("ca.pem")).unwrap();
    let list = authority.revoking(&[], PRESENT, FUTURE);
    let lines: Vec<&str> = list.lines().collect();
    let half = [&lines[..2], &lines[lines.len() - 1..]].concat().join("\n");
    for text in ["nothing here", &certificate, &half] {
        let feed = feed(&authority, text);
        let crl = authority.file("crl.pem");
        assert_eq!(
            refused(&feed).await,
            format!(
                "{} holds no revocation list that can be used: each must be PEM, whole and with a \
                 next update",
                crl.display()
            )
        );
    }
}
