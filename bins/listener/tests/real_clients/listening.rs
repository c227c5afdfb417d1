//! A listener with one feed, and what came through it.

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use cistern_listener::{Door, run};
use service::{Config, Shutdown};
use tank::{Database, Filter, HoldingTank as _};
use testkit::authority::Authority;
use testkit::{sqlite::TempDatabase, testdata};
use tokio::task::JoinHandle;

/// An ADT in UTF-8, an ORU and an SIU.
const FILES: [&str; 3] = [
    "messages/013_adt_a28_zazolcka_new.hl7",
    "messages/009_oru_quarry_viral_load_okafor.hl7",
    "appointments/siu_s12_okafor_booked.hl7",
];

/// What each client has understood of the answers to them.
const UNDERSTOOD: &str = "AA HSC00004110\nAA QRY00000302\nAA HSC00004201\n";

/// What a client does with the CR that ends the last segment.
#[derive(Debug, Clone, Copy)]
pub(crate) enum LastCr {
    Sent,
    LeftOut,
}

pub(crate) struct Listening {
    pub(crate) port: String,
    pub(crate) database: TempDatabase,
    tank: Database,
    shutdown: Shutdown,
    running: JoinHandle<()>,
}

impl Listening {
    /// Listens with these lines of its feed.
    pub(crate) async fn with_feed(feed: &str) -> Listening {
        let database = TempDatabase::create();
        let tank = Database::open(&database.url()).await.unwrap();
        let text = format!("[[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\n{feed}");
        let config = Config::parse("test", &text).unwrap();
        let door = Door::bind(&config.feeds()[0]).await.unwrap();
        let port = door.address().unwrap().port().to_string();
        let shutdown = Shutdown::new();
        let holding = Arc::new(tank.clone());
        let running = run(config.listener, vec![door], holding, shutdown.clone());
        Listening {
            port,
            database,
            tank,
            shutdown,
            running: tokio::spawn(async { running.await.unwrap() }),
        }
    }

    /// Stops, and gives the bodies of what is kept, in order of arrival.
    pub(crate) async fn end(self) -> Vec<Vec<u8>> {
        self.shutdown.cancel();
        self.running.await.unwrap();
        let filter = Filter {
            limit: 100,
            ..Filter::default()
        };
        let mut bodies = Vec::new();
        for view in self.tank.list(&filter).await.unwrap() {
            bodies.push(self.tank.get(view.id).await.unwrap().unwrap().body.to_vec());
        }
        bodies.reverse();
        bodies
    }
}

/// What `cargo xtask test` has left in this variable; nothing where it may be missing.
pub(crate) fn installed(variable: &str) -> Option<PathBuf> {
    let found = env::var_os(variable).map(PathBuf::from);
    if found.is_none() {
        let required = env::var_os("CISTERN_REQUIRE_ALL").is_some();
        assert!(!required, "{variable} is not set");
        println!("skipped: {variable} is not set; `cargo xtask test` sets it");
    }
    found
}

/// The path of a script in this folder.
pub(crate) fn script(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests/real_clients", name]
        .iter()
        .collect()
}

/// Lets a client send in the clear: `client PORT "" FILE...`.
pub(crate) async fn in_the_clear(mut client: Command, last_cr: LastCr) {
    let listening = Listening::with_feed("").await;
    client.args([&*listening.port, ""]);
    check(client, last_cr, listening).await;
}

/// Lets a client send under TLS: `client PORT CA FILE...`.
pub(crate) async fn under_tls(mut client: Command, last_cr: LastCr) {
    let authority = Authority::new();
    authority.issue("server", "127.0.0.1");
    let listening = Listening::with_feed(&authority.feed("")).await;
    client.arg(&listening.port).arg(authority.file("ca.pem"));
    check(client, last_cr, listening).await;
}

/// Lets a client send the files, and looks at what it understood and at what is kept.
pub(crate) async fn check(mut client: Command, last_cr: LastCr, listening: Listening) {
    let printed = client.args(FILES.map(testdata::path)).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&printed.stderr), "");
    assert_eq!(String::from_utf8_lossy(&printed.stdout), UNDERSTOOD);
    let sent = FILES.map(|file| match last_cr {
        LastCr::Sent => testdata::read(file),
        LastCr::LeftOut => testdata::read(file).strip_suffix(b"\r").unwrap().to_vec(),
    });
    assert_eq!(listening.end().await, sent);
}
