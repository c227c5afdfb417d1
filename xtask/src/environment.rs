//! What the tests find around them: a PostgreSQL cluster and senders of others' making.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use testkit::cluster::Cluster;

use crate::run::{Failure, Steps};
use crate::{setup_node, setup_postgres, setup_python};

/// A running cluster and the variables that lead to it; the cluster ends with this value.
pub(crate) struct Environment {
    cluster: Cluster,
    python_programs: PathBuf,
    node_modules: PathBuf,
    path: OsString,
}

impl Environment {
    /// Installs what is missing and starts the cluster.
    pub(crate) fn set_up(steps: &mut Steps) -> Result<Self, Failure> {
        let programs = steps.run("set up PostgreSQL", setup_postgres::programs)?;
        let python_programs = steps.run("set up python-hl7 and hl7apy", setup_python::programs)?;
        let node_modules = steps.run("set up node-hl7-client", setup_node::modules)?;
        let cluster = steps.run("start PostgreSQL", || {
            // A temporary folder of root's own would be closed to the server's user.
            let folder = Path::new("/tmp");
            Cluster::start(&programs, folder).map_err(Failure::new)
        })?;
        let path = before_path(programs)?;
        Ok(Self {
            cluster,
            python_programs,
            node_modules,
            path,
        })
    }

    /// `command` with the variables set.
    pub(crate) fn around(&self, mut command: Command) -> Command {
        command
            .env("CISTERN_TEST_POSTGRES", self.cluster.url())
            .env("CISTERN_MLLP_SEND", self.python_programs.join("mllp_send"))
            .env("CISTERN_PYTHON", self.python_programs.join("python"))
            .env("CISTERN_NODE_MODULES", &self.node_modules)
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
