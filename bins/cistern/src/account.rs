//! `cistern account`: decide to which provider an account belongs.

use clap::Args;
use service::{AccountConfig, Config};
use tank::{Database, Decision};

use crate::Failure;
use crate::decide::decide;

/// Decide to which provider an account belongs; what waited for it is imported by itself
#[derive(Args)]
pub(crate) struct Account {
    /// The sending facility (MSH-4.1); where that is empty, the sending application (MSH-3.1)
    sender: String,
    /// The receiving facility (MSH-6.1); where that is empty, the receiving application (MSH-5.1)
    receiver: String,
    /// The name of the provider, as in the configuration
    provider: String,
    /// Who decides; the name of the user where it is not given
    #[arg(long)]
    by: Option<String>,
}

impl Account {
    pub(crate) async fn run(self, config: &Config) -> Result<(), Failure> {
        if let Some(other) = self.configured(config).filter(|it| *it != self.provider) {
            let sentence = format!(
                "the configuration gives this account to {other}, and an importer that starts \
                 would do so again: change it there"
            );
            return Err(sentence.into());
        }
        let tank = Database::open_existing(&config.database.url).await?;
        let Account {
            sender,
            receiver,
            provider,
            by,
        } = self;
        let account = care::Account { sender, receiver };
        let decision = Decision::Account { account, provider };
        decide(&tank, &decision, by).await?;
        tank.close().await;
        Ok(())
    }

    /// The provider to which the configuration gives the account.
    fn configured<'c>(&self, config: &'c Config) -> Option<&'c str> {
        let is_this = |account: &AccountConfig| {
            account.sender == self.sender && account.receiver == self.receiver
        };
        let mut providers = config.provider.iter();
        let found = providers.find(|provider| provider.accounts.iter().any(is_this));
        found.map(|provider| &*provider.name)
    }
}
