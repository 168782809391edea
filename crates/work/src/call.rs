//! What the process was called with.

/// The environment of a job process.
#[derive(Clone, Debug)]
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
}

impl Call {
    pub(crate) fn from_environment() -> Result<Self, String> {
        let needed = |name: &str| {
            variable(name).ok_or_else(|| {
                format!("{name} is not set: the server starts this command, not a person")
            })
        };
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Ok(Self {
            url: needed("MLHUB_JOB_URL")?,
            token: needed("MLHUB_JOB_TOKEN")?,
            threads: number("OMP_NUM_THREADS").unwrap_or(cores),
            memory: number("MLHUB_JOB_MEMORY"),
            scratch: number("MLHUB_JOB_SCRATCH"),
        })
    }
}

fn number<T: std::str::FromStr>(name: &str) -> Option<T> {
    variable(name)?.parse().ok()
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
