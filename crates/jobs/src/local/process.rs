//! One job process that this server started.

use mlhub_domain::jobs::Attempt;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use tokio::process::Child;

/// So much of the end of a log is kept when a process fails, in bytes.
const TAIL: u64 = 4 << 10;

/// A job process.
#[derive(Debug)]
pub struct Process {
    attempt: Attempt,
    child: Child,
    log: PathBuf,
}

impl Process {
    pub(super) fn new(attempt: Attempt, child: Child, log: PathBuf) -> Self {
        Self { attempt, child, log }
    }

    pub(super) fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// The attempt that it is.
    pub fn attempt(&self) -> Attempt {
        self.attempt
    }

    /// Waits for its end; answers what to say of it if it handed in no result.
    pub async fn ended(&mut self) -> String {
        let (attempt, status) = (self.attempt, self.child.wait().await);
        match status {
            Ok(status) if status.success() => {}
            Ok(status) => {
                let said = tail(&self.log);
                tracing::warn!(job = %attempt, %status, said, "the process of job {attempt} failed");
            }
            Err(ref error) => {
                tracing::warn!(job = %attempt, %error, "job {attempt} is out of sight")
            }
        }
        status.map_or_else(|error| format!("its process is out of sight: {error}"), describe)
    }
}

fn describe(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(9), _) => {
            "its process was killed, most often because the machine ran out of memory".into()
        }
        (Some(6), _) => {
            "its process gave up, most often because it needed more memory than a job may use"
                .into()
        }
        (Some(signal), _) => format!("its process was ended by signal {signal}"),
        (None, Some(code)) => format!("its process ended with code {code} and without a result"),
        (None, None) => "its process ended without a result".into(),
    }
}

fn tail(log: &Path) -> String {
    let read = || -> std::io::Result<Vec<u8>> {
        let mut file = std::fs::File::open(log)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
        let mut bytes = Vec::new();
        file.take(TAIL).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_or_else(|_| String::new(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
}
