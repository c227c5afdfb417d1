//! `settle`: records, history, findings and message states in one transaction.

mod load;
mod lock;
mod names;
mod plain;
mod states;
mod table;
mod write;

pub(crate) use load::read_record;
pub(crate) use states::release_keys;
pub(crate) use table::field_columns;

use std::collections::BTreeMap;
use std::time::Duration;

use care::{Applied, Finding, Ledger, Severity};

use self::names::Names;
use crate::batch::{Batch, Disposition, Outcome, Settled, Settlement};
use crate::claim::newest_decision;
use crate::database::{Database, LONG_LIMIT};
use crate::error::TankError;
use crate::state::State;

const ACTION: &str = "settle a batch";

/// How often a batch is tried again when the database was busy or another importer was faster.
const TRIES_MAX: u32 = 6;
const FIRST_PAUSE: Duration = Duration::from_millis(10);

impl Database {
    /// Settles the whole batch at once; when the database refuses it or gives out on it, halves of
    /// it, until the one message that is at fault stands alone and is set aside.
    pub(crate) async fn settle_batch(
        &self,
        batch: &Batch,
        outcomes: &[Outcome],
        settlement: Settlement,
    ) -> Result<Settled, TankError> {
        let mut settled = Settled::default();
        let outcomes: Vec<Outcome> = outcomes.iter().map(plain::outcome).collect();
        let mut parts = vec![outcomes.as_slice()];
        while let Some(part) = parts.pop() {
            match self.settle_patiently(batch, part, settlement).await {
                Ok(some) => settled += some,
                Err(error) if !error.is_of_the_messages() => return Err(error),
                Err(error) => match part {
                    [] => return Err(error),
                    [one] => settled += self.set_aside(batch, one, &error, settlement.now).await?,
                    _ => {
                        let (first, second) = part.split_at(part.len() / 2);
                        parts.extend([second, first]);
                    }
                },
            }
        }
        Ok(settled)
    }

