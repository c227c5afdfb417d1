//! What an importer brings along when it starts: rules, reference data, providers.

use care::{Account, TestDefinition};
use serde_json::json;

use crate::database::{Database, LONG_LIMIT};
use crate::error::TankError;
use crate::instant::iso;
use crate::release::lock_decisions;
use crate::session::{Arg, Session};
use crate::settle::release_keys;

/// The rules that will run and the reference data that they name.
#[derive(Clone, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "built by every importer")]
pub struct Setup {
    /// What identifies the rules and tables: equal text, equal version.
    pub mapping_digest: String,
    /// The rules and tables themselves, kept with the version.
    pub mapping_sources: String,
    /// The tests that results may be of.
    pub tests: Vec<TestDefinition>,
    /// The providers and their accounts.
    pub providers: Vec<ProviderSetup>,
    /// The provider to whom an account belongs that the configuration does not name. Without
    /// one, messages of an unknown account are held.
    pub default_provider: Option<String>,
    /// Now, in milliseconds since 1970.
    pub now: i64,
}

/// A provider and the accounts that belong to it.
#[derive(Clone, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "built from the configuration")]
pub struct ProviderSetup {
    /// The name, unique.
    pub name: String,
    /// The pairs of sender and receiver.
    pub accounts: Vec<Account>,
}

/// What `settle` must know of what was set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "handed from prepare to settle")]
pub struct Prepared {
    /// The number of the rules and tables.
    pub mapping_version: i64,
    /// The provider to whom unknown accounts belong.
    pub default_provider: Option<i64>,
}

const ACTION: &str = "prepare the database";

impl Database {
    pub(crate) async fn set_up(&self, setup: &Setup) -> Result<Prepared, TankError> {
        let fault = |error| TankError::database(ACTION, &error);
        let mut session = self.write(LONG_LIMIT).await.map_err(fault)?;
        lock_decisions(&mut session).await.map_err(fault)?;
        let version = write_version(&mut session, setup).await.map_err(fault)?;
        write_tests(&mut session, &setup.tests)
            .await
            .map_err(fault)?;
        write_providers(&mut session, setup).await.map_err(fault)?;
        let default_provider = match &setup.default_provider {
            Some(name) => provider_id(&mut session, name).await.map_err(fault)?,
            None => None,
        };
        free_accounts(&mut session, setup).await.map_err(fault)?;
        if version.is_new {
            free_held(&mut session).await.map_err(fault)?;
        }
        session.commit(ACTION).await?;
        Ok(Prepared {
            mapping_version: version.id,
            default_provider,
        })
    }
}

struct Version {
    id: i64,
    is_new: bool,
}

async fn write_version(session: &mut Session, setup: &Setup) -> Result<Version, sqlx::Error> {
    let sql = "INSERT INTO mapping_version (digest, sources, created_at) VALUES ($1, $2, $3)
               ON CONFLICT (digest) DO NOTHING RETURNING id";
    let digest = || setup.mapping_digest.as_str().into();
    let sources = setup.mapping_sources.as_str().into();
    let args = vec![digest(), sources, iso(setup.now).as_str().into()];
    if let Some(row) = session.query(sql, args).await?.first() {
        return Ok(Version {
            id: row.int(0)?,
            is_new: true,
        });
    }
    let sql = "SELECT id FROM mapping_version WHERE digest = $1";
    let rows = session.query(sql, vec![digest()]).await?;
    let id = rows.first().ok_or(sqlx::Error::RowNotFound)?.int(0)?;
    Ok(Version { id, is_new: false })
}

/// New rules and tables may answer what the old ones could not: every message that an import held
/// is tried again.
async fn free_held(session: &mut Session) -> Result<(), sqlx::Error> {
    let sql = "UPDATE message SET state = 'received', reason = ''
               WHERE state = 'held' AND id IN (SELECT message_id FROM finding WHERE severity = 'hold')";
    session.execute(sql, Vec::new()).await?;
    Ok(())
}

async fn write_tests(session: &mut Session, tests: &[TestDefinition]) -> Result<(), sqlx::Error> {
    let sql = format!(
        "INSERT INTO test_definition (name, kind, result_kind, units, choices, loinc)
         SELECT item.value ->> 0, item.value ->> 1, item.value ->> 2,
                item.value ->> 3, item.value ->> 4, item.value ->> 5
         FROM {} WHERE true
         ON CONFLICT (name) DO UPDATE SET
             kind = excluded.kind, result_kind = excluded.result_kind, units = excluded.units,
             choices = excluded.choices, loinc = excluded.loinc",
        session.engine().items(1)
    );
    let row = |test: &TestDefinition| {
        let (choices, loinc) = (test.choices.join(";"), test.loinc.join(";"));
        json!([
            test.name,
            test.kind,
            test.result_kind,
            test.units,
            choices,
            loinc
        ])
    };
    session
        .execute(&sql, vec![Arg::Json(tests.iter().map(row).collect())])
        .await?;
    Ok(())
}

pub(crate) async fn provider_id(
    session: &mut Session,
    name: &str,
) -> Result<Option<i64>, sqlx::Error> {
    let rows = session
        .query("SELECT id FROM provider WHERE name = $1", vec![name.into()])
        .await?;
    rows.first().map(|row| row.int(0)).transpose()
}

/// Adds providers and moves their accounts to where the configuration has them.
async fn write_providers(session: &mut Session, setup: &Setup) -> Result<(), sqlx::Error> {
    let names = setup.providers.iter().map(|provider| &provider.name);
    for name in names.chain(&setup.default_provider) {
        let sql = "INSERT INTO provider (name) VALUES ($1) ON CONFLICT (name) DO NOTHING";
        session.execute(sql, vec![name.as_str().into()]).await?;
    }
    for provider in &setup.providers {
        for account in &provider.accounts {
            write_account(session, account, &provider.name, setup.now).await?;
        }
    }
    Ok(())
}

/// Makes an account belong to a provider that is there.
pub(crate) async fn write_account(
    session: &mut Session,
    account: &Account,
    provider: &str,
    now: i64,
) -> Result<(), sqlx::Error> {
    let sql = "INSERT INTO provider_account (sender, receiver, provider_id, created_at)
               SELECT $1, $2, id, $3 FROM provider WHERE name = $4
               ON CONFLICT (sender, receiver) DO UPDATE SET provider_id = excluded.provider_id";
    let args = vec![
        account.sender.as_str().into(),
        account.receiver.as_str().into(),
        iso(now).as_str().into(),
        provider.into(),
    ];
    session.execute(sql, args).await?;
    Ok(())
}

/// Puts the messages that waited for an account back to the importer, where it has a provider now.
async fn free_accounts(session: &mut Session, setup: &Setup) -> Result<(), sqlx::Error> {
    let accounts = setup.providers.iter().flat_map(|p| &p.accounts);
    let mut keys: Vec<String> = accounts.map(Account::key).collect();
    if setup.default_provider.is_some() {
        let any = Account::default()
            .key()
            .trim_end_matches('\u{1f}')
            .to_owned()
            + "\u{1f}%";
        let sql = "SELECT DISTINCT key FROM awaits WHERE key LIKE $1";
        for row in session.query(sql, vec![any.as_str().into()]).await? {
            keys.push(row.text(0)?);
        }
    }
    release_keys(session, &keys).await?;
    Ok(())
}
