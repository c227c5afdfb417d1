//! What can go wrong with the database, without a word of what was to be written.

mod cause;
mod class;
mod tls;

use std::io;

use sqlx::migrate::MigrateError;

use cause::Cause;
use class::{classify, is_connection, is_of_content, is_of_the_engine};

pub use class::FailureClass;
pub(crate) use class::{is_busy, is_fatal};

/// A failed verb of the tank: what it was about, whose fault, and whether to try again.
///
/// The text of a database error may quote the value that it refused, so only its code is kept.
#[derive(Debug, thiserror::Error)]
#[error("{action}: {cause}")]
pub struct TankError {
    action: &'static str,
    cause: Cause,
    class: FailureClass,
}

impl TankError {
    /// Whether trying again may help.
    pub fn class(&self) -> FailureClass {
        self.class
    }

    /// Whether the database refuses what was to be written, for a value or its size: then it may keep
    /// anything else.
    pub fn is_of_content(&self) -> bool {
        matches!(&self.cause, Cause::Database { code, .. } if is_of_content(code))
    }

    pub(crate) fn database(action: &'static str, error: &sqlx::Error) -> TankError {
        TankError {
            action,
            cause: Cause::of(error),
            class: classify(error),
        }
    }

    /// A commit whose answer never came may have happened.
    pub(crate) fn commit(action: &'static str, error: &sqlx::Error) -> TankError {
        let class = match classify(error) {
            FailureClass::Transient if is_connection(error) => FailureClass::Ambiguous,
            class => class,
        };
        TankError {
            action,
            cause: Cause::of(error),
            class,
        }
    }

    pub(crate) fn migration(error: &MigrateError) -> TankError {
        let class = match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
                classify(error)
            }
            _ => FailureClass::Permanent,
        };
        TankError {
            action: "migrate the database",
            cause: Cause::of_migration(error),
            class,
        }
    }

    pub(crate) fn unknown_scheme() -> TankError {
        let action = "open the database";
        TankError {
            action,
            cause: Cause::UnknownScheme,
            class: FailureClass::Permanent,
        }
    }

    pub(crate) fn no_file() -> TankError {
        TankError {
            action: "open the database",
            cause: Cause::NoFile,
            class: FailureClass::Permanent,
        }
    }

    /// Whether the same call may succeed in a moment. A claim stays lost, and what has been
    /// waited for as long as it may take is not asked for again at once.
    pub(crate) fn passes_soon(&self) -> bool {
        self.class == FailureClass::Transient
            && !matches!(self.cause, Cause::LostClaim | Cause::TimedOut(_))
    }

    /// Whether fewer messages may fare better, once several tries have failed: the database refuses
    /// a value, or gives out on what the messages ask of it. A unique key that another importer
    /// took is found by the next look-up, any other stays taken.
    pub(crate) fn is_of_the_messages(&self) -> bool {
        match (&self.cause, self.class) {
            (_, FailureClass::Permanent) => true,
            (Cause::Database { code, .. }, FailureClass::Transient) => !is_of_the_engine(code),
            _ => false,
        }
    }

    pub(crate) fn lost_claim() -> TankError {
        let action = "settle a batch";
        TankError {
            action,
            cause: Cause::LostClaim,
            class: FailureClass::Transient,
        }
    }

    pub(crate) fn unknown_provider() -> TankError {
        TankError {
            action: "record a decision",
            cause: Cause::UnknownProvider,
            class: FailureClass::Permanent,
        }
    }

    pub(crate) fn unknown_value(table: &str) -> TankError {
        let cause = Cause::UnknownValue {
            table: table.to_owned(),
        };
        TankError {
            action: "record a decision",
            cause,
            class: FailureClass::Permanent,
        }
    }
}

/// A flush that nobody waited for has failed.
#[derive(Debug, thiserror::Error)]
#[error(
    "an earlier flush to disk failed: check the disk, stop all programs on this file, start again"
)]
pub(crate) struct FlushFailed;

impl From<FlushFailed> for sqlx::Error {
    fn from(failed: FlushFailed) -> sqlx::Error {
        sqlx::Error::Io(io::Error::other(failed))
    }
}

#[cfg(test)]
mod tests {
    use super::class::classify_code;
    use super::*;

    #[test]
    fn a_connection_without_tls_is_not_the_fault_of_messages() {
        for error in [
            sqlx::Error::Tls("server does not support TLS".into()),
            sqlx::Error::Configuration("no keys found pem file".into()),
        ] {
            let error = TankError::database("claim", &error);
            assert_eq!(error.class(), FailureClass::Transient);
            assert!(!error.is_of_the_messages());
        }
    }

    #[test]
    fn a_migration_says_its_number_and_what_any_verb_says() {
        use FailureClass::{Fatal, Permanent, Transient};
        let migration = sqlx::Error::WorkerCrashed;
        let flush = "an earlier flush to disk failed: check the disk, stop all programs on this file, \
                     start again";
        for (error, cause, class) in [
            (
                MigrateError::Execute(sqlx::Error::PoolTimedOut),
                "no connection became free in time",
                Transient,
            ),
            (
                MigrateError::ExecuteMigration(migration, 7),
                "migration 7: the connections are closed",
                Transient,
            ),
            (MigrateError::Execute(FlushFailed.into()), flush, Fatal),
            (
                MigrateError::VersionMissing(10),
                "migration 10 was previously applied but is missing in the resolved migrations",
                Permanent,
            ),
        ] {
            let error = TankError::migration(&error);
            let expected = format!("migrate the database: {cause}");
            assert_eq!((error.to_string(), error.class()), (expected, class));
        }
    }

    #[test]
    fn codes_say_whether_fewer_messages_may_fare_better() {
        let cases = [
            ("53200", true),
            ("40P01", true),
            ("23503", true),
            ("23505", true),
            ("13", true),
            ("787", true),
            ("57P01", false),
            ("08006", false),
            ("25P03", false),
            ("25006", false),
            ("8", false),
            ("517", false),
            ("10", false),
            ("1034", false),
        ];
        for (code, expected) in cases {
            let error = TankError {
                action: "",
                cause: Cause::Database {
                    code: code.to_owned(),
                    constraint: String::new(),
                },
                class: classify_code(code),
            };
            assert_eq!(error.is_of_the_messages(), expected, "{code}");
        }
        assert!(!TankError::lost_claim().is_of_the_messages());
    }
}
