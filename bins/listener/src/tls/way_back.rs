//! TLS to the return address of a feed: whom we trust there, and who we are.

use std::sync::Arc;
use std::time::SystemTime;

use service::{ReturnTlsConfig, host};
use tokio::sync::Notify;
use wire::{Identity, TlsError, TlsFiles, certificates};

use super::reload::Reloaded;
use super::{certificate, expiry};

/// TLS to a return address. A connection that is opened gets what the files hold at that moment.
pub(crate) struct WayBack(Reloaded<Loaded>);

#[derive(Clone)]
struct Loaded {
    tls: wire::Tls,
    /// The end of our own certificate, where there is one.
    valid_until: Option<SystemTime>,
}

impl WayBack {
    /// Reads the files of the TLS to this address; whoever waits for a change of them is woken by
    /// each.
    pub(crate) fn load(
        settings: &ReturnTlsConfig,
        address: &str,
        changed: &Arc<Notify>,
    ) -> Result<WayBack, TlsError> {
        let ReturnTlsConfig {
            ca,
            server_name,
            certificate,
            key,
            ..
        } = settings.clone();
        let files = [&ca, &certificate, &key]
            .into_iter()
            .flatten()
            .cloned()
            .collect();
        let name = server_name.unwrap_or_else(|| host(address).to_owned());
        let identity = certificate.zip(key);
        let sources = TlsFiles {
            authorities: ca,
            identity: identity.map(|(certificate, key)| Identity { certificate, key }),
        };
        let load = move || load(&name, &sources);
        Reloaded::new("return_tls", files, changed.clone(), load).map(WayBack)
    }

    /// The TLS of a connection that is opened now.
    pub(crate) fn current(&self, feed: &str) -> wire::Tls {
        self.0.current(feed).tls
    }

    /// How many whole days our own certificate is valid, where there is one; logs when they are few.
    pub(crate) fn days_left(&self, feed: &str) -> Option<i64> {
        let valid_until = self.0.current(feed).valid_until?;
        Some(expiry::days_left(feed, "return_tls", valid_until))
    }
}

fn load(name: &str, sources: &TlsFiles) -> Result<Loaded, TlsError> {
    let valid_until = match &sources.identity {
        Some(Identity {
            certificate: file, ..
        }) => Some(certificate::valid_until(file, &certificates(file)?)?),
        None => None,
    };
    Ok(Loaded {
        tls: wire::Tls::load(name, sources)?,
        valid_until,
    })
}
