//! Which processes work on a cluster, and what the postmaster says of itself.
//!
//! A number in `postmaster.pid` proves nothing: after a crash it may belong to anybody. What
//! proves it is `/proc`: every process of a cluster works in the cluster's folder.

use super::User;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::process::Command;

/// A command of PostgreSQL's, run as `user`, that sees nothing of our environment (which may
/// hold secrets, and `PG…` variables that would change what it does).
pub(super) fn command(program: &Path, user: Option<&User>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().envs([("PATH", "/usr/bin:/bin"), ("LC_ALL", "C.UTF-8"), ("TZ", "UTC")]);
    command.current_dir("/").stdin(Stdio::null());
    if let Some(user) = user {
        command.uid(user.uid).gid(user.gid);
    }
    command
}

/// The file in which a postmaster says who and how far it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PidFile {
    pub(super) pid: u32,
    /// Where its socket is.
    pub(super) socket: PathBuf,
    /// It takes connections.
    pub(super) ready: bool,
}

impl PidFile {
    pub(super) fn read(cluster: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(cluster.join("postmaster.pid")).ok()?;
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        Some(Self {
            pid: lines.first()?.parse().ok()?,
            socket: lines.get(4).copied().unwrap_or_default().into(),
            ready: lines.get(7) == Some(&"ready"),
        })
    }
}

/// The postmaster that runs on `cluster` now, whoever started it.
pub(super) fn running(cluster: &Path) -> Option<PidFile> {
    PidFile::read(cluster).filter(|file| works_on(file.pid, cluster))
}

/// Whether `pid` is a living process of the server on `cluster`.
pub(super) fn works_on(pid: u32, cluster: &Path) -> bool {
    let proc = Path::new("/proc").join(pid.to_string());
    let exe = std::fs::read_link(proc.join("exe")).unwrap_or_default();
    // An administrator's shell may stand in the folder too.
    exe.file_name().is_some_and(|name| is_postgres(&name.to_string_lossy()))
        && same_folder(&proc.join("cwd"), cluster)
}

/// By inode: the same folder may be mounted at several paths.
fn same_folder(a: &Path, b: &Path) -> bool {
    match (std::fs::metadata(a), std::fs::metadata(b)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

/// After an upgrade of the package, the name of a running program ends in ` (deleted)`.
fn is_postgres(program: &str) -> bool {
    matches!(program.trim_end_matches(" (deleted)"), "postgres" | "postmaster")
}

/// Every process of the server on `cluster`. After a postmaster was killed, its backends may
/// go on for as long as a query takes.
pub(super) fn all_on(cluster: &Path) -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|&pid| works_on(pid, cluster)).collect()
}

/// Sends `signal`; a process that is gone has already done what was asked.
pub(super) fn signal(pid: u32, signal: Signal) {
    let Ok(pid) = i32::try_from(pid) else { return };
    if let Err(error) = kill(Pid::from_raw(pid), signal) {
        tracing::debug!(pid, %signal, %error, "the process did not take the signal");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pid_file_is_read_at_every_stage() {
        let folder = tempfile::tempdir().unwrap();
        let read = |text: &str| {
            std::fs::write(folder.path().join("postmaster.pid"), text).unwrap();
            PidFile::read(folder.path())
        };
        assert_eq!(read(""), None);
        let half = read("4711\n/data\n1760000000\n").unwrap();
        assert_eq!((half.pid, half.ready), (4711, false));
        let whole = "4711\n/data\n1760000000\n5432\n/run/x\n\n  12 34\nready   \n";
        let whole = read(whole).unwrap();
        assert_eq!(whole, PidFile { pid: 4711, socket: "/run/x".into(), ready: true });
        assert!(!read("4711\n/d\n1\n5432\n/run/x\n\n12\nstopping\n").unwrap().ready);
    }

    #[test]
    fn a_number_that_belongs_to_somebody_else_is_no_server() {
        let here = std::env::current_dir().unwrap();
        assert!(!works_on(std::process::id(), &here));
        assert!(all_on(&here).is_empty());
        assert!(is_postgres("postgres (deleted)") && !is_postgres("postgres-exporter"));
    }
}
