//! What a verb of the tank failed of. The text of a database error may quote values: of it there is
//! only the code and the constraint.

use std::fmt;
use std::io;

use sqlx::migrate::MigrateError;

use super::tls;

#[derive(Debug)]
pub(super) enum Cause {
    Database {
        code: String,
        constraint: String,
    },
    Connection(String),
    TimedOut(&'static str),
    LostClaim,
    UnknownScheme,
    NoFile,
    Migration {
        number: i64,
        cause: Box<Cause>,
    },
    /// sqlx's words on the list of migrations, which hold nothing but their numbers.
    Migrations(String),
    Shape,
    UnknownValue {
        table: String,
    },
    UnknownProvider,
}

impl Cause {
    pub(super) fn of(error: &sqlx::Error) -> Cause {
        match error {
            sqlx::Error::Database(error) => Cause::Database {
                code: error.code().unwrap_or_default().into_owned(),
                constraint: error.constraint().unwrap_or_default().to_owned(),
            },
            sqlx::Error::Io(error) if error.kind() == io::ErrorKind::TimedOut => {
                Cause::TimedOut("the database gave no answer in time")
            }
            sqlx::Error::Io(error) => Cause::Connection(tls::told(error)),
            sqlx::Error::PoolTimedOut => Cause::TimedOut("no connection became free in time"),
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Cause::Connection("the connections are closed".to_owned())
            }
            sqlx::Error::InvalidSavePointStatement | sqlx::Error::BeginFailed => {
                Cause::Connection("the connection cannot begin a transaction".to_owned())
            }
            sqlx::Error::Configuration(_) => {
                Cause::Connection("the address of the database cannot be read".to_owned())
            }
            // sqlx says whether the server has none, or which of our files is wrong.
            sqlx::Error::Tls(error) => Cause::Connection(format!("no TLS: {error}")),
            _ => Cause::Shape,
        }
    }

    pub(super) fn of_migration(error: &MigrateError) -> Cause {
        match error {
            MigrateError::Execute(error) => Cause::of(error),
            MigrateError::ExecuteMigration(error, number) => Cause::Migration {
                number: *number,
                cause: Box::new(Cause::of(error)),
            },
            _ => Cause::Migrations(error.to_string()),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Database { code, constraint } if constraint.is_empty() => {
                write!(f, "database error {code}")
            }
            Cause::Database { code, constraint } => {
                write!(f, "database error {code} (constraint {constraint})")
            }
            Cause::Connection(what) | Cause::Migrations(what) => f.write_str(what),
            Cause::Migration { number, cause } => write!(f, "migration {number}: {cause}"),
            Cause::TimedOut(what) => f.write_str(what),
            Cause::LostClaim => f.write_str("another importer has taken the messages over"),
            Cause::UnknownScheme => {
                f.write_str("its address must begin with sqlite: or postgres://")
            }
            Cause::NoFile => f.write_str("its file is not there"),
            Cause::Shape => f.write_str("a row has not the shape that it should have"),
            Cause::UnknownProvider => {
                f.write_str("no provider has this name: an importer must run with it once")
            }
            Cause::UnknownValue { table } => {
                write!(f, "the value is not one that table {table} can give")
            }
        }
    }
}
