//! A throw-away PostgreSQL cluster.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::run::{Failure, answer};

/// A cluster that is stopped and deleted with this value, or with this process however it ends.
///
/// A shell script keeps it: it has the reading end of a pipe whose only writer is this process,
/// so that even after `kill -9` it sees the end of its input and cleans up.
pub(crate) struct Cluster {
    keeper: Child,
    port: u16,
}

/// Durability stays on (`fsync` and its kin), because tests kill programs and count messages.
/// Only `initdb` may skip its flushes: a cluster that never started can be made again.
const KEEPER: &str = r#"
set -eu
folder=$(mktemp -d "${TMPDIR:-/tmp}/cistern-postgres.XXXXXX")
clean_up() {
    pg_ctl stop --silent --pgdata="$folder/data" --mode=immediate >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM
make() {
    initdb --pgdata="$folder/data" --username=postgres --auth=trust \
        --encoding=UTF8 --no-locale --no-sync &&
    pg_ctl start --wait --pgdata="$folder/data" --log="$folder/log" --options="\
        -c listen_addresses=127.0.0.1 -c port=$1 -c unix_socket_directories=$folder \
        -c max_connections=300"
}
make "$1" >"$folder/made" 2>&1 || {
    cat "$folder/made" "$folder/log" >&2 2>/dev/null || true
    exit 1
}
echo ready
read -r _ || true
"#;

impl Cluster {
    /// Makes and starts a cluster with the server's `programs`; returns when it answers.
    pub(crate) fn start(programs: &Path) -> Result<Self, Failure> {
        let port = free_port()?;
        let mut keeper = as_a_user_without_privilege()?
            .args(["sh", "-c", KEEPER, "keeper", &port.to_string()])
            .env("PATH", with_system_programs(programs))
            .env("LC_ALL", "C")
            // Not below the checkout, which that user may be unable to read.
            .current_dir("/")
            // Ctrl-C reaches the foreground group: it must not stop the keeper before the tests.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| Failure::new(format!("cannot start PostgreSQL: {error}")))?;
        if is_ready(&mut keeper) {
            return Ok(Self { keeper, port });
        }
        Err(Failure::new("PostgreSQL did not start; it says why above"))
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        if let Err(error) = self.keeper.wait() {
            eprintln!("the PostgreSQL cluster may still be running: {error}");
        }
    }
}

fn free_port() -> Result<u16, Failure> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| Failure::new(format!("no free port on 127.0.0.1: {error}")))
}

/// A command to which a program and its arguments are yet to be added.
///
/// The server refuses to run as root, which then becomes `postgres` or, failing that, `nobody`.
fn as_a_user_without_privilege() -> Result<Command, Failure> {
    let mut command = Command::new("env");
    if id("-u", None).as_deref() != Some("0") {
        return Ok(command);
    }
    let ids = ["postgres", "nobody"].map(|user| id("-u", Some(user)).zip(id("-g", Some(user))));
    let Some((user, group)) = ids.into_iter().flatten().next() else {
        return Err(Failure::new(
            "root needs a user `postgres` or `nobody` to run PostgreSQL",
        ));
    };
    // A temporary folder of root's own would be closed to that user.
    command.args(["--unset=TMPDIR", "setpriv", "--clear-groups"]);
    command.args(["--reuid", &user, "--regid", &group]);
    Ok(command)
}

fn id(option: &str, user: Option<&str>) -> Option<String> {
    answer(Command::new("id").arg(option).args(user))
}

fn with_system_programs(programs: &Path) -> String {
    format!("{}:/usr/local/bin:/usr/bin:/bin", programs.display())
}

fn is_ready(keeper: &mut Child) -> bool {
    let mut line = String::new();
    let read = keeper
        .stdout
        .as_mut()
        .map(|stdout| BufReader::new(stdout).read_line(&mut line));
    matches!(read, Some(Ok(_))) && line == "ready\n"
}
