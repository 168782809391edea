//! `mlhub admin …`: what the operator does at the console, with the server running or not.

use super::{Database, cluster_config, hub, log, privileges, runtime};
use crate::config::Config;
use anyhow::{Context, bail};
use mlhub_db::cluster::{Cluster, ClusterError};
use mlhub_db::{Pool, migrate};
use mlhub_domain::problem::Problem;
use mlhub_hub::accounts::{self, NewAccount};
use mlhub_hub::{Hub, Secrets};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long a server that is just starting, or stopping, may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// `mlhub admin create-user`: makes an account.
///
/// # Errors
/// What is wrong with the account, the machine or the configuration.
pub fn create_user(config: Config, new: NewAccount, admin: bool) -> anyhow::Result<String> {
    at_console(config, async move |hub| {
        let user = accounts::create_user(hub, &new, admin).await.map_err(explain)?;
        let kind = if admin { "administrator" } else { "user" };
        Ok(format!("made the {kind} {} ({})", user.username, user.email))
    })
}

/// `mlhub admin token`: makes a token for the account with this address.
///
/// # Errors
/// When no account has it, or there is no installation; what is wrong with the machine or the
/// configuration.
pub fn token(config: Config, email: String) -> anyhow::Result<String> {
    // Nobody can have an account there: a folder that was forgotten is not begun.
    if config.database_url.is_none() && !cluster_config(&config).data.exists() {
        bail!("there is no ML Hub in {}: name its folder with --data", config.data.display());
    }
    at_console(config, async move |hub| {
        let secret = accounts::make_token(hub, &email).await.map_err(explain)?;
        Ok(secret.reveal().to_owned())
    })
}

fn explain(error: mlhub_hub::Error) -> anyhow::Error {
    let source = std::error::Error::source(&error).map(ToString::to_string);
    let problem: Problem = error.into_problem();
    match source {
        Some(source) => anyhow::anyhow!("{problem} ({source})"),
        None => anyhow::anyhow!("{problem}"),
    }
}

fn at_console(
    config: Config,
    work: impl AsyncFnOnce(&Hub) -> anyhow::Result<String>,
) -> anyhow::Result<String> {
    log();
    privileges::prepare(&config)?;
    runtime()?.block_on(async {
        let (pool, database) = open(&config).await?;
        let done = async {
            // Nobody logs in here: the secrets of the installation are not needed.
            let hub = hub(&config, pool, Secrets::generate()).await?;
            work(&hub).await
        };
        match database {
            Some(database) => database.close_after(done.await).await,
            None => done.await,
        }
    })
}

/// The database of the server that runs, or one that we start, and stop again.
async fn open(config: &Config) -> anyhow::Result<(Pool, Option<Database>)> {
    if config.database_url.is_some() {
        return opened(config).await;
    }
    let began = tokio::time::Instant::now();
    let data = cluster_config(config).data;
    loop {
        if let Some(url) = Cluster::running_url(&data) {
            let pool = Pool::new(&url, 2)?;
            if migrate::up(&pool).await.is_ok() {
                return Ok((pool, None));
            }
        }
        match opened(config).await {
            Ok(database) => return Ok(database),
            Err(error) => {
                let starting = matches!(error.downcast_ref(), Some(ClusterError::InUse { .. }));
                if !starting || began.elapsed() > PATIENCE {
                    return Err(error).context("the database cannot be reached");
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// One that we start. A console is told to stop by ending its process.
async fn opened(config: &Config) -> anyhow::Result<(Pool, Option<Database>)> {
    let database = Database::open(config, &CancellationToken::new()).await?;
    let database = database.context("the database cannot be reached")?;
    Ok((database.pool.clone(), Some(database)))
}
