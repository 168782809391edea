//! What the operator decides: flags before `MLHUB_*` variables before `mlhub.toml` before
//! defaults. Read once at the start; unknown keys are errors.

use crate::security::Network;
use anyhow::{Context, bail};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// What was given on the command line or in the environment.
#[derive(clap::Args, Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Given {
    /// The folder that holds everything: database, objects, secrets. `/var/lib/mlhub` for root,
    /// else `./mlhub-data`.
    #[arg(long, env = "MLHUB_DATA")]
    data: Option<PathBuf>,
    /// Where to listen; 127.0.0.1:3000 when absent.
    #[arg(long, env = "MLHUB_LISTEN")]
    listen: Option<SocketAddr>,
    /// The address under which people reach this server, such as https://hub.example.org.
    #[arg(long, env = "MLHUB_BASE_URL")]
    base_url: Option<String>,
    /// An outside PostgreSQL; without it ML Hub runs its own.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<DatabaseUrl>,
    /// The folder with the programs of PostgreSQL, for the one that ML Hub runs.
    #[arg(long, env = "MLHUB_PG_BIN")]
    pg_bin: Option<PathBuf>,
    /// Started as root, the user to become; the owner of the data folder when absent.
    #[arg(long, env = "MLHUB_USER")]
    user: Option<String>,
    /// How many jobs run at once; as many as there are cores when absent.
    #[arg(long, env = "MLHUB_JOBS")]
    jobs: Option<usize>,
    /// Who may sign up: `open` or `closed`. Open by default only on a loopback address.
    #[arg(long, env = "MLHUB_REGISTRATION")]
    registration: Option<Registration>,
    /// The largest upload in bytes; 64 GiB when absent.
    #[arg(long, env = "MLHUB_UPLOAD_LIMIT")]
    upload_limit: Option<u64>,
    /// Proxies in front of this server, as addresses or networks with commas between them; whom
    /// they name in `X-Forwarded-For` is believed. None when absent.
    #[arg(long, env = "MLHUB_TRUSTED_PROXIES", value_delimiter = ',')]
    trusted_proxies: Option<Vec<Network>>,
    /// The configuration file; `mlhub.toml` in the data folder when it is there.
    #[arg(long, env = "MLHUB_CONFIG")]
    #[serde(skip)]
    config: Option<PathBuf>,
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

/// The configuration in force.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder that holds everything.
    pub data: PathBuf,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address under which people reach this server, without a slash at the end.
    pub base_url: Option<String>,
    /// An outside PostgreSQL.
    pub database_url: Option<DatabaseUrl>,
    /// The folder with the programs of PostgreSQL.
    pub pg_bin: Option<PathBuf>,
    /// Started as root, the user to become.
    pub user: Option<String>,
    /// How many jobs run at once.
    pub jobs: usize,
    /// Whether everybody may sign up.
    pub registration: Registration,
    /// The largest upload in bytes.
    pub upload_limit: u64,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// The value of `PATH`, for finding PostgreSQL.
    pub path: Option<std::ffi::OsString>,
    /// The value of `XDG_RUNTIME_DIR`, for the socket of the cluster.
    pub runtime: Option<PathBuf>,
}

