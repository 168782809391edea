//! What was given, and where it was not.

use crate::security::Network;
use serde::Deserialize;
use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroU64};
use std::path::PathBuf;

/// Where the help has the settings that bound what people may use.
const LIMITS: &str = "Limits";

/// What was given on the command line or in the environment.
#[derive(clap::Args, Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Given {
    /// The folder that holds everything: database, objects, secrets. `/var/lib/mlhub` for root,
    /// else `./mlhub-data`.
    #[arg(long, env = "MLHUB_DATA")]
    pub(super) data: Option<PathBuf>,
    /// Where to listen; 127.0.0.1:3000 when absent.
    #[arg(long, env = "MLHUB_LISTEN")]
    pub(super) listen: Option<SocketAddr>,
    /// The address under which people reach this server, such as https://hub.example.org.
    #[arg(long, env = "MLHUB_BASE_URL")]
    pub(super) base_url: Option<String>,
    /// An outside PostgreSQL; without it ML Hub runs its own.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub(super) database_url: Option<DatabaseUrl>,
    /// The folder with the programs of PostgreSQL, for the one that ML Hub runs.
    #[arg(long, env = "MLHUB_PG_BIN")]
    pub(super) pg_bin: Option<PathBuf>,
    /// Started as root, the user to become; the owner of the data folder when absent.
    #[arg(long, env = "MLHUB_USER")]
    pub(super) user: Option<String>,
    /// Who may sign up: `open` or `closed`. Open by default only on a loopback address.
    #[arg(long, env = "MLHUB_REGISTRATION")]
    pub(super) registration: Option<Registration>,
    /// Proxies in front of this server, as addresses or networks with commas between them; whom
    /// they name in `X-Forwarded-For` is believed. None when absent.
    #[arg(long, env = "MLHUB_TRUSTED_PROXIES", value_delimiter = ',')]
    pub(super) trusted_proxies: Option<Vec<Network>>,
    /// The configuration file; `mlhub.toml` in the data folder when it is there.
    #[arg(long, env = "MLHUB_CONFIG")]
    #[serde(skip)]
    pub(super) config: Option<PathBuf>,
    /// The largest upload in bytes; 64 GiB when absent.
    #[arg(long, env = "MLHUB_UPLOAD_LIMIT", help_heading = LIMITS)]
    pub(super) upload_limit: Option<u64>,
    /// How many jobs run at once; when absent as many as there are cores, if there are 4 GiB of memory
    /// for each.
    #[arg(long, env = "MLHUB_JOBS", help_heading = LIMITS)]
    pub(super) jobs: Option<NonZeroU32>,
    /// The most memory of one job, in bytes. When absent, the jobs that run at once have nine tenths
    /// of what the machine, or its container, has between them.
    #[arg(long, env = "MLHUB_JOB_MEMORY", help_heading = LIMITS)]
    pub(super) job_memory: Option<NonZeroU64>,
    /// The largest file that a job may write, and the most that its scratch folder may hold, in
    /// bytes; 64 GiB when absent.
    #[arg(long, env = "MLHUB_JOB_SCRATCH", help_heading = LIMITS)]
    pub(super) job_scratch: Option<NonZeroU64>,
    /// Threads that each job may use; as many as there are cores when absent.
    #[arg(long, env = "MLHUB_JOB_THREADS", help_heading = LIMITS)]
    pub(super) job_threads: Option<NonZeroU32>,
    /// Seconds that a job may be silent before it is given to another process, and that it goes on
    /// while no server answers it; 60 when absent, at least 45.
    #[arg(long, env = "MLHUB_JOB_LEASE", help_heading = LIMITS)]
    pub(super) job_lease: Option<u64>,
    /// Jobs of one user that may wait or be at work; 1000 when absent.
    #[arg(long, env = "MLHUB_OPEN_JOBS", help_heading = LIMITS)]
    pub(super) open_jobs: Option<u32>,
    /// The largest model that predicts on this server, in bytes of its file; 256 MiB when absent. In
    /// memory it is a few times that.
    #[arg(long, env = "MLHUB_MODEL_LIMIT", help_heading = LIMITS)]
    pub(super) model_limit: Option<u64>,
    /// The models that are kept in memory between predictions, in bytes of their files; 512 MiB when
    /// absent.
    #[arg(long, env = "MLHUB_MODELS_KEPT", help_heading = LIMITS)]
    pub(super) models_kept: Option<u64>,
    /// Predictions a minute that visitors of one address may ask for; 60 when absent. Who is signed
    /// in has no such limit, and a loopback address has only that of all visitors together: behind a
    /// proxy on this machine that is not trusted, everybody has it.
    #[arg(long, env = "MLHUB_PREDICTIONS_PER_ADDRESS", help_heading = LIMITS)]
    pub(super) predictions_per_address: Option<NonZeroU32>,
    /// Predictions a minute that all visitors together may ask for; 3000 when absent.
    #[arg(long, env = "MLHUB_PREDICTIONS_OF_VISITORS", help_heading = LIMITS)]
    pub(super) predictions_of_visitors: Option<NonZeroU32>,
    /// Tabs of one user, or of the visitors of one address, that may follow runs at once; 50 when
    /// absent.
    #[arg(long, env = "MLHUB_TABS_EACH", help_heading = LIMITS)]
    pub(super) tabs_each: Option<u32>,
    /// Tabs of all visitors together that may follow runs at once; 1000 when absent.
    #[arg(long, env = "MLHUB_TABS_OF_VISITORS", help_heading = LIMITS)]
    pub(super) tabs_of_visitors: Option<u32>,
}

impl Given {
    /// This, and where it says nothing what the file says. Where everything lies and which file it is
    /// are known before the file is read.
    pub(super) fn over(self, file: Self) -> Self {
        Self {
            data: self.data,
            listen: self.listen.or(file.listen),
            base_url: self.base_url.or(file.base_url),
            database_url: self.database_url.or(file.database_url),
            pg_bin: self.pg_bin.or(file.pg_bin),
            user: self.user.or(file.user),
            registration: self.registration.or(file.registration),
            trusted_proxies: self.trusted_proxies.or(file.trusted_proxies),
            config: self.config,
            upload_limit: self.upload_limit.or(file.upload_limit),
            jobs: self.jobs.or(file.jobs),
            job_memory: self.job_memory.or(file.job_memory),
            job_scratch: self.job_scratch.or(file.job_scratch),
            job_threads: self.job_threads.or(file.job_threads),
            job_lease: self.job_lease.or(file.job_lease),
            open_jobs: self.open_jobs.or(file.open_jobs),
            model_limit: self.model_limit.or(file.model_limit),
            models_kept: self.models_kept.or(file.models_kept),
            predictions_per_address: self.predictions_per_address.or(file.predictions_per_address),
            predictions_of_visitors: self.predictions_of_visitors.or(file.predictions_of_visitors),
            tabs_each: self.tabs_each.or(file.tabs_each),
            tabs_of_visitors: self.tabs_of_visitors.or(file.tabs_of_visitors),
        }
    }
}

/// Who may make an account.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Registration {
    /// Everybody who can reach the server.
    Open,
    /// Only administrators make accounts.
    Closed,
}

/// The address of a database. It may hold a password: `Debug` shows nothing of it.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The whole address. Not for logs.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for DatabaseUrl {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.into()))
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DatabaseUrl(…)")
    }
}