    async fn settle_patiently(
        &self,
        batch: &Batch,
        outcomes: &[Outcome],
        settlement: Settlement,
    ) -> Result<Settled, TankError> {
        let mut pause = FIRST_PAUSE;
        for _ in 1..TRIES_MAX {
            match self.settle_once(batch, outcomes, settlement).await {
                Err(error) if error.passes_soon() => {
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
                done => return done,
            }
        }
        self.settle_once(batch, outcomes, settlement).await
    }

    async fn settle_once(
        &self,
        batch: &Batch,
        outcomes: &[Outcome],
        settlement: Settlement,
    ) -> Result<Settled, TankError> {
        let fault = |error| TankError::database(ACTION, &error);
        let mut session = self.write(LONG_LIMIT).await.map_err(fault)?;
        let names = Names::of(outcomes, &batch.feeds());
        lock::people(&mut session, &names).await.map_err(fault)?;
        states::check_claim(&mut session, batch, outcomes).await?;
        let newest = newest_decision(&mut session).await.map_err(fault)?;
        let clients = lock::clients(&mut session, &names).await.map_err(fault)?;
        let mut ledger = load::ledger(&mut session, &names, &clients, settlement)
            .await
            .map_err(fault)?;
        let mut results = apply(&mut ledger, batch, outcomes);
        if newest > batch.decisions {
            results.iter_mut().for_each(Verdict::put_back_if_held);
        }
        let mut settled = count(&results);
        write::ledger(&mut session, &ledger, settlement)
            .await
            .map_err(fault)?;
        states::write(&mut session, &results, settlement)
            .await
            .map_err(fault)?;
        settled.released = states::free(&mut session, &ledger).await.map_err(fault)?;
        session.commit(ACTION).await?;
        Ok(settled)
    }

    /// A message that the database refuses waits longer after each try.
    async fn set_aside(
        &self,
        batch: &Batch,
        outcome: &Outcome,
        error: &TankError,
        now: i64,
    ) -> Result<Settled, TankError> {
        tracing::warn!(message_id = outcome.message_id, %error, "message set aside");
        let fault = |error| TankError::database(ACTION, &error);
        let mut session = self.write(LONG_LIMIT).await.map_err(fault)?;
        states::check_claim(&mut session, batch, std::slice::from_ref(outcome)).await?;
        states::fail(&mut session, outcome.message_id, &error.to_string(), now)
            .await
            .map_err(fault)?;
        session.commit(ACTION).await?;
        Ok(Settled {
            failed: 1,
            ..Settled::default()
        })
    }
}

impl Batch {
    /// The feed of each message.
    fn feeds(&self) -> BTreeMap<i64, &str> {
        self.messages
            .iter()
            .map(|message| (message.id, message.feed.as_str()))
            .collect()
    }
}

/// The state in which a message leaves the batch.
pub(crate) struct Verdict {
    message_id: i64,
    state: State,
    reason: String,
    findings: Vec<Finding>,
    added: usize,
    changed: usize,
}

impl Verdict {
    /// A decision came while the message was being mapped: it may be the one that it waits for.
    fn put_back_if_held(&mut self) {
        if self.state == State::Held {
            self.state = State::Received;
            self.reason.clear();
            self.findings.clear();
        }
    }
}

fn apply(ledger: &mut Ledger, batch: &Batch, outcomes: &[Outcome]) -> Vec<Verdict> {
    let feeds = batch.feeds();
    let verdict = |outcome: &Outcome| {
        let id = outcome.message_id;
        match &outcome.disposition {
            Disposition::Ignore(reason) => {
                verdict(id, State::Ignored, reason.clone(), Applied::default())
            }
            Disposition::Hold(findings) => {
                let applied = Applied {
                    findings: findings.clone(),
                    ..Applied::default()
                };
                verdict(id, State::Held, held_reason(&applied.findings), applied)
            }
            Disposition::Import(import) => {
                let feed = feeds.get(&id).copied().unwrap_or_default();
                let applied = ledger.apply(import, feed, id);
                if applied.is_held() {
                    verdict(id, State::Held, held_reason(&applied.findings), applied)
                } else {
                    verdict(id, State::Imported, imported_reason(&applied), applied)
                }
            }
        }
    };
    outcomes.iter().map(verdict).collect()
}

fn verdict(message_id: i64, state: State, reason: String, applied: Applied) -> Verdict {
    let Applied {
        added,
        changed,
        findings,
        ..
    } = applied;
    Verdict {
        message_id,
        state,
        reason,
        findings,
        added,
        changed,
    }
}

/// Which kinds of findings hold the message, each named once.
fn held_reason(findings: &[Finding]) -> String {
    let mut kinds: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Hold)
        .map(|finding| finding.kind.as_str())
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds.join(", ")
}

fn imported_reason(applied: &Applied) -> String {
    let Applied {
        added,
        changed,
        unchanged,
        late,
        ..
    } = applied;
    let parts = [
        (added, "added"),
        (changed, "changed"),
        (unchanged, "unchanged"),
        (late, "late"),
    ];
    let said = parts.iter().filter(|(count, _)| **count > 0);
    let said: Vec<_> = said
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if said.is_empty() {
        "nothing to write".to_owned()
    } else {
        said.join(", ")
    }
}

fn count(verdicts: &[Verdict]) -> Settled {
    let mut settled = Settled::default();
    for verdict in verdicts {
        match verdict.state {
            State::Imported => settled.imported += 1,
            State::Held => settled.held += 1,
            State::Ignored => settled.ignored += 1,
            State::Received => settled.put_back += 1,
            State::Failed => settled.failed += 1,
            State::Skipped | State::Refused | State::Broken => {}
        }
        settled.records_added += verdict.added as u64;
        settled.records_changed += verdict.changed as u64;
    }
    settled
}