impl Config {
    /// Puts flags, environment, file and defaults together.
    ///
    /// # Errors
    /// Says which key or value is wrong, and where it stands.
    pub fn load(given: Given) -> anyhow::Result<Self> {
        refuse_unknown_variables(
            std::env::vars_os().filter_map(|(key, _)| key.into_string().ok()),
        )?;
        let data = given.data.clone().unwrap_or_else(default_data);
        let data = std::path::absolute(&data)
            .with_context(|| format!("the data folder {} is not a path", data.display()))?;
        let file = read_file(given.config.as_deref(), &data)?;
        let listen = given
            .listen
            .or(file.listen)
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 3000)));
        let registration = given.registration.or(file.registration).unwrap_or({
            if listen.ip().is_loopback() { Registration::Open } else { Registration::Closed }
        });
        Ok(Self {
            listen,
            registration,
            base_url: given.base_url.or(file.base_url).map(checked_url).transpose()?,
            database_url: given.database_url.or(file.database_url),
            pg_bin: given.pg_bin.or(file.pg_bin),
            user: given.user.or(file.user),
            jobs: given.jobs.or(file.jobs).unwrap_or_else(cores).max(1),
            upload_limit: given.upload_limit.or(file.upload_limit).unwrap_or(64 << 30),
            trusted_proxies: given.trusted_proxies.or(file.trusted_proxies).unwrap_or_default(),
            path: variable("PATH"),
            runtime: variable("XDG_RUNTIME_DIR").map(PathBuf::from),
            data,
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn variable(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name)
}

fn default_data() -> PathBuf {
    if nix::unistd::geteuid().is_root() { "/var/lib/mlhub".into() } else { "mlhub-data".into() }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn read_file(named: Option<&Path>, data: &Path) -> anyhow::Result<Given> {
    let path = named.map_or_else(|| data.join("mlhub.toml"), Path::to_path_buf);
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            toml::from_str(&text).with_context(|| format!("{} cannot be used", path.display()))
        }
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
            Ok(Given::default())
        }
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

fn checked_url(url: String) -> anyhow::Result<String> {
    let url = url.trim_end_matches('/').to_owned();
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains('/') => Ok(url),
        _ => bail!("base-url “{url}” is not of the form https://hub.example.org"),
    }
}

const VARIABLES: [&str; 10] = [
    "MLHUB_DATA",
    "MLHUB_LISTEN",
    "MLHUB_BASE_URL",
    "MLHUB_PG_BIN",
    "MLHUB_USER",
    "MLHUB_JOBS",
    "MLHUB_REGISTRATION",
    "MLHUB_UPLOAD_LIMIT",
    "MLHUB_TRUSTED_PROXIES",
    "MLHUB_CONFIG",
];

/// Variables of other tools around ML Hub: build, tests, scripts.
const OTHERS: [&str; 3] = ["MLHUB_SITE", "MLHUB_TOKEN", "MLHUB_LOG"];

fn refuse_unknown_variables(names: impl Iterator<Item = String>) -> anyhow::Result<()> {
    for name in names.filter(|name| name.starts_with("MLHUB_")) {
        if !VARIABLES.contains(&name.as_str()) && !OTHERS.contains(&name.as_str()) {
            bail!("the variable {name} is not known; known are {}", VARIABLES.join(", "));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_variable_is_refused() {
        assert!(
            refuse_unknown_variables(["MLHUB_LISTEN".into(), "HOME".into()].into_iter()).is_ok()
        );
        let error = refuse_unknown_variables(["MLHUB_LISTN".into()].into_iter()).unwrap_err();
        assert!(error.to_string().contains("MLHUB_LISTN"));
    }

    #[test]
    fn a_misspelt_key_in_the_file_is_refused() {
        let good: Given = toml::from_str("listen = \"127.0.0.1:80\"\nupload-limit = 5").unwrap();
        assert_eq!(good.upload_limit, Some(5));
        assert!(toml::from_str::<Given>("listn = \"127.0.0.1:80\"").is_err());
    }

    #[test]
    fn proxies_are_addresses_and_networks() {
        let given: Given =
            toml::from_str("trusted-proxies = [\"127.0.0.1\", \"10.0.0.0/8\"]").unwrap();
        assert_eq!(given.trusted_proxies.as_ref().map(Vec::len), Some(2));
        assert!(toml::from_str::<Given>("trusted-proxies = [\"proxy\"]").is_err());
    }

    #[test]
    fn the_address_of_a_database_is_not_shown() {
        let text = "database-url = \"postgres://mlhub:hunter2@db/mlhub\"";
        let given: Given = toml::from_str(text).unwrap();
        let url = given.database_url.as_ref().map(DatabaseUrl::reveal);
        assert_eq!(url, Some("postgres://mlhub:hunter2@db/mlhub"));
        let config = Config::load(given.clone()).unwrap();
        let shown = format!("{given:?} {config:?}");
        assert!(!shown.contains("hunter2") && shown.contains("DatabaseUrl(…)"), "{shown}");
    }

    #[test]
    fn a_base_url_is_scheme_and_host() {
        assert_eq!(
            checked_url("https://hub.example.org/".into()).unwrap(),
            "https://hub.example.org"
        );
        for bad in ["hub.example.org", "https://", "https://a/b"] {
            assert!(checked_url(bad.into()).is_err(), "{bad}");
        }
    }
}
