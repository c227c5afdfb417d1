//! What the types of a configuration cannot say: ranges, and what must not be there twice.

mod answer;
mod column;
mod folder;
mod limits;
mod reply;

use std::collections::BTreeSet;

use super::place::Step::{self, Key, Nth};
use super::{CodeConfig, Config, FeedConfig, ListenerConfig, SenderConfig};

/// The place of what is wrong, and a sentence.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) place: Vec<Step>,
    pub(super) sentence: String,
}

impl Config {
    pub(super) fn check(&self) -> Result<(), Mistake> {
        if let Some(sentence) = self.database.fault() {
            return Err(Mistake::new([Key("database"), Key("url")], sentence));
        }
        self.listener.check_limits()?;
        self.importer.check_limits()?;
        self.check_feeds()?;
        self.check_providers()?;
        if !["error", "warn", "info", "debug"].contains(&self.log.level.as_str()) {
            let sentence = "level must be one of error, warn, info, debug";
            return Err(Mistake::new([Key("log"), Key("level")], sentence));
        }
        Ok(())
    }

    fn check_feeds(&self) -> Result<(), Mistake> {
        let names = self.feed.iter().map(|feed| &feed.name);
        if let Some(index) = repeated(names) {
            let place = [Key("feed"), Nth(index), Key("name")];
            return Err(Mistake::new(place, "two feeds have the same name"));
        }
        for (feed, index) in self.feed.iter().zip(0..) {
            feed.check(&self.listener)
                .map_err(|mistake| mistake.within([Key("feed"), Nth(index)]))?;
        }
        self.check_folders()
    }

    fn check_providers(&self) -> Result<(), Mistake> {
        let names = self.provider.iter().map(|provider| &provider.name);
        if let Some(index) = repeated(names) {
            let place = [Key("provider"), Nth(index), Key("name")];
            return Err(Mistake::new(place, "two providers have the same name"));
        }
        let mut places = Vec::new();
        let mut accounts = Vec::new();
        for (index, provider) in self.provider.iter().enumerate() {
            for (account, nth) in provider.accounts.iter().zip(0..) {
                places.push([Key("provider"), Nth(index), Key("accounts"), Nth(nth)]);
                accounts.push((&account.sender, &account.receiver));
            }
        }
        match repeated(accounts).and_then(|index| places.get(index)) {
            Some(place) => Err(Mistake::new(
                *place,
                "this account belongs to a provider already",
            )),
            None => Ok(()),
        }
    }
}

impl FeedConfig {
    fn check(&self, listener: &ListenerConfig) -> Result<(), Mistake> {
        if self.address.is_none() && self.folders.is_empty() {
            let sentence = "a feed has an address, folders or both";
            return Err(Mistake::new([], sentence));
        }
        for (folder, index) in self.folders.iter().zip(0..) {
            folder
                .check_limits()
                .map_err(|mistake| mistake.within([Key("folders"), Nth(index)]))?;
        }
        self.check_columns()?;
        let has_client_ca = self.tls.as_ref().is_some_and(|tls| tls.client_ca.is_some());
        let has_client_crl = self
            .tls
            .as_ref()
            .is_some_and(|tls| tls.client_crl.is_some());
        if has_client_crl && !has_client_ca {
            let sentence = "certificates of senders are only asked for where tls has a client_ca";
            return Err(Mistake::new([Key("tls"), Key("client_crl")], sentence));
        }
        for (sender, index) in self.senders.iter().zip(0..) {
            sender
                .check(has_client_ca)
                .map_err(|sentence| Mistake::new([Key("senders"), Nth(index)], sentence))?;
        }
        for (key, limit) in [
            ("links_max", self.links_max),
            ("links_per_address_max", self.links_per_address_max),
        ] {
            if limit == Some(0) {
                let sentence = format!("{key} must be at least 1");
                return Err(Mistake::new([Key(key)], sentence));
            }
        }
        if let Some(index) = self.types.iter().position(|kind| !is_type(kind)) {
            let sentence = "a type is a message code, ADT, or one with its event, ORU^R01";
            return Err(Mistake::new([Key("types"), Nth(index)], sentence));
        }
        if self.charset_wins && self.charset.is_none() {
            let sentence = "charset must say which character set wins";
            return Err(Mistake::new([Key("charset_wins")], sentence));
        }
        self.check_application_ack()?;
        self.check_answer_after(listener)?;
        self.check_codes()
    }

    /// A sender forgets what was accepted.
    fn check_codes(&self) -> Result<(), Mistake> {
        let never = [
            (
                "not_kept",
                self.codes.not_kept,
                "what could not be stored must not be accepted: its sender would lose it",
            ),
            (
                "sequence",
                self.codes.sequence,
                "what is out of sequence must not be accepted: its sender would lose it",
            ),
            (
                "stopping",
                self.codes.stopping,
                "what comes while the listener stops must not be accepted: it is not kept",
            ),
        ];
        for (key, code, sentence) in never {
            if code == Some(CodeConfig::Accept) {
                return Err(Mistake::new([Key("codes"), Key(key)], sentence));
            }
        }
        Ok(())
    }

    fn check_columns(&self) -> Result<(), Mistake> {
        let columns = &self.cwlab_columns;
        if columns.iter().all(String::is_empty) {
            let sentence = "without a column that goes anywhere, a row says nothing";
            return Err(Mistake::new([Key("cwlab_columns")], sentence));
        }
        for (column, index) in columns.iter().zip(0..) {
            let mut before = columns.iter().take(index);
            let fault = if before.any(|other| column::overlap(other, column)) {
                Some("two columns go to the same place")
            } else {
                column::fault(column)
            };
            if let Some(sentence) = fault {
                return Err(Mistake::new([Key("cwlab_columns"), Nth(index)], sentence));
            }
        }
        Ok(())
    }
}

impl SenderConfig {
    fn check(&self, has_client_ca: bool) -> Result<(), &'static str> {
        if self.application.is_none() && self.facility.is_none() {
            Err("a sender has an application, a facility or both")
        } else if self.certificate.is_some() && !has_client_ca {
            Err("certificates of senders are only asked for where tls has a client_ca")
        } else {
            Ok(())
        }
    }
}

fn is_type(text: &str) -> bool {
    let mut codes = text.split('^');
    let is_code = |code: &str| !code.is_empty() && code.bytes().all(|b| b.is_ascii_alphanumeric());
    codes.by_ref().take(2).all(is_code) && codes.next().is_none()
}

impl Mistake {
    fn within<const STEPS: usize>(mut self, outer: [Step; STEPS]) -> Mistake {
        self.place.splice(..0, outer);
        self
    }

    fn new(place: impl Into<Vec<Step>>, sentence: impl Into<String>) -> Mistake {
        Mistake {
            place: place.into(),
            sentence: sentence.into(),
        }
    }
}

/// The place of the first item that was there before.
fn repeated<T: Ord>(items: impl IntoIterator<Item = T>) -> Option<usize> {
    let mut seen = BTreeSet::new();
    items.into_iter().position(|item| !seen.insert(item))
}
