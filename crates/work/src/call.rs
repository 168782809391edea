//! What the process was called with.

use std::io::{Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::time::Duration;

/// The longest token, in bytes.
const TOKEN: u64 = 4 << 10;

/// The lease when none is told.
const LEASE: Duration = Duration::from_secs(60);

/// What a job process is told: by its environment, and its token by the one that started it.
#[derive(Clone)]
pub(crate) struct Call {
    /// `…/internal/jobs/12`.
    pub(crate) url: String,
    /// `mlhj_…`.
    pub(crate) token: String,
    /// Threads to use.
    pub(crate) threads: usize,
    /// The most memory, in bytes.
    pub(crate) memory: Option<u64>,
    /// The largest file, in bytes.
    pub(crate) scratch: Option<u64>,
    /// So long it may be silent before another attempt begins.
    pub(crate) lease: Duration,
}

impl Call {
    /// Asks for it. The process must have hidden before: the token comes now.
    pub(crate) fn receive() -> Result<Self, String> {
        const WHO: &str = "the server starts this command, not a person";
        let url = variable("MLHUB_JOB_URL");
        let url = url.ok_or_else(|| format!("MLHUB_JOB_URL is not set: {WHO}"))?;
        let token = token().map_err(|error| format!("there is no token ({error}): {WHO}"))?;
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Ok(Self {
            url,
            token,
            threads: number("OMP_NUM_THREADS").unwrap_or(cores),
            memory: number("MLHUB_JOB_MEMORY"),
            scratch: number("MLHUB_JOB_SCRATCH"),
            lease: number("MLHUB_JOB_LEASE").map_or(LEASE, Duration::from_secs),
        })
    }
}

/// The standard input is a socket to the server: it gives the token to who says a byte.
fn token() -> std::io::Result<String> {
    let mut server = UnixStream::from(std::io::stdin().as_fd().try_clone_to_owned()?);
    server.write_all(&[0])?;
    let mut token = String::new();
    server.take(TOKEN).read_to_string(&mut token)?;
    Ok(token)
}

fn number<T: std::str::FromStr>(name: &str) -> Option<T> {
    variable(name)?.parse().ok()
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
