//! A link while it is open: it is counted, and it does not vanish without a word.

use std::thread;

use prometheus_client::metrics::gauge::Gauge;

/// Held by the task of a link for as long as it runs.
#[derive(Debug)]
pub(crate) struct Presence<'a> {
    feed: &'a str,
    links: &'a Gauge,
}

impl Presence<'_> {
    pub(crate) fn begin<'a>(feed: &'a str, links: &'a Gauge) -> Presence<'a> {
        links.inc();
        Presence { feed, links }
    }
}

impl Drop for Presence<'_> {
    fn drop(&mut self) {
        self.links.dec();
        if thread::panicking() {
            tracing::error!(feed = self.feed, "a link's task panicked");
        }
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::metrics::gauge::Gauge;

    use super::Presence;

    #[tokio::test]
    async fn a_link_whose_task_panics_is_open_no_longer() {
        let links = Gauge::default();
        let counted = links.clone();
        let task = tokio::spawn(async move {
            let _presence = Presence::begin("main", &counted);
            assert_eq!(counted.get(), 0, "a mistake in the link");
        });
        assert!(task.await.unwrap_err().is_panic());
        assert_eq!(links.get(), 0);
    }
}
