//! What the operator decides: flags before `MLHUB_*` variables before `mlhub.toml` before
//! defaults. Read once at the start; unknown keys are errors.

mod given;

pub use given::{DatabaseUrl, Given, Registration};

use crate::security::Network;
use anyhow::{Context, bail, ensure};
use clap::Args as _;
use mlhub_hub::settings::Bucket;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The shortest lease, in seconds: a process that lives may be silent for as long as one request to
/// the server takes.
const SHORTEST_LEASE: u64 = 45;

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
    /// What jobs may use.
    pub jobs: mlhub_jobs::Settings,
    /// What people may use.
    pub hub: mlhub_hub::Settings,
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
        let given = given.over(file);
        let listen = given.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 3000)));
        let jobs = jobs(&given)?;
        Ok(Self {
            listen,
            hub: hub(&given, listen, jobs.scratch),
            jobs,
            base_url: given.base_url.map(checked_url).transpose()?,
            database_url: given.database_url,
            pg_bin: given.pg_bin,
            user: given.user,
            trusted_proxies: given.trusted_proxies.unwrap_or_default(),
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

/// What jobs may use.
fn jobs(given: &Given) -> anyhow::Result<mlhub_jobs::Settings> {
    let mut jobs = match given.jobs {
        Some(slots) => mlhub_jobs::Settings::sharing(slots.get()),
        None => mlhub_jobs::Settings::default(),
    };
    jobs.memory = given.job_memory.map(Into::into).or(jobs.memory);
    jobs.scratch = given.job_scratch.map_or(jobs.scratch, Into::into);
    jobs.threads = given.job_threads.map_or(jobs.threads, Into::into);
    if let Some(seconds) = given.job_lease {
        let least = SHORTEST_LEASE;
        ensure!(seconds >= least, "job-lease is {seconds} seconds: use {least} or more");
        jobs.lease = Duration::from_secs(seconds);
    }
    Ok(jobs)
}

/// What people may use; `largest` is the largest file that a job may write.
fn hub(given: &Given, listen: SocketAddr, largest: u64) -> mlhub_hub::Settings {
    let usual = mlhub_hub::Settings::default();
    let registration = given.registration.unwrap_or({
        if listen.ip().is_loopback() { Registration::Open } else { Registration::Closed }
    });
    let bucket = |a_minute: Option<std::num::NonZeroU32>, usual| {
        a_minute.map_or(usual, |count| Bucket::a_minute(count.get()))
    };
    mlhub_hub::Settings {
        registration_open: registration == Registration::Open,
        upload_limit: given.upload_limit.unwrap_or(usual.upload_limit),
        output_limit: largest,
        open_jobs: given.open_jobs.unwrap_or(usual.open_jobs),
        model_limit: given.model_limit.unwrap_or(usual.model_limit),
        models_kept: given.models_kept.unwrap_or(usual.models_kept),
        predictions_per_address: bucket(
            given.predictions_per_address,
            usual.predictions_per_address,
        ),
        predictions_of_visitors: bucket(
            given.predictions_of_visitors,
            usual.predictions_of_visitors,
        ),
        tabs_each: given.tabs_each.unwrap_or(usual.tabs_each),
        tabs_of_visitors: given.tabs_of_visitors.unwrap_or(usual.tabs_of_visitors),
        ..usual
    }
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

/// The variables that say what a flag can say too.
fn variables() -> Vec<String> {
    let command = Given::augment_args(clap::Command::new("mlhub"));
    let names = command.get_arguments().filter_map(clap::Arg::get_env);
    names.map(|name| name.to_string_lossy().into_owned()).collect()
}

/// Variables of other tools around ML Hub: build, tests, scripts.
const OTHERS: [&str; 3] = ["MLHUB_SITE", "MLHUB_TOKEN", "MLHUB_LOG"];

fn refuse_unknown_variables(names: impl Iterator<Item = String>) -> anyhow::Result<()> {
    let known = variables();
    for name in names.filter(|name| name.starts_with("MLHUB_")) {
        if !known.contains(&name) && !OTHERS.contains(&name.as_str()) {
            bail!("the variable {name} is not known; known are {}", known.join(", "));
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

    /// The configuration that a file with this text leads to.
    fn written(text: &str) -> anyhow::Result<Config> {
        Config::load(toml::from_str(text)?)
    }

    #[test]
    fn everybody_may_sign_up_by_default_only_where_nobody_else_can_come() {
        for (listen, open) in [
            ("127.0.0.1:3000", true),
            ("127.0.0.2:80", true),
            ("[::1]:3000", true),
            ("0.0.0.0:3000", false),
            ("[::]:3000", false),
            ("192.0.2.7:443", false),
        ] {
            let by_default = written(&format!("listen = \"{listen}\"")).unwrap();
            assert_eq!(by_default.hub.registration_open, open, "{listen}");
            for (word, said) in [("open", true), ("closed", false)] {
                let text = format!("listen = \"{listen}\"\nregistration = \"{word}\"");
                assert_eq!(written(&text).unwrap().hub.registration_open, said, "{text}");
            }
        }
        assert!(Config::load(Given::default()).unwrap().hub.registration_open);
    }

    #[test]
    fn every_limit_is_what_is_given_and_else_the_usual_one() {
        let config = written(
            "jobs = 3\njob-scratch = 5\njob-threads = 6\njob-lease = 90\nupload-limit = 7\n\
             open-jobs = 8\nmodel-limit = 9\nmodels-kept = 10\npredictions-per-address = 30\n\
             predictions-of-visitors = 600\ntabs-each = 11\ntabs-of-visitors = 12",
        );
        let Config { jobs, hub, .. } = config.unwrap();
        let shared = mlhub_jobs::Settings::sharing(3).memory;
        assert_eq!((jobs.slots, jobs.memory, jobs.scratch, jobs.threads), (3, shared, 5, 6));
        assert_eq!((jobs.lease, hub.output_limit), (Duration::from_secs(90), 5));
        assert_eq!((hub.upload_limit, hub.open_jobs), (7, 8));
        assert_eq!((hub.model_limit, hub.models_kept), (9, 10));
        assert_eq!(hub.predictions_per_address, Bucket { burst: 30.0, per_second: 0.5 });
        assert_eq!(hub.predictions_of_visitors, Bucket { burst: 600.0, per_second: 10.0 });
        assert_eq!((hub.tabs_each, hub.tabs_of_visitors), (11, 12));
        assert_eq!(written("job-memory = 4").unwrap().jobs.memory, Some(4));

        let (plain, usual) = (written("").unwrap(), mlhub_hub::Settings::default());
        assert_eq!((plain.hub.upload_limit, plain.hub.open_jobs), (64 << 30, usual.open_jobs));
        assert_eq!(plain.hub.predictions_per_address, usual.predictions_per_address);
        for bad in ["jobs = 0", "job-memory = 0", "job-lease = 44", "predictions-of-visitors = 0"] {
            assert!(written(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_limit_of_an_address_says_whom_it_does_not_hold() {
        let command = Given::augment_args(clap::Command::new("mlhub"));
        let flag = command.get_arguments().find(|flag| flag.get_id() == "predictions_per_address");
        let help = flag.unwrap().get_help().unwrap().to_string();
        assert!(help.contains("loopback address has only that of all visitors together"), "{help}");
    }

    #[test]
    fn every_flag_is_a_variable_and_a_key_of_the_file_too() {
        let command = Given::augment_args(clap::Command::new("mlhub"));
        for flag in command.get_arguments() {
            let name = flag.get_long().unwrap();
            let variable = format!("MLHUB_{}", name.replace('-', "_").to_uppercase());
            let said = flag.get_env().unwrap().to_str().unwrap();
            assert!(said == variable || said == "DATABASE_URL", "{name}: {said}");
            assert!(flag.get_help().is_some(), "{name}");
            // Anything but the right type: a key that is not known is said to be that.
            let refused = toml::from_str::<Given>(&format!("{name} = {{}}")).unwrap_err();
            let unknown = refused.to_string().contains("unknown field");
            assert_eq!(unknown, name == "config", "{name}: {refused}");
        }
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
