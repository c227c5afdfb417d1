//! `cistern check`: is the configuration right?

use clap::Args;
use importer::Rules;
use service::Config;
use tank::Database;

use crate::Failure;
use crate::say::say;

/// Check the configuration, the mappings and the tables
#[derive(Args)]
pub(crate) struct Check {
    /// Also open the database, and bring its tables up to date
    #[arg(long)]
    database: bool,
}

impl Check {
    pub(crate) async fn run(self, config: &Config) -> Result<(), Failure> {
        config.database.check_files()?;
        let rules = Rules::load(&config.importer)?;
        for feed in config.feeds() {
            listener::check(&feed)?;
            let (name, tls) = (
                &feed.name,
                if feed.tls.is_some() { " with TLS" } else { "" },
            );
            if let Some(address) = &feed.address {
                say(format_args!("feed {name}: listens on {address}{tls}"))?;
            }
            for folder in &feed.folders {
                say(format_args!(
                    "feed {name}: watches {}",
                    folder.path.display()
                ))?;
            }
            if let Some(charset) = feed.charset.filter(|it| it.overlaps_ascii()) {
                say(format_args!(
                    "feed {name}: warning: characters of {charset} may hold the bytes of delimiters: \
                     the names in MSH, MSH-10 and the parts of PID-3 must be ASCII"
                ))?;
            }
        }
        let tests = rules.codes().tests().len();
        say(format_args!("mappings: in order; {tests} test definitions"))?;
        if self.database {
            Database::open(&config.database.url).await?.close().await;
            say("database: in order")?;
        }
        Ok(())
    }
}
