//! A gate inside PostgreSQL before the commit of some messages: a fault that a test can end.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};

use testkit::postgres;

/// Messages whose control id begins so wait at the gate.
pub(crate) const WAITING: &str = "wait";

const MAKE: &str = "
    CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock_shared(99);
        RETURN NEW;
    END $$;
    CREATE TRIGGER gate BEFORE INSERT ON message FOR EACH ROW
    WHEN (NEW.control_id LIKE 'wait%') EXECUTE FUNCTION wait_at_gate();";

const SOMEBODY_WAITS: &str = "
    DO $$ BEGIN
        WHILE NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 99
                          AND database = (SELECT oid FROM pg_database
                                          WHERE datname = current_database())
                          AND NOT granted)
        LOOP PERFORM pg_sleep(0.002); END LOOP;
    END $$";

/// A shut gate. It opens with `open`, and when it is dropped.
pub(crate) struct Gate<'a> {
    database: &'a postgres::Database,
    session: Child,
    input: ChildStdin,
}

impl<'a> Gate<'a> {
    /// Puts a gate before the tables of a tank, and shuts it.
    pub(crate) fn shut(database: &'a postgres::Database) -> Gate<'a> {
        run(&database.url(), MAKE);
        let mut session = psql(&database.url())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = session.stdin.take().unwrap();
        input
            .write_all(b"SELECT pg_advisory_lock(99);\n\\echo shut\n")
            .unwrap();
        let output = BufReader::new(session.stdout.take().unwrap());
        assert!(output.lines().any(|line| line.unwrap() == "shut"));
        Gate {
            database,
            session,
            input,
        }
    }

    /// Waits until a commit stands at the gate. Blocks the thread.
    pub(crate) fn somebody_waits(&self) {
        run(&self.database.url(), SOMEBODY_WAITS);
    }

    /// Lets everybody pass.
    pub(crate) fn open(mut self) {
        drop(self.input);
        self.session.wait().unwrap();
    }
}

/// Runs statements to their end.
pub(crate) fn run(url: &str, sql: &str) {
    let status = psql(url).args(["--command", sql]).status().unwrap();
    assert!(status.success(), "psql");
}

fn psql(url: &str) -> Command {
    let mut psql = Command::new("psql");
    psql.args(["--no-psqlrc", "--quiet", "--tuples-only", url])
        .stdout(Stdio::null());
    psql
}
