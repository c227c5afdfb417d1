//! What can go wrong with the database, without a word of what was to be written.

use std::error::Error;
use std::fmt;
use std::io;

use sqlx::migrate::MigrateError;

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

/// Whether trying again may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "every caller must treat each")]
pub enum FailureClass {
    /// The database was busy, locked or out of reach: the same call may succeed later.
    Transient,
    /// The answer to a commit was lost: it may or may not have happened.
    Ambiguous,
    /// The same call fails again.
    Permanent,
    /// A flush to disk failed: what is on disk is unknown, so the process must stop.
    Fatal,
}

#[derive(Debug)]
enum Cause {
    Database { code: String, constraint: String },
    Connection(String),
    TimedOut(&'static str),
    LostClaim,
    UnknownScheme,
    NoFile,
    Migration(String),
    Shape,
    UnknownValue { table: String },
    UnknownProvider,
}

impl TankError {
    /// Whether trying again may help.
    pub fn class(&self) -> FailureClass {
        self.class
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
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)
                if is_fatal(error) =>
            {
                FailureClass::Fatal
            }
            _ => FailureClass::Permanent,
        };
        TankError {
            action: "migrate the database",
            cause: Cause::Migration(error.to_string()),
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

impl Cause {
    fn of(error: &sqlx::Error) -> Cause {
        match error {
            sqlx::Error::Database(error) => Cause::Database {
                code: error.code().unwrap_or_default().into_owned(),
                constraint: error.constraint().unwrap_or_default().to_owned(),
            },
            sqlx::Error::Io(error) if error.kind() == io::ErrorKind::TimedOut => {
                Cause::TimedOut("the database gave no answer in time")
            }
            sqlx::Error::Io(error) => Cause::Connection(error.to_string()),
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
            sqlx::Error::Tls(_) => Cause::Connection("TLS failed".to_owned()),
            _ => Cause::Shape,
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
            Cause::Connection(what) | Cause::Migration(what) => f.write_str(what),
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

pub(crate) fn is_fatal(error: &sqlx::Error) -> bool {
    classify(error) == FailureClass::Fatal
}

pub(crate) fn is_busy(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(error) = error else {
        return false;
    };
    let code = error.code().unwrap_or_default().parse::<u32>();
    code.is_ok_and(|code| [SQLITE_BUSY, SQLITE_LOCKED].contains(&(code & 0xFF)))
}

fn classify(error: &sqlx::Error) -> FailureClass {
    match error {
        sqlx::Error::Io(error) if is_failed_flush(error) => FailureClass::Fatal,
        sqlx::Error::Database(error) => classify_code(&error.code().unwrap_or_default()),
        _ if is_connection(error) => FailureClass::Transient,
        _ => FailureClass::Permanent,
    }
}

fn is_failed_flush(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(<dyn Error + Send + Sync>::is::<FlushFailed>)
}

fn is_connection(error: &sqlx::Error) -> bool {
    use sqlx::Error::{
        BeginFailed, InvalidSavePointStatement, Io, PoolClosed, PoolTimedOut, Protocol,
        WorkerCrashed,
    };
    matches!(
        error,
        Io(_)
            | PoolTimedOut
            | PoolClosed
            | WorkerCrashed
            | Protocol(_)
            | InvalidSavePointStatement
            | BeginFailed
    )
}

/// Whether an error says that nobody gets anything done just now: PostgreSQL's connection and
/// operator classes, a session that it gave up, a server that takes no writes (such as a standby),
/// and SQLite's file that is locked, or cannot be read or written.
fn is_of_the_engine(code: &str) -> bool {
    if code.len() == 5 {
        let of_session = ["25P03", READ_ONLY_TRANSACTION].contains(&code);
        return code.starts_with("08") || code.starts_with("57") || of_session;
    }
    let family = code.parse::<u32>().map(|code| code & 0xFF);
    matches!(
        family,
        Ok(SQLITE_BUSY | SQLITE_LOCKED | SQLITE_READONLY | SQLITE_IOERR)
    )
}

const READ_ONLY_TRANSACTION: &str = "25006";
const SQLITE_BUSY: u32 = 5;
const SQLITE_LOCKED: u32 = 6;
const SQLITE_READONLY: u32 = 8;
const SQLITE_IOERR: u32 = 10;
const SQLITE_FULL: u32 = 13;
/// Those that may be otherwise later.
const SQLITE_AGAIN: [u32; 5] = [
    SQLITE_BUSY,
    SQLITE_LOCKED,
    SQLITE_READONLY,
    SQLITE_IOERR,
    SQLITE_FULL,
];
const SQLITE_IOERR_FSYNC: u32 = 1034;
const SQLITE_IOERR_DIR_FSYNC: u32 = 1290;

/// PostgreSQL's SQLSTATE classes (appendix A of its manual) and SQLite's extended result codes.
fn classify_code(code: &str) -> FailureClass {
    if code.len() == 5 {
        // A unique violation is a race with another importer; the next look-up finds its row.
        let again = ["08", "40", "53", "55", "57", "58"]
            .iter()
            .any(|class| code.starts_with(class))
            || ["23505", "25P03", READ_ONLY_TRANSACTION].contains(&code);
        return if again {
            FailureClass::Transient
        } else {
            FailureClass::Permanent
        };
    }
    match code.parse::<u32>() {
        Ok(SQLITE_IOERR_FSYNC | SQLITE_IOERR_DIR_FSYNC) => FailureClass::Fatal,
        Ok(code) if SQLITE_AGAIN.contains(&(code & 0xFF)) => FailureClass::Transient,
        _ => FailureClass::Permanent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn codes_say_whether_to_try_again() {
        let cases = [
            ("40001", FailureClass::Transient),
            ("40P01", FailureClass::Transient),
            ("57P01", FailureClass::Transient),
            ("23505", FailureClass::Transient),
            ("25P03", FailureClass::Transient),
            ("25006", FailureClass::Transient),
            ("8", FailureClass::Transient),
            ("23503", FailureClass::Permanent),
            ("22P02", FailureClass::Permanent),
            ("5", FailureClass::Transient),
            ("517", FailureClass::Transient),
            ("13", FailureClass::Transient),
            ("1034", FailureClass::Fatal),
            ("787", FailureClass::Permanent),
            ("", FailureClass::Permanent),
        ];
        for (code, class) in cases {
            assert_eq!(classify_code(code), class, "{code}");
        }
    }
}
