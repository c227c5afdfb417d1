//! `cistern check`: is the configuration right?

use clap::Args;
use importer::Rules;
use service::Config;
use tank::Database;

use crate::Failure;

/// Check the configuration, the mappings and the tables
#[derive(Args)]
pub(crate) struct Check {
    /// Also open the database, and bring its tables up to date
    #[arg(long)]
    database: bool,
}

impl Check {
    pub(crate) async fn run(self, config: &Config) -> Result<(), Failure> {
        let rules = Rules::load(&config.importer)?;
        for feed in config.feeds() {
            println!("feed {}: listens on {}", feed.name, feed.address);
        }
        let tests = rules.codes().tests().len();
        println!("mappings: in order; {tests} test definitions");
        if self.database {
            Database::open(&config.database.url).await?.close().await;
            println!("database: in order");
        }
        Ok(())
    }
}
