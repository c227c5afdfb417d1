//! Throw-away PostgreSQL clusters, which a test may crash and start again.

use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::postgres;

/// A cluster that is stopped and deleted with this value, or with this process however it ends.
///
/// A shell script keeps it: it has the reading end of a pipe whose only writer is this process,
/// so that even after `kill -9` it sees the end of its input and cleans up.
#[derive(Debug)]
pub struct Cluster {
    keeper: Child,
    answers: BufReader<ChildStdout>,
    port: u16,
}

/// Durability stays on (`fsync` and its kin), because tests kill programs and count messages.
/// Only `initdb` may skip its flushes: a cluster that never started can be made again.
///
/// A crash is `pg_ctl stop --mode=immediate`, which cannot be asked where the folder has failed.
const KEEPER: &str = r#"
set -eu
folder=$(mktemp -d "$2/cistern-postgres.XXXXXX")
crash() {
    kill -QUIT "$server" 2>/dev/null || true
    while kill -0 "$server" 2>/dev/null; do sleep 0.01; done
}
clean_up() {
    crash
    rm -rf "$folder" 2>/dev/null || true
}
server=none
trap clean_up EXIT
trap 'exit 1' HUP INT TERM
start() {
    pg_ctl start --wait --pgdata="$folder/data" --log="$folder/log" --options="\
        -c listen_addresses=127.0.0.1 -c port=$1 -c unix_socket_directories= \
        -c max_connections=300" &&
    server=$(head -n 1 "$folder/data/postmaster.pid")
}
make() {
    initdb --pgdata="$folder/data" --username=postgres --auth=trust \
        --encoding=UTF8 --no-locale --no-sync &&
    start "$1"
}
make "$1" >"$folder/made" 2>&1 || {
    cat "$folder/made" "$folder/log" >&2 2>/dev/null || true
    exit 1
}
echo ready
until_dot() {
    while read -r line && [ "$line" != . ]; do printf '%s\n' "$line"; done
}
while read -r wish; do
    case $wish in
    secure)
        until_dot >"$folder/data/server.crt"
        until_dot >"$folder/data/server.key"
        chmod 600 "$folder/data/server.key"
        echo "ssl = on" >>"$folder/data/postgresql.conf"
        crash
        start "$1" >/dev/null 2>&1 || { tail -n 20 "$folder/log" >&2; exit 1; }
        ;;
    crash) crash ;;
    start) start "$1" >/dev/null 2>&1 || { tail -n 20 "$folder/log" >&2; exit 1; } ;;
    esac
    echo ready
done
"#;

impl Cluster {
    /// Makes and starts a cluster with the server's `programs`, its files in `folder`, which every
    /// user must be able to reach. Returns when it answers.
    pub fn start(programs: &Path, folder: &Path) -> Result<Cluster, String> {
        let port = free_port()?;
        let mut keeper = as_a_user_without_privilege()?
            .args(["sh", "-c", KEEPER, "keeper", &port.to_string()])
            .arg(folder)
            .env("PATH", with_system_programs(programs))
            .env("LC_ALL", "C")
            // Not below the checkout, which that user may be unable to read.
            .current_dir("/")
            // Ctrl-C reaches the foreground group: it must not stop the keeper before the tests.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start PostgreSQL: {error}"))?;
        let answers = keeper.stdout.take().map(BufReader::new);
        let mut cluster = Cluster {
            keeper,
            answers: answers.ok_or("a keeper that says nothing")?,
            port,
        };
        cluster.hear()?;
        Ok(cluster)
    }

    /// A cluster of the programs in `PATH`. Skips and fails as
    /// [`postgres::Database::create_or_skip`] does.
    #[track_caller]
    pub fn start_or_skip(folder: &Path) -> Option<Cluster> {
        if !postgres::is_wanted() {
            return None;
        }
        let programs = env::var_os("PATH").unwrap_or_default();
        let programs = env::split_paths(&programs).find(|folder| folder.join("pg_ctl").is_file());
        let programs = programs.expect("pg_ctl in PATH: run `cargo xtask with-postgres`");
        match Cluster::start(&programs, folder) {
            Ok(cluster) => Some(cluster),
            Err(reason) => panic!("{reason}"),
        }
    }

    /// The address of its database `postgres`.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Ends all of its processes at once, in whatever they are doing, as a crash does.
    #[track_caller]
    pub fn crash(&mut self) {
        self.wish("crash");
    }

    /// Starts it after a crash. Returns when it has recovered.
    #[track_caller]
    pub fn restart(&mut self) {
        self.wish("start");
    }

    /// Starts it anew with TLS under this certificate, both in PEM.
    #[track_caller]
    pub fn secure(&mut self, certificate: &str, key: &str) {
        self.wish(&format!("secure\n{certificate}\n.\n{key}\n."));
    }

    /// The rows that a query of its superuser gives, their columns parted by tabs.
    #[track_caller]
    pub fn rows(&self, query: &str) -> Vec<String> {
        postgres::rows(&self.url(), query)
    }

    #[track_caller]
    fn wish(&mut self, wish: &str) {
        let stdin = self.keeper.stdin.as_mut().expect("a keeper that listens");
        writeln!(stdin, "{wish}").expect("a keeper that runs");
        if let Err(reason) = self.hear() {
            panic!("{wish}: {reason}");
        }
    }

    fn hear(&mut self) -> Result<(), String> {
        let mut line = String::new();
        match self.answers.read_line(&mut line) {
            Ok(_) if line == "ready\n" => Ok(()),
            _ => Err("PostgreSQL did not start; it says why above".to_owned()),
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        if let Err(error) = self.keeper.wait() {
            postgres::warn(&format!(
                "the PostgreSQL cluster may still be running: {error}"
            ));
        }
    }
}

fn free_port() -> Result<u16, String> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| format!("no free port on 127.0.0.1: {error}"))
}

/// A command to which a program and its arguments are yet to be added.
///
/// The server refuses to run as root, which then becomes `postgres` or, failing that, `nobody`.
fn as_a_user_without_privilege() -> Result<Command, String> {
    let mut command = Command::new("env");
    if id("-u", None).as_deref() != Some("0") {
        return Ok(command);
    }
    let ids = ["postgres", "nobody"].map(|user| id("-u", Some(user)).zip(id("-g", Some(user))));
    let Some((user, group)) = ids.into_iter().flatten().next() else {
        return Err("root needs a user `postgres` or `nobody` to run PostgreSQL".to_owned());
    };
    command.args(["setpriv", "--clear-groups"]);
    command.args(["--reuid", &user, "--regid", &group]);
    Ok(command)
}

fn id(option: &str, user: Option<&str>) -> Option<String> {
    let output = Command::new("id").arg(option).args(user).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

fn with_system_programs(programs: &Path) -> String {
    format!("{}:/usr/local/bin:/usr/bin:/bin", programs.display())
}
