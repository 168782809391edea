//! The postmaster of one cluster: start it, take it over, wait for it, stop it.

use super::folder::Folder;
use super::processes::{PidFile, all_on, command, running, signal, works_on};
use super::{ClusterError, Durability};
use nix::sys::signal::Signal;
use std::ffi::OsString;
use std::fs;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::ExitStatus;
use std::time::Duration;
use tokio::process::Child;
use tokio::time::{Instant, sleep, timeout};

/// How long recovery after a crash may take; it replays at most `max_wal_size`.
const START_LIMIT: Duration = Duration::from_secs(15 * 60);
/// How long a fast stop may write its last checkpoint, before it is made a crash.
const STOP_LIMIT: Duration = Duration::from_secs(60);
/// How long what must end at once may take to end.
const KILL_LIMIT: Duration = Duration::from_secs(5);
/// A log larger than this, in bytes, is put aside at the next start.
const LOG_LIMIT: u64 = 8 << 20;

/// How to start the postmaster of one cluster.
#[derive(Debug)]
pub(super) struct Launch {
    folder: Folder,
    program: PathBuf,
    options: Vec<OsString>,
}

/// A postmaster that was started or taken over.
#[derive(Debug)]
pub(super) enum Postmaster {
    /// Started by us, with where its messages begin in the log, in bytes.
    Child { child: Child, log_from: u64 },
    /// Left running by a server that was killed.
    Adopted { pid: u32, cluster: PathBuf },
}

impl Launch {
    pub(super) fn new(
        folder: Folder,
        program: PathBuf,
        socket: &Path,
        durability: Durability,
    ) -> Self {
        let mut options = vec![OsString::from("-D"), folder.cluster().into()];
        let mut set = |name: &str, value: &dyn AsRef<std::ffi::OsStr>| {
            let mut setting = OsString::from(format!("{name}="));
            setting.push(value.as_ref());
            options.extend(["-c".into(), setting]);
        };
        set("listen_addresses", &"");
        set("port", &"5432");
        set("unix_socket_directories", &socket);
        set("unix_socket_permissions", &"0700");
        set("cluster_name", &"mlhub");
        set("log_destination", &"stderr");
        set("logging_collector", &"off");
        let on = if durability == Durability::Durable { "on" } else { "off" };
        set("fsync", &on);
        set("full_page_writes", &on);
        // One call after a crash instead of one for each of a thousand files.
        set("recovery_init_sync_method", &"syncfs");
        // Even for tests: they kill PostgreSQL and want to find what was committed.
        set("synchronous_commit", &"on");
        Self { folder, program, options }
    }

    pub(super) fn log(&self) -> PathBuf {
        self.folder.log()
    }

    /// Takes over the postmaster that runs, or starts one, and waits until it answers, unless
    /// `until` is done before.
    pub(super) async fn adopt_or_start(
        &self,
        mut until: Pin<&mut impl Future<Output = ()>>,
    ) -> Result<Postmaster, ClusterError> {
        let cluster = self.folder.cluster();
        if let Some(PidFile { pid, .. }) = running(&cluster) {
            let mut left = Postmaster::Adopted { pid, cluster };
            if self.runs_with_these_options() {
                match self.ready(&mut left, until.as_mut()).await {
                    Ok(()) => {
                        tracing::info!(pid, "took over the PostgreSQL that an earlier mlhub left");
                        return Ok(left);
                    }
                    Err(ClusterError::Stopped) => return Err(ClusterError::Stopped),
                    Err(_) => {}
                }
            }
            left.stop().await;
        }
        let mut started = self.spawn().await?;
        self.ready(&mut started, until).await?;
        Ok(started)
    }

    /// Starts a postmaster where none runs; it is not ready yet.
    pub(super) async fn spawn(&self) -> Result<Postmaster, ClusterError> {
        self.clear_leftovers().await;
        let path = self.log();
        rotate(&path);
        let log = self.folder.create(&path)?;
        let log_from = log.metadata().map_or(0, |meta| meta.len());
        let copy = log.try_clone().map_err(ClusterError::io("open", &path))?;
        let mut postgres = command(&self.program, self.folder.run_as());
        // A process group of its own: Ctrl-C in the terminal is for the server alone, which
        // stops the cluster when it has finished with it.
        postgres.args(&self.options).stdout(log).stderr(copy).process_group(0);
        let child = postgres.spawn().map_err(ClusterError::io("run", &self.program))?;
        Ok(Postmaster::Child { child, log_from })
    }

    /// Waits until `postmaster` takes connections. When it does not, or `until` is done before, it is
    /// stopped.
    pub(super) async fn ready(
        &self,
        postmaster: &mut Postmaster,
        until: Pin<&mut impl Future<Output = ()>>,
    ) -> Result<(), ClusterError> {
        let (cluster, log_from) = (self.folder.cluster(), postmaster.log_from());
        let pid = postmaster.pid();
        let started = Instant::now();
        let answers = async {
            let is_ready = |file: PidFile| Some(file.pid) == pid && file.ready;
            while !PidFile::read(&cluster).is_some_and(is_ready) {
                // Quick at first, as a start is; gentle while a long recovery runs.
                let pause = started.elapsed() / 8;
                sleep(pause.clamp(Duration::from_millis(2), Duration::from_millis(500))).await;
            }
        };
        let reason = tokio::select! {
            () = answers => {
                let took_ms = started.elapsed().as_millis();
                tracing::debug!(took_ms, "PostgreSQL is ready after {took_ms} ms");
                return Ok(());
            }
            how = postmaster.exit() => how,
            () = until => {
                postmaster.stop().await;
                return Err(ClusterError::Stopped);
            }
            () = sleep(START_LIMIT) => format!("it was not ready after {START_LIMIT:?}"),
        };
        postmaster.stop().await;
        let log = self.log();
        let tail = tail(&log, log_from);
        Err(ClusterError::Start { reason, log, tail })
    }

