//! What the tests find around them: a PostgreSQL cluster and `mllp_send`.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use testkit::cluster::Cluster;

use crate::run::{Failure, Steps};
use crate::{setup_mllp_send, setup_postgres};

/// A running cluster and the variables that lead to it; the cluster ends with this value.
pub(crate) struct Environment {
    cluster: Cluster,
    mllp_send: PathBuf,
    path: OsString,
}

impl Environment {
    /// Installs what is missing and starts the cluster.
    pub(crate) fn set_up(steps: &mut Steps) -> Result<Self, Failure> {
        let programs = steps.run("set up PostgreSQL", setup_postgres::programs)?;
        let mllp_send = steps.run("set up mllp_send", setup_mllp_send::program)?;
        let cluster = steps.run("start PostgreSQL", || {
            // A temporary folder of root's own would be closed to the server's user.
            let folder = Path::new("/tmp");
            Cluster::start(&programs, folder).map_err(Failure::new)
        })?;
        let path = before_path(programs)?;
        Ok(Self {
            cluster,
            mllp_send,
            path,
        })
    }

    /// `command` with the variables set.
    pub(crate) fn around(&self, mut command: Command) -> Command {
        command
            .env("CISTERN_TEST_POSTGRES", self.cluster.url())
            .env("CISTERN_MLLP_SEND", &self.mllp_send)
            .env("CISTERN_REQUIRE_ALL", "1")
            .env("PATH", &self.path);
        command
    }
}

/// `PATH` with `folder` in front, so that the clients are of the server's version.
fn before_path(folder: PathBuf) -> Result<OsString, Failure> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder).chain(env::split_paths(&path));
    env::join_paths(folders).map_err(|error| Failure::new(format!("PATH: {error}")))
}
