//! One job process that this server started.

use mlhub_domain::jobs::Attempt;
use std::io::SeekFrom;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio::process::Child;

/// So much of the end of a log is kept when a process fails, in bytes.
const TAIL: u64 = 4 << 10;

/// A job process.
#[derive(Debug)]
pub(crate) struct Process {
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

    /// Waits for its end; answers what to say of it if it handed in no result.
    pub(crate) async fn ended(&mut self) -> String {
        let (attempt, status) = (self.attempt, self.child.wait().await);
        match status {
            Ok(status) if status.success() => {}
            Ok(status) => {
                let said = tail(&self.log).await.unwrap_or_default();
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

async fn tail(log: &Path) -> std::io::Result<String> {
    let mut file = File::open(log).await?;
    let length = file.metadata().await?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL))).await?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes).await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
