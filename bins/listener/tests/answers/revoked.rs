//! Certificates that their authority has taken back.

use std::fs;
use std::net::SocketAddr;

use cistern_listener::Door;
use service::Config;
use testkit::authority::Authority;
use tokio::io::AsyncWriteExt as _;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::version::{TLS12, TLS13};

use crate::listening::{Listening, Store};
use crate::peer::{accepted, update};
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

    // Both remember a session, which they would rather resume than begin another.
    let crl = authority.file("crl.pem");
    let list = authority.revoking(&["harbor"], PRESENT, FUTURE);
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
    for line in [
        "cistern_links_refused_total{feed=\"main\",reason=\"client_crl\"} 1\n",
        "cistern_revocation_lists_until_seconds{feed=\"main\"} 4133980800\n",
    ] {
        assert!(metrics.contains(line), "{metrics}");
    }
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

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_without_a_list_is_not_trusted() {
    let (authority, store) = (authority(), Store::sqlite());
    // One of the same name has another key.
    for stranger in [Authority::new(), Authority::named("Another Authority")] {
        let config = format!(
            "[listener]\nstatus_address = \"127.0.0.1:0\"\n\
             [[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\n{}",
            feed(&authority, &stranger.revoking(&[], PRESENT, FUTURE))
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
        let text = format!("[[feed]]\nname = 'x'\naddress = '127.0.0.1:0'\n{feed}");
        let config = Config::parse("it", &text).unwrap();
        let error = Door::bind(&config.feeds()[0]).await.unwrap_err();
        let source = std::error::Error::source(&error).unwrap();
        let crl = authority.file("crl.pem");
        assert_eq!(
            source.to_string(),
            format!(
                "{} holds no revocation list that can be used: each must be PEM, whole and with a \
                 next update",
                crl.display()
            )
        );
    }
}