    /// A server with other options (a test's without fsync, another socket) is not taken over.
    fn runs_with_these_options(&self) -> bool {
        let mut expected = Vec::new();
        for option in &self.options {
            expected.extend_from_slice(b" \"");
            expected.extend_from_slice(option.as_encoded_bytes());
            expected.push(b'"');
        }
        let said = fs::read(self.folder.cluster().join("postmaster.opts")).unwrap_or_default();
        said.trim_ascii_end().ends_with(&expected)
    }

    /// After a `kill -9` of the postmaster: ends the backends that do not know it yet, then
    /// removes its files. PostgreSQL would refuse to start for a file whose number belongs to
    /// any living process of this user, which in a container is often so.
    async fn clear_leftovers(&self) {
        let cluster = self.folder.cluster();
        // Without `/proc` we cannot know that nobody works there: then PostgreSQL decides.
        if !Path::new("/proc/self/cwd").exists() {
            return;
        }
        for severity in [Signal::SIGQUIT, Signal::SIGKILL] {
            let left = all_on(&cluster);
            if left.is_empty() {
                break;
            }
            tracing::warn!(?left, signal = %severity, "ending processes of a dead PostgreSQL");
            left.into_iter().for_each(|pid| signal(pid, severity));
            let gone = async {
                while !all_on(&cluster).is_empty() {
                    sleep(Duration::from_millis(10)).await;
                }
            };
            // Whoever is still there gets the next signal.
            let _ = timeout(KILL_LIMIT, gone).await;
        }
        let socket = PidFile::read(&cluster).map(|file| file.socket.join(".s.PGSQL.5432.lock"));
        for file in [Some(cluster.join("postmaster.pid")), socket].into_iter().flatten() {
            // Usually neither is there; if one cannot be removed, PostgreSQL says so.
            let _ = fs::remove_file(file);
        }
    }
}

impl Postmaster {
    /// Its number; none once it has ended.
    pub(super) fn pid(&self) -> Option<u32> {
        match self {
            Self::Child { child, .. } => child.id(),
            Self::Adopted { pid, cluster } => works_on(*pid, cluster).then_some(*pid),
        }
    }

    fn log_from(&self) -> u64 {
        match self {
            Self::Child { log_from, .. } => *log_from,
            Self::Adopted { .. } => u64::MAX,
        }
    }

    /// Waits until it ends and says how. May be called again after that.
    pub(super) async fn exit(&mut self) -> String {
        match self {
            Self::Child { child, .. } => match child.wait().await {
                Ok(status) => in_words(status),
                Err(error) => format!("it could not be waited for: {error}"),
            },
            // Not our child: the system does not tell us, and we do not learn how.
            Self::Adopted { pid, cluster } => {
                while works_on(*pid, cluster) {
                    sleep(Duration::from_millis(200)).await;
                }
                "it ended".to_owned()
            }
        }
    }

    /// Ends all connections, writes everything down, ends. At worst it is killed, which loses
    /// nothing either: the next start recovers.
    pub(super) async fn stop(&mut self) {
        let steps = [
            (Signal::SIGINT, STOP_LIMIT),
            (Signal::SIGQUIT, KILL_LIMIT),
            (Signal::SIGKILL, KILL_LIMIT),
        ];
        for (severity, limit) in steps {
            let Some(pid) = self.pid() else { break };
            if severity != Signal::SIGINT {
                tracing::warn!(pid, signal = %severity, "PostgreSQL does not stop; ending it");
            }
            signal(pid, severity);
            if timeout(limit, self.exit()).await.is_ok() {
                break;
            }
        }
    }
}

fn in_words(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("it ended with code {code}"),
        (None, Some(signal)) => format!("it was ended by signal {signal}"),
        (None, None) => "it ended".to_owned(),
    }
}

/// Puts a long log aside, over the one before it.
fn rotate(log: &Path) {
    if fs::metadata(log).is_ok_and(|meta| meta.len() > LOG_LIMIT)
        && let Err(error) = fs::rename(log, log.with_extension("log.1"))
    {
        tracing::warn!(log = %log.display(), %error, "could not put the old log aside");
    }
}

/// The last lines that were written to `log` after its first `from` bytes.
fn tail(log: &Path, from: u64) -> String {
    let mut bytes = Vec::new();
    let read = fs::File::open(log).and_then(|mut file| {
        let end = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(from.max(end.saturating_sub(4096)).min(end)))?;
        file.read_to_end(&mut bytes)
    });
    if let Err(error) = read {
        return format!("(not readable: {error})");
    }
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(10)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_put_aside_when_it_is_long_and_never_shortened() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("postgres.log");
        fs::write(&log, "short").unwrap();
        rotate(&log);
        assert_eq!(fs::read(&log).unwrap(), b"short");

        fs::File::create(&log).unwrap().set_len(LOG_LIMIT + 1).unwrap();
        rotate(&log);
        assert!(!log.exists());
        assert_eq!(
            fs::metadata(folder.path().join("postgres.log.1")).unwrap().len(),
            LOG_LIMIT + 1
        );
    }

    #[test]
    fn the_tail_shows_only_what_this_start_wrote() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("postgres.log");
        fs::write(&log, "old\nFATAL: new\n").unwrap();
        assert_eq!(tail(&log, 4), "FATAL: new");
        assert_eq!(tail(&log, u64::MAX), "");
        assert!(tail(Path::new("/nowhere"), 0).starts_with("(not readable"));
    }
}
