//! `cistern send` and `cistern simulate` under TLS.

use std::sync::Arc;

use listener::Door;
use service::{Config, Shutdown};
use tank::{Database, Filter, HoldingTank as _};
use testkit::authority::Authority;
use tokio::task::JoinHandle;

use crate::prompt::Prompt;

const MESSAGE: &str =
    "MSH|^~\\&|EHR|HARBOR|||20260302||ADT^A08|1|P|2.5.1\rPID|1||1001^^^HARBOR^MR\r";

/// A listener on a database of its own, and a prompt with a message in `one.hl7`.
struct Listening {
    prompt: Prompt,
    to: String,
    tank: Database,
    shutdown: Shutdown,
    running: JoinHandle<()>,
}

impl Listening {
    async fn with_feed(feed: &str) -> Listening {
        let prompt = Prompt::new();
        prompt.write("one.hl7", MESSAGE);
        let database = prompt.folder.path().join("cistern.db");
        let tank = Database::open(&format!("sqlite:{}", database.display())).await;
        let tank = tank.unwrap();
        let text = format!("[[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\n{feed}");
        let config = Config::parse("test", &text).unwrap();
        let door = Door::bind(&config.feeds()[0]).await.unwrap();
        let to = format!("--to={}", door.address().unwrap());
        let shutdown = Shutdown::new();
        let holding = Arc::new(tank.clone());
        let running = listener::run(config.listener, vec![door], holding, shutdown.clone());
        Listening {
            prompt,
            to,
            tank,
            shutdown,
            running: tokio::spawn(async { running.await.unwrap() }),
        }
    }

    /// What `cistern send` of the message prints.
    #[track_caller]
    fn sent(&self, arguments: &[&str]) -> String {
        self.prompt
            .good(&[&["send", "one.hl7", &self.to], arguments].concat())
    }

    /// What it complains of.
    #[track_caller]
    fn unsent(&self, arguments: &[&str]) -> String {
        self.prompt
            .bad(&[&["send", "one.hl7", &self.to], arguments].concat())
    }

    /// How many messages came so far.
    async fn kept(&self) -> usize {
        let filter = Filter {
            limit: 1000,
            ..Filter::default()
        };
        self.tank.list(&filter).await.unwrap().len()
    }

    /// How many messages came of it all.
    async fn end(mut self) -> usize {
        self.shutdown.cancel();
        (&mut self.running).await.unwrap();
        self.kept().await
    }
}

/// An authority with a certificate for the listener, and one for a sender.
fn authority(host: &str) -> Authority {
    let authority = Authority::new();
    authority.issue("server", host);
    authority.issue("sender", "ehr.harbor.example");
    authority
}

