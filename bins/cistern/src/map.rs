//! `cistern map`: decide what a code means.

use care::CodeDecision;
use clap::Args;
use service::Config;
use tank::{Database, Decision};

use crate::Failure;
use crate::decide::decide;

/// Decide what a code means; what waited for it is imported by itself
#[derive(Args)]
pub(crate) struct Map {
    /// The code table: test, sex, race, …
    table: String,
    /// The code as sent
    code: String,
    /// The code system as sent (LN, L, …); - where the message gives none
    system: String,
    /// The sender for whom it holds; * for every sender
    sender: String,
    /// What the code means: the name of a test, or a value of the table
    #[arg(required_unless_present = "skip", conflicts_with = "skip")]
    value: Option<String>,
    /// What carries this code is not wanted
    #[arg(long)]
    skip: bool,
    /// Who decides; the name of the user where it is not given
    #[arg(long)]
    by: Option<String>,
}

impl Map {
    pub(crate) async fn run(self, config: &Config) -> Result<(), Failure> {
        let tank = Database::open_existing(&config.database.url).await?;
        let by = self.by.clone();
        decide(&tank, &Decision::Code(self.decision()), by).await?;
        tank.close().await;
        Ok(())
    }

    fn decision(self) -> CodeDecision {
        let unless = |text: String, none: &str| if text == none { String::new() } else { text };
        CodeDecision {
            table: self.table,
            code: self.code,
            system: unless(self.system, "-"),
            sender: unless(self.sender, "*"),
            value: self.value,
        }
    }
}
