//! PostgreSQL databases that live as long as one test.

use std::env;
use std::io::{self, Write};
use std::process::{self, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// An empty database of its own, dropped together with this value.
///
/// It lies on the cluster that `CISTERN_TEST_POSTGRES` names, which `cargo xtask test` and
/// `cargo xtask with-postgres` start. Made with `createdb` and `dropdb` from `PATH`, so that the
/// tests do not trust the driver they test.
#[derive(Debug)]
pub struct Database {
    cluster: String,
    name: String,
}

impl Database {
    /// Creates a database; a test that needs PostgreSQL and finds none fails.
    #[track_caller]
    pub fn create() -> Self {
        let Some(cluster) = cluster() else {
            panic!(
                "this test needs PostgreSQL and CISTERN_TEST_POSTGRES is not set: \
                 run `cargo xtask with-postgres -- cargo test`"
            );
        };
        Self::create_on(cluster)
    }

    /// Creates a database, or says on standard error that the test was skipped.
    ///
    /// Never skips when `CISTERN_REQUIRE_ALL` is set: there a missing cluster is a failure.
    #[track_caller]
    pub fn create_or_skip() -> Option<Self> {
        is_wanted().then(Self::create)
    }

    /// The address of the database: `postgres://…/NAME`.
    pub fn url(&self) -> String {
        with_database(&self.cluster, &self.name)
    }

    /// The rows that a query gives, their columns parted by tabs, as `psql` reads them.
    #[track_caller]
    pub fn rows(&self, query: &str) -> Vec<String> {
        rows(&self.url(), query)
    }

    #[track_caller]
    fn create_on(cluster: String) -> Self {
        let name = unique_name();
        let created = run(Command::new("createdb")
            .arg(format!("--maintenance-db={cluster}"))
            // template1 may hold what a person put there; template0 is as PostgreSQL ships it.
            .arg("--template=template0")
            .arg(&name));
        if let Err(reason) = created {
            panic!("{reason}");
        }
        Self { cluster, name }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let dropped = run(Command::new("dropdb")
            .arg(format!("--maintenance-db={}", self.cluster))
            .args(["--force", "--if-exists"])
            .arg(&self.name));
        if let Err(reason) = dropped {
            // Not a panic: the test may be unwinding already, and the cluster is thrown away.
            warn(&reason);
        }
    }
}

/// Whether tests that need PostgreSQL are to run; where not, says that one was skipped.
pub(crate) fn is_wanted() -> bool {
    let required = env::var_os("CISTERN_REQUIRE_ALL").is_some();
    if required || cluster().is_some() {
        return true;
    }
    warn("PostgreSQL test skipped: run `cargo xtask with-postgres -- cargo test`");
    false
}

fn cluster() -> Option<String> {
    env::var("CISTERN_TEST_POSTGRES").ok()
}

/// `url` with another database: its path replaced, its query kept.
fn with_database(url: &str, name: &str) -> String {
    let (address, query) = match url.split_once('?') {
        Some((address, query)) => (address, format!("?{query}")),
        None => (url, String::new()),
    };
    let (scheme, rest) = address.split_once("://").unwrap_or(("postgres", address));
    let authority = rest
        .split_once('/')
        .map_or(rest, |(authority, _)| authority);
    format!("{scheme}://{authority}/{name}{query}")
}

/// A name no other test has: tests run in parallel, as threads and as processes.
fn unique_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let nanos = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_nanos());
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("test_{nanos}_{}_{count}", process::id())
}

/// The rows that a query gives at this address, their columns parted by tabs. Several statements
/// are one transaction.
#[track_caller]
pub(crate) fn rows(url: &str, query: &str) -> Vec<String> {
    let mut psql = Command::new("psql");
    psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
        .args(["--field-separator=\t", "--set=ON_ERROR_STOP=1"])
        .args(["--dbname", url, "--command", query]);
    match output(&mut psql) {
        Ok(rows) => rows.lines().map(str::to_owned).collect(),
        Err(reason) => panic!("{reason}"),
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    output(command).map(drop)
}

fn output(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().display().to_string();
    let output = command
        .output()
        .map_err(|error| format!("{program} (of PostgreSQL's client programs): {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "{program}: {}: {}",
        output.status,
        complaint.trim()
    ))
}

/// Past the capture of the test harness, which would hide it from the person who runs the test.
pub(crate) fn warn(sentence: &str) {
    writeln!(io::stderr(), "{sentence}").ok();
}

#[cfg(test)]
mod tests {
    use super::with_database;

    #[test]
    fn another_database_on_the_same_cluster() {
        let cases = [
            (
                "postgres://u@127.0.0.1:5433/postgres",
                "postgres://u@127.0.0.1:5433/x",
            ),
            ("postgresql://u:p@host", "postgresql://u:p@host/x"),
            (
                "postgres://u@host/db?sslmode=disable",
                "postgres://u@host/x?sslmode=disable",
            ),
            ("postgres:///db?host=/run/pg", "postgres:///x?host=/run/pg"),
        ];
        for (url, expected) in cases {
            assert_eq!(with_database(url, "x"), expected);
        }
    }
}
