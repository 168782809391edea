//! Jobs as processes on this machine: `mlhub job`, with an address in its environment and a folder
//! of its own. Its token it is handed once it has hidden: until then other processes of its user
//! may look into it.
//!
//! ```text
//! <folder>/node        the name of this node, made once
//! <folder>/port        where the job API listens; processes that outlive the server find it again
//! <folder>/12-1/       the scratch folder of attempt 1 at job 12, its working directory
//! <folder>/12-1.pid    its process, also the number of its process group
//! <folder>/12-1.log    what it says on stdout and stderr
//! ```

mod folder;
mod process;

use crate::Settings;
use crate::token::JobToken;
use folder::Folder;
use mlhub_domain::jobs::Attempt;
use process::Process;
use std::collections::HashSet;
use std::io::{self, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// So long may a process take until it has hidden: some milliseconds are enough.
const HIDING: Duration = Duration::from_secs(3);

/// The stack of a thread of LightGBM's. All of it counts as the job's memory, and the usual 8 MiB
/// for each of many cores would be much of it.
const STACK: &str = "4M";

/// Starts job processes on this machine.
#[derive(Debug)]
pub struct Local {
    folder: Folder,
    program: PathBuf,
    worker: String,
    url: String,
    threads: u32,
    memory: Option<u64>,
    scratch: u64,
    lease: Duration,
}

impl Local {
    /// Processes of `program` below `folder`, which speak to the job API at `url`
    /// (`http://127.0.0.1:port`).
    ///
    /// # Errors
    /// When the folder cannot be made or written.
    pub fn open(
        folder: &Path,
        program: PathBuf,
        url: String,
        settings: &Settings,
    ) -> io::Result<Self> {
        let folder = Folder::open(folder)?;
        let worker = folder.node()?;
        let Settings { threads, memory, scratch, lease, .. } = *settings;
        Ok(Self { folder, program, worker, url, threads, memory, scratch, lease })
    }

    /// The name of this node: the same after a restart.
    pub fn worker(&self) -> &str {
        &self.worker
    }

    /// Starts the process of an attempt. Takes a moment, and blocks.
    pub(crate) fn start(&self, attempt: Attempt, token: &JobToken) -> io::Result<Process> {
        let scratch = self.folder.make_scratch(attempt)?;
        let log = self.folder.log(attempt);
        let mut command = tokio::process::Command::new(&self.program);
        command
            .arg0("mlhub")
            .arg("job")
            .env_clear()
            .env("MLHUB_JOB_URL", format!("{}/internal/jobs/{}", self.url, attempt.job))
            .env("MLHUB_JOB_SCRATCH", self.scratch.to_string())
            .env("MLHUB_JOB_LEASE", self.lease.as_secs().to_string())
            .env("TMPDIR", &scratch)
            .env("OMP_WAIT_POLICY", "PASSIVE")
            .env("CANDLE_NUM_THREADS", "1")
            .env("OMP_STACKSIZE", STACK)
            .env("OMP_NUM_THREADS", self.threads.to_string())
            .env("RAYON_NUM_THREADS", self.threads.to_string());
        if let Some(memory) = self.memory {
            command.env("MLHUB_JOB_MEMORY", memory.to_string());
        }
        // A file, not a pipe: the process goes on when the server is gone.
        let (out, err) = (folder::append(&log)?, folder::append(&log)?);
        let (ours, theirs) = UnixStream::pair()?;
        command.current_dir(&scratch).stdin(OwnedFd::from(theirs)).stdout(out).stderr(err);
        // Its own group: Ctrl-C ends the server and not the jobs, and a kill takes its children.
        let mut child = command.process_group(0).kill_on_drop(false).spawn()?;
        // With it goes the other end, so that a process that dies at once is not waited for.
        drop(command);
        if let Err(error) = hand_over(ours, token) {
            // It has no token and does nothing; if it cannot be killed, it ends by itself.
            let _ = child.start_kill();
            return Err(error);
        }
        let process = Process::new(attempt, child, log);
        // Only now: a process without its token is not to be adopted by the next server.
        if let Some(pid) = process.pid() {
            self.folder.write_pid(attempt, pid)?;
        }
        Ok(process)
    }

    /// Ends the process of an attempt, whoever started it, and all that it started.
    pub(crate) fn kill(&self, attempt: Attempt) {
        self.folder.kill(attempt);
    }

    /// Whether the process of an attempt lives, whoever started it.
    pub(crate) fn alive(&self, attempt: Attempt) -> bool {
        self.folder.process(attempt).is_some()
    }

    /// Removes what an attempt leaves behind.
    pub(crate) fn remove(&self, attempt: Attempt) {
        self.folder.kill(attempt);
        self.folder.remove(attempt);
    }

    /// Ends and removes every attempt that is not in `running`, and keeps the logs of the others
    /// short.
    pub(crate) fn sweep(&self, running: &HashSet<Attempt>) {
        for attempt in self.folder.attempts() {
            if running.contains(&attempt) {
                self.folder.trim_log(attempt);
            } else {
                tracing::info!(job = %attempt, "removing what job {attempt} left behind");
                self.remove(attempt);
            }
        }
    }

    /// The bytes in each scratch folder.
    pub(crate) fn scratch_sizes(&self) -> Vec<(Attempt, u64)> {
        let sized = |attempt| (attempt, folder::size(&self.folder.scratch(attempt)));
        self.folder.attempts().into_iter().map(sized).collect()
    }
}

/// Waits until the process at the other end says that it has hidden, and gives it its token.
fn hand_over(mut ours: UnixStream, token: &JobToken) -> io::Result<()> {
    ours.set_read_timeout(Some(HIDING))?;
    ours.read_exact(&mut [0])?;
    ours.write_all(token.reveal().as_bytes())
}
