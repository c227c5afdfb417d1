//! Whether trying again may help, by the codes of the two engines.

use std::error::Error;
use std::io;

use super::FlushFailed;

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

pub(super) fn classify(error: &sqlx::Error) -> FailureClass {
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

pub(super) fn is_connection(error: &sqlx::Error) -> bool {
    use sqlx::Error::{
        BeginFailed, Configuration, InvalidSavePointStatement, Io, PoolClosed, PoolTimedOut,
        Protocol, Tls, WorkerCrashed,
    };
    // The files of TLS are read anew for each connection, so they too may be wrong at any time.
    matches!(
        error,
        Io(_)
            | Tls(_)
            | Configuration(_)
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
pub(super) fn is_of_the_engine(code: &str) -> bool {
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
const SQLITE_TOOBIG: u32 = 18;
const SQLITE_CONSTRAINT: u32 = 19;
const SQLITE_MISMATCH: u32 = 20;
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
pub(super) fn classify_code(code: &str) -> FailureClass {
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

/// Whether a code speaks of a value or its size: PostgreSQL's classes 22, 23 and 54, and SQLite's
/// TOOBIG, CONSTRAINT and MISMATCH.
pub(super) fn is_of_content(code: &str) -> bool {
    if code.len() == 5 {
        let is_of_value = ["22", "23", "54"]
            .iter()
            .any(|class| code.starts_with(class));
        return is_of_value && classify_code(code) == FailureClass::Permanent;
    }
    let family = code.parse::<u32>().map(|code| code & 0xFF);
    matches!(
        family,
        Ok(SQLITE_TOOBIG | SQLITE_CONSTRAINT | SQLITE_MISMATCH)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn only_a_value_or_its_size_is_content() {
        let content = ["22P02", "22021", "23514", "54000", "18", "19", "1811", "20"];
        let other = [
            "23505", "28P01", "3D000", "42501", "42P01", "53200", "XX000", "1", "3", "5", "14",
            "26", "1034", "",
        ];
        let of_content = content
            .into_iter()
            .chain(other)
            .filter(|it| is_of_content(it));
        assert_eq!(of_content.collect::<Vec<_>>(), content);
    }
}
