//! One importer at work: claim, map, settle.

use std::sync::Arc;

use care::{Finding, FindingKind, Severity};
use hl7::Message;
use mapping::{Codes, Mapped, Setting};
use service::{Config, ImporterConfig, now_millis, worker_name};
use tank::{
    Batch, Claimed, Disposition, HoldingTank, Outcome, Prepared, ProviderSetup, Settled,
    Settlement, Setup, TankError,
};

use crate::charset;
use crate::rules::Rules;

/// The provider of accounts that nobody configured, where no provider is configured at all.
const DEFAULT_PROVIDER: &str = "Default";

/// Rules at work on a tank.
#[derive(Debug)]
pub struct Importer {
    tank: Arc<dyn HoldingTank>,
    rules: Rules,
    config: ImporterConfig,
    worker: String,
    prepared: Prepared,
    /// The code tables with all decisions up to the one of this number.
    codes: Codes,
    decisions: i64,
}

impl Importer {
    /// Records rules and reference data in the tank and makes ready.
    pub async fn start(
        tank: Arc<dyn HoldingTank>,
        rules: Rules,
        config: &Config,
    ) -> Result<Importer, TankError> {
        let started = now_millis();
        let prepared = tank.prepare(&setup(&rules, config, started)).await?;
        Ok(Importer {
            tank,
            config: config.importer.clone(),
            worker: worker_name(started),
            prepared,
            codes: rules.codes().clone(),
            decisions: 0,
            rules,
        })
    }

    /// Claims and settles one batch; `None` when nothing waits.
    pub async fn step(&mut self) -> Result<Option<Settled>, TankError> {
        let limit = self.config.batch_messages_max;
        let batch = self.tank.claim(&self.worker, limit, now_millis()).await?;
        if batch.messages.is_empty() {
            return Ok(None);
        }
        self.learn_decisions(&batch).await?;
        let outcomes: Vec<Outcome> = batch
            .messages
            .iter()
            .map(|message| self.outcome(message))
            .collect();
        let settlement = Settlement {
            prepared: self.prepared,
            now: now_millis(),
        };
        let settled = self.tank.settle(&batch, &outcomes, settlement).await?;
        tracing::debug!(
            imported = settled.imported,
            held = settled.held,
            ignored = settled.ignored,
            failed = settled.failed,
            released = settled.released,
            "batch settled"
        );
        Ok(Some(settled))
    }

    /// Works until nothing waits any more.
    pub async fn finish(&mut self) -> Result<Settled, TankError> {
        let mut total = Settled::default();
        while let Some(settled) = self.step().await? {
            total += settled;
        }
        Ok(total)
    }

    /// Decisions that were recorded since the last batch. One that comes in between is read too,
    /// which does no harm: `settle` knows which ones the batch could know.
    async fn learn_decisions(&mut self, batch: &Batch) -> Result<(), TankError> {
        if batch.decisions != self.decisions {
            let mut codes = self.rules.codes().clone();
            for decision in self.tank.decisions().await? {
                codes.decide(decision);
            }
            self.codes = codes;
            self.decisions = batch.decisions;
        }
        Ok(())
    }

    fn outcome(&self, message: &Claimed) -> Outcome {
        let disposition = match Message::parse(&message.body) {
            Ok(parsed) => self.map(&parsed, message),
            Err(error) => {
                let sentence = format!("the message cannot be read: {error}");
                hold(FindingKind::Unreadable, sentence)
            }
        };
        Outcome {
            message_id: message.id,
            disposition,
        }
    }

    fn map(&self, message: &Message<'_>, claimed: &Claimed) -> Disposition {
        let Ok(charset) = charset::recorded(&claimed.read_as) else {
            let set = &claimed.read_as.charset;
            let sentence = format!("recorded as {set}, which this importer cannot read");
            return hold(FindingKind::Undecodable, sentence);
        };
        let setting = Setting {
            codes: &self.codes,
            received_at: claimed.received_at,
            default_authority: self.config.default_authority.as_deref(),
            offset_minutes: self.config.offset_minutes,
            charset,
        };
        match self.rules.mapping().apply(message, &setting) {
            Mapped::Import(mut import) => {
                charset::advise(&mut import.findings, claimed);
                Disposition::Import(import)
            }
            Mapped::NotWanted => Disposition::Ignore("no rule wants this message type".to_owned()),
        }
    }
}

fn hold(kind: FindingKind, sentence: String) -> Disposition {
    Disposition::Hold(vec![Finding::new(Severity::Hold, kind, sentence)])
}

fn setup(rules: &Rules, config: &Config, now: i64) -> Setup {
    let accounts = |provider: &service::ProviderConfig| {
        let account = |a: &service::AccountConfig| care::Account {
            sender: a.sender.clone(),
            receiver: a.receiver.clone(),
        };
        provider.accounts.iter().map(account).collect()
    };
    let providers: Vec<_> = config
        .provider
        .iter()
        .map(|provider| ProviderSetup {
            name: provider.name.clone(),
            accounts: accounts(provider),
        })
        .collect();
    Setup {
        mapping_digest: rules.mapping().digest(),
        mapping_sources: rules.mapping().sources().to_owned(),
        tests: rules.codes().tests().to_vec(),
        default_provider: providers.is_empty().then(|| DEFAULT_PROVIDER.to_owned()),
        providers,
        now,
    }
}
