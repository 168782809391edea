//! What lies where below the folder of jobs.

use mlhub_domain::ids::JobId;
use mlhub_domain::jobs::Attempt;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// A log longer than this begins anew, in bytes.
const MAX_LOG: u64 = 4 << 20;

#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
}

impl Folder {
    pub(super) fn open(root: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(root)?;
        Ok(Self { root: root.canonicalize()? })
    }

    /// The name of this node, made up on the first start.
    pub(super) fn node(&self) -> io::Result<String> {
        let path = self.root.join("node");
        match fs::read_to_string(&path) {
            Ok(name) if !name.trim().is_empty() => Ok(name.trim().into()),
            Ok(_) => self.name_node(&path),
            Err(error) if error.kind() == ErrorKind::NotFound => self.name_node(&path),
            Err(error) => Err(error),
        }
    }

    fn name_node(&self, path: &Path) -> io::Result<String> {
        let name = format!("node-{}", hex::encode(rand::random::<[u8; 6]>()));
        fs::write(path, &name)?;
        Ok(name)
    }

    pub(super) fn scratch(&self, attempt: Attempt) -> PathBuf {
        self.root.join(attempt.to_string())
    }

    pub(super) fn log(&self, attempt: Attempt) -> PathBuf {
        self.root.join(format!("{attempt}.log"))
    }

    fn pid_file(&self, attempt: Attempt) -> PathBuf {
        self.root.join(format!("{attempt}.pid"))
    }

    pub(super) fn make_scratch(&self, attempt: Attempt) -> io::Result<PathBuf> {
        let scratch = self.scratch(attempt);
        DirBuilder::new().mode(0o700).create(&scratch)?;
        Ok(scratch)
    }

    /// Writes down which process an attempt is: its number, and when it was started.
    pub(super) fn write_pid(&self, attempt: Attempt, pid: u32) -> io::Result<()> {
        let born = born(pid).unwrap_or_default();
        fs::write(self.pid_file(attempt), format!("{pid} {born}"))
    }

    /// The attempts that left something here.
    pub(super) fn attempts(&self) -> Vec<Attempt> {
        let Ok(entries) = fs::read_dir(&self.root) else { return Vec::new() };
        let attempt = |entry: io::Result<fs::DirEntry>| {
            let name = entry.ok()?.file_name();
            let name = name.to_str()?;
            // A folder may be gone when the files beside it are not: each of them counts.
            let stem = name.split('.').next()?;
            let (job, number) = stem.split_once('-')?;
            Some(Attempt { job: JobId(job.parse().ok()?), number: number.parse().ok()? })
        };
        let mut found: Vec<Attempt> = entries.filter_map(attempt).collect();
        found.sort_by_key(|attempt| (attempt.job, attempt.number));
        found.dedup();
        found
    }

    /// Ends the process group of an attempt.
    pub(super) fn kill(&self, attempt: Attempt) {
        if let Some(pid) = self.process(attempt)
            && let Err(error) = killpg(pid, Signal::SIGKILL)
        {
            tracing::warn!(job = %attempt, %error, "could not end the process of job {attempt}");
        }
    }

    /// The process of an attempt, if it lives. Numbers of processes come back: it is the one that
    /// was started when ours was. (Its folder would say so too, but jobs let nobody look.)
    pub(super) fn process(&self, attempt: Attempt) -> Option<Pid> {
        let text = fs::read_to_string(self.pid_file(attempt)).ok()?;
        let (pid, start) = text.trim().split_once(' ')?;
        let pid: u32 = pid.parse().ok()?;
        let ours = born(pid)? == start.parse::<u64>().ok()?;
        ours.then_some(Pid::from_raw(i32::try_from(pid).ok()?))
    }

    /// Removes the scratch folder of an attempt and what lies beside it.
    pub(super) fn remove(&self, attempt: Attempt) {
        let removed = [
            fs::remove_dir_all(self.scratch(attempt)),
            fs::remove_file(self.log(attempt)),
            // Last: without it a process could not be found again.
            fs::remove_file(self.pid_file(attempt)),
        ];
        for error in removed.into_iter().filter_map(Result::err) {
            if error.kind() != ErrorKind::NotFound {
                tracing::warn!(job = %attempt, %error, "could not remove what job {attempt} left");
            }
        }
    }

    pub(super) fn trim_log(&self, attempt: Attempt) {
        let path = self.log(attempt);
        if fs::metadata(&path).is_ok_and(|log| log.len() > MAX_LOG) {
            // Writers append: they go on at the new end.
            let cut = OpenOptions::new().write(true).open(&path).and_then(|log| log.set_len(0));
            if let Err(error) = cut {
                tracing::warn!(job = %attempt, %error, "could not shorten the log of job {attempt}");
            }
        }
    }
}

/// When a living process was started, in ticks since the machine was. None of one that has ended
/// and only waits for us to ask how.
fn born(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is a name in brackets that may hold anything; the state follows it, and
    // the start is field 22.
    let mut rest = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    if matches!(rest.next()?, "Z" | "X") {
        return None;
    }
    rest.nth(18)?.parse().ok()
}

pub(super) fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}

/// The bytes of the files in a folder and below it; what cannot be seen counts nothing.
pub(super) fn size(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let bytes = |entry: fs::DirEntry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => size(&entry.path()),
        Ok(kind) if kind.is_file() => entry.metadata().map_or(0, |meta| meta.len()),
        _ => 0,
    };
    entries.flatten().map(bytes).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_process_is_known_by_its_number_and_its_start() {
        let temp = tempfile::tempdir().unwrap();
        let folder = Folder::open(temp.path()).unwrap();
        let attempt = Attempt { job: JobId(12), number: 1 };
        assert_eq!(folder.process(attempt), None);
        let mut child = Command::new("sleep").arg("600").spawn().unwrap();
        folder.write_pid(attempt, child.id()).unwrap();
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
        assert_eq!(folder.process(attempt), Some(pid));

        let born = born(child.id()).unwrap();
        fs::write(folder.pid_file(attempt), format!("{pid} {}", born + 1)).unwrap();
        assert_eq!(folder.process(attempt), None, "the number belongs to another one now");

        folder.write_pid(attempt, child.id()).unwrap();
        child.kill().unwrap();
        while folder.process(attempt).is_some() {
            std::thread::yield_now();
        }
        child.wait().unwrap();
    }
}
