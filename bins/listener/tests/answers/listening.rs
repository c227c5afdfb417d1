//! A listener in this process on a throw-away database.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cistern_listener::{Door, ListenerError, run};
use service::{Config, Shutdown};
use tank::{Database, Filter, HoldingTank};
use testkit::postgres;
use testkit::sqlite::{self, TempDatabase};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::gate;
use crate::peer::{Peer, soon};
use crate::stub::Stub;

/// How often a test looks whether something has happened.
pub(crate) const LOOK: Duration = Duration::from_millis(5);

/// A listener with one door, and a view of the tank behind it.
pub(crate) struct Listening {
    pub(crate) address: SocketAddr,
    tank: Database,
    shutdown: Shutdown,
    running: JoinHandle<Result<(), ListenerError>>,
}

/// What the tank holds of a message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) state: String,
    pub(crate) reason: String,
    pub(crate) answer_code: String,
    pub(crate) body: Bytes,
}

impl Listening {
    /// Listens with these lines of `[listener]`.
    pub(crate) async fn start(url: &str, settings: &str) -> Listening {
        Listening::with_feed(url, settings, "").await
    }

    /// Listens with these lines of `[listener]` and of its feed.
    pub(crate) async fn with_feed(url: &str, settings: &str, feed: &str) -> Listening {
        let tank = Database::open(url).await.unwrap();
        let holding = Arc::new(tank.clone());
        Listening::before(holding, tank, settings, feed).await
    }

    /// Listens before a tank that keeps nothing.
    pub(crate) async fn before_stub(stub: Arc<Stub>, settings: &str) -> Listening {
        Listening::before_stub_with_feed(stub, settings, "").await
    }

    pub(crate) async fn before_stub_with_feed(
        stub: Arc<Stub>,
        settings: &str,
        feed: &str,
    ) -> Listening {
        let nothing = Database::open("sqlite::memory:").await.unwrap();
        Listening::before(stub, nothing, settings, feed).await
    }

    /// Listens before a tank; `tank` is what is looked at.
    pub(crate) async fn before(
        holding: Arc<dyn HoldingTank>,
        tank: Database,
        settings: &str,
        feed: &str,
    ) -> Listening {
        let text = format!(
            "[listener]\n{settings}\n[[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\n{feed}"
        );
        let config = Config::parse("test", &text).unwrap();
        let door = Door::bind(&config.feeds()[0]).await.unwrap();
        let address = door.address().unwrap();
        let shutdown = Shutdown::new();
        let running = run(config.listener, vec![door], holding, shutdown.clone());
        Listening {
            address,
            tank,
            shutdown,
            running: tokio::spawn(running),
        }
    }

    pub(crate) async fn peer(&self) -> Peer {
        Peer::connect(self.address).await
    }

    /// Everything that is kept, in order of arrival.
    pub(crate) async fn kept(&self) -> Vec<Kept> {
        let filter = Filter {
            limit: 10_000,
            ..Filter::default()
        };
        let mut kept = Vec::new();
        for view in self.tank.list(&filter).await.unwrap() {
            let stored = self.tank.get(view.id).await.unwrap().unwrap();
            kept.push(Kept {
                state: view.state,
                reason: view.reason,
                answer_code: view.answer_code,
                body: stored.body,
            });
        }
        kept.reverse();
        kept
    }

    /// Waits until so many messages are kept.
    pub(crate) async fn kept_are(&self, count: usize) {
        soon(async {
            while self.kept().await.len() < count {
                sleep(LOOK).await;
            }
        })
        .await;
    }

    /// Waits until the first message that is kept is in this state.
    pub(crate) async fn first_is(&self, state: &str) {
        soon(async {
            while self.kept().await[0].state != state {
                sleep(LOOK).await;
            }
        })
        .await;
    }

    /// The bodies of everything that is kept, in order of arrival.
    pub(crate) async fn bodies(&self) -> Vec<Bytes> {
        self.kept()
            .await
            .into_iter()
            .map(|kept| kept.body)
            .collect()
    }

    /// What is kept as broken: its reason and its bytes.
    pub(crate) async fn broken(&self) -> Vec<(String, Bytes)> {
        let kept = self.kept().await;
        let broken = kept.into_iter().filter(|kept| kept.state == "broken");
        broken.map(|kept| (kept.reason, kept.body)).collect()
    }

    /// Expresses the wish to stop.
    pub(crate) fn wish_to_stop(&self) {
        self.shutdown.cancel();
    }

    /// Waits until the listener has returned.
    pub(crate) async fn returned(&mut self) -> Result<(), ListenerError> {
        soon(&mut self.running).await.unwrap()
    }
}

/// Where one test keeps its messages.
pub(crate) enum Store {
    Sqlite(TempDatabase),
    Postgres(postgres::Database),
}

impl Store {
    pub(crate) fn sqlite() -> Store {
        Store::Sqlite(TempDatabase::create())
    }

    /// Every engine that is at hand.
    pub(crate) fn all() -> Vec<Store> {
        let postgres = postgres::Database::create_or_skip().map(Store::Postgres);
        std::iter::once(Store::sqlite()).chain(postgres).collect()
    }

    /// Runs a statement, beside the program under test.
    pub(crate) fn run(&self, sql: &str) {
        match self {
            Store::Sqlite(database) => drop(sqlite::rows(&database.path(), sql)),
            Store::Postgres(database) => gate::run(&database.url(), sql),
        }
    }

    /// Refuses messages of the control id `poison` for what they hold; gives the words for it.
    pub(crate) fn refuse_poison(&self) -> &'static str {
        match self {
            Store::Sqlite(_) => {
                self.run(
                    "CREATE TRIGGER poison BEFORE INSERT ON message
                     WHEN NEW.control_id = 'poison' BEGIN SELECT RAISE(ABORT, 'poison'); END",
                );
                "hold messages: database error 1811"
            }
            Store::Postgres(_) => {
                self.run(
                    "ALTER TABLE message ADD CONSTRAINT poison CHECK (control_id <> 'poison')",
                );
                "hold messages: database error 23514 (constraint poison)"
            }
        }
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Store::Sqlite(database) => database.url(),
            Store::Postgres(database) => database.url(),
        }
    }
}
