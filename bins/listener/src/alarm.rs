//! A panic of a task without which a feed is not served: it stops the listener, and does not leave
//! it to run as if nothing had happened.

use std::sync::{Arc, OnceLock};
use std::thread;

use service::Shutdown;

/// Of which feed a task panicked, if any did.
#[derive(Clone, Debug, Default)]
pub(crate) struct Panicked {
    feed: Arc<OnceLock<String>>,
}

/// Held by a task of a feed for as long as it runs.
#[derive(Debug)]
pub(crate) struct Alarm {
    feed: String,
    panicked: Panicked,
    shutdown: Shutdown,
}

impl Panicked {
    pub(crate) fn feed(&self) -> Option<&str> {
        self.feed.get().map(String::as_str)
    }

    pub(crate) fn alarm(&self, feed: &str, shutdown: &Shutdown) -> Alarm {
        Alarm {
            feed: feed.to_owned(),
            panicked: self.clone(),
            shutdown: shutdown.clone(),
        }
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        if thread::panicking() {
            let feed = &*self.feed;
            // The first is the one to name.
            self.panicked.feed.set(feed.to_owned()).ok();
            tracing::error!(feed, "a task of the feed panicked, stopping");
            self.shutdown.cancel();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use service::{Config, Shutdown};
    use tank::Database;
    use testkit::sqlite::TempDatabase;
    use tokio::time::timeout;
    use tracing::field::{Field, Visit};
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Metadata, Subscriber};

    use crate::{Door, run};

    const PATIENCE: Duration = Duration::from_secs(20);

    /// Panics as soon as a door says that it is listening.
    struct Saboteur;

    impl Subscriber for Saboteur {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }

        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }

        fn record(&self, _: &Id, _: &Record<'_>) {}

        fn record_follows_from(&self, _: &Id, _: &Id) {}

        fn event(&self, event: &Event<'_>) {
            event.record(&mut Ears);
        }

        fn enter(&self, _: &Id) {}

        fn exit(&self, _: &Id) {}
    }

    struct Ears;

    impl Visit for Ears {
        fn record_debug(&mut self, _: &Field, value: &dyn std::fmt::Debug) {
            assert_ne!(format!("{value:?}"), "listening", "a mistake at the door");
        }
    }

    #[tokio::test]
    async fn a_panic_at_a_door_ends_the_listener() {
        let database = TempDatabase::create();
        let tank = Arc::new(Database::open(&database.url()).await.unwrap());
        let text = "[[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\n";
        let config = Config::parse("test", text).unwrap();
        let door = Door::bind(&config.feeds()[0]).await.unwrap();
        let _sabotage = tracing::subscriber::set_default(Saboteur);
        let running = run(config.listener, vec![door], tank, Shutdown::new());
        let verdict = timeout(PATIENCE, running).await.expect("an end");
        assert_eq!(
            verdict.unwrap_err().to_string(),
            "stopped, because a task of feed main panicked: this is a mistake in Cistern"
        );
    }
}