/// `--NAME=FILE`, a file of an authority.
fn argument(name: &str, authority: &Authority, file: &str) -> String {
    format!("--{name}={}", authority.file(file).display())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_is_known_by_its_certificate() {
    let by_address = authority("127.0.0.1");
    let listening = Listening::with_feed(&by_address.feed("")).await;
    let ca = argument("ca", &by_address, "ca.pem");
    assert_eq!(listening.sent(&["--tls", &ca]), "one.hl7 1: AA\n");

    let simulate = [
        "simulate",
        &listening.to,
        "--tls",
        &ca,
        "--messages=9",
        "--quiet",
    ];
    assert_eq!(listening.prompt.good(&simulate), "");
    let other = authority("127.0.0.1");
    let stranger = argument("ca", &other, "ca.pem");
    for untrusted in [&["--tls"][..], &["--tls", &stranger]] {
        assert_eq!(
            listening.unsent(untrusted),
            "cistern: cannot connect\n  because: the certificate of the receiver is not signed \
             by an authority that is trusted here\n"
        );
    }
    assert_eq!(listening.end().await, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_certificate_may_name_another_host_only_if_it_was_asked_for() {
    let by_name = authority("tank.example");
    let listening = Listening::with_feed(&by_name.feed("")).await;
    let ca = argument("ca", &by_name, "ca.pem");
    let name = "--server-name=tank.example";
    assert_eq!(listening.sent(&["--tls", &ca, name]), "one.hl7 1: AA\n");

    let other = "cistern: cannot connect\n  because: the certificate of the receiver does not \
         name the host that was asked for\n";
    assert_eq!(listening.unsent(&["--tls", &ca]), other);
    let wrong = ["--tls", &ca, "--server-name=tank.example.net"];
    assert_eq!(listening.unsent(&wrong), other);
    let simulate = [&["simulate", &listening.to][..], &wrong].concat();
    let to = listening.to.strip_prefix("--to=").unwrap();
    assert_eq!(
        listening.prompt.bad(&simulate),
        other.replace("connect\n", &format!("connect to {to}\n"))
    );
    assert_eq!(
        listening.unsent(&["--tls", "--server-name=nobody at all"]),
        "cistern: the name of the receiver must be a DNS name or an IP address\n"
    );
    assert_eq!(listening.end().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_has_a_certificate_where_one_is_demanded() {
    let authority = authority("127.0.0.1");
    let listening = Listening::with_feed(&authority.mutual_feed()).await;
    let ca = argument("ca", &authority, "ca.pem");
    let certificate = argument("certificate", &authority, "sender.pem");
    let key = argument("key", &authority, "sender.key");
    let known = ["--tls", &ca, &certificate, &key];
    assert_eq!(listening.sent(&known), "one.hl7 1: AA\n");
    let nobody = ["send", "one.hl7", &listening.to, "--tls", &ca];
    let output = listening.prompt.run(&nobody);
    assert_eq!((output.status.code(), &*output.stdout), (Some(1), &b""[..]));
    assert_eq!(listening.kept().await, 1);

    let some = ["--messages=40", "--misbehave=all=0.09", "--quiet"];
    let simulate = [&["simulate", &listening.to][..], &known, &some].concat();
    assert_eq!(listening.prompt.good(&simulate), "");
    listening.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_in_the_clear_is_told_apart() {
    let listening = Listening::with_feed("").await;
    assert_eq!(
        listening.unsent(&["--tls", "--answer-secs=1"]),
        "cistern: cannot connect\n  because: the receiver does not answer in TLS: its port may be \
         one in the clear\n"
    );
    listening.end().await;
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let (prompt, ours, other) = (Prompt::new(), authority("x"), authority("x"));
    prompt.write("notes.txt", "nothing here");
    let foreign = other.file("sender.key").display().to_string();
    let certificate = ours.file("sender.pem").display().to_string();
    let cases = [
        (
            vec!["--ca=none.pem"],
            "cistern: cannot read none.pem\n  because: No such file or directory (os error 2)\n"
                .to_owned(),
        ),
        (
            vec!["--ca=notes.txt"],
            "cistern: notes.txt holds no certificate: it must be PEM\n".to_owned(),
        ),
        (
            vec!["--certificate", &certificate, "--key=notes.txt"],
            "cistern: notes.txt holds no private key: it must be PEM, without a passphrase\n"
                .to_owned(),
        ),
        (
            vec!["--certificate", &certificate, "--key", &foreign],
            format!(
                "cistern: the key {foreign} does not belong to the certificate {certificate}\n"
            ),
        ),
    ];
    for (files, expected) in cases {
        let arguments = [
            &["send", "one.hl7", "--to=127.0.0.1:1", "--tls"][..],
            &files,
        ]
        .concat();
        assert_eq!(prompt.bad(&arguments), expected);
    }
    for halves in [
        &["--ca=ca.pem"][..],
        &["--tls", "--key=k"],
        &["--tls", "--certificate=c"],
    ] {
        let output = prompt.run(&[&["send", "one.hl7"], halves].concat());
        assert_eq!(output.status.code(), Some(2), "{halves:?}");
    }
}
