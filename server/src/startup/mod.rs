//! From a configuration to a running server, and down again.

pub mod admin;
mod privileges;

use crate::config::Config;
use crate::engine::Engine;
use crate::http::layers::{answered, short, sturdy};
use crate::http::{State, request, wrong_method};
use crate::internal;
use crate::security::{Site, protect};
use crate::{assets, pages};
use anyhow::{Context, bail};
use axum::Router;
use axum::middleware::from_fn;
use mlhub_db::cluster::{Cluster, ClusterConfig, ClusterError};
use mlhub_db::{Pool, migrate as migrations};
use mlhub_hub::{Clock, Hub, Parts, Secrets, accounts, housekeeping};
use mlhub_objects::Store;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How long requests may take to end when the server is told to stop.
const DRAIN: Duration = Duration::from_secs(30);

/// How often what nobody can use any more is thrown away.
const SWEEP: Duration = Duration::from_secs(3_600);

/// Connections to PostgreSQL.
const CONNECTIONS: usize = 24;

/// `mlhub serve`
///
/// # Errors
/// What is wrong with the machine or the configuration, and what to do.
pub fn serve(config: Config) -> anyhow::Result<()> {
    log();
    privileges::prepare(&config)?;
    runtime()?.block_on(run(config))
}

/// `mlhub migrate`
///
/// # Errors
/// What is wrong with the machine or the configuration, and what to do.
pub fn migrate(config: Config) -> anyhow::Result<()> {
    log();
    privileges::prepare(&config)?;
    runtime()?.block_on(async {
        match Database::open(&config, &told_to_stop()?).await? {
            Some(database) => database.close_after(Ok(())).await,
            None => bail!("it was told to stop before the database was up to date"),
        }
    })
}

/// `mlhub job`
pub fn job() -> ExitCode {
    log();
    mlhub_work::run()
}

fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("MLHUB_LOG")
        .unwrap_or_else(|_| "info,tower_http=warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores.max(4))
        .enable_all()
        .build()
        .context("the runtime does not start")
}

/// The database: our own cluster, or somebody else's.
struct Database {
    pool: Pool,
    /// Ends when our own cluster has stopped: because it was told to, or because it keeps dying.
    watch: JoinHandle<Result<(), ClusterError>>,
    stop: oneshot::Sender<()>,
}

impl Database {
    /// Opens it and brings it up to date. None when `told` comes before: then nothing runs. However
    /// long a database does not answer, another server migrates or a recovery takes, it is heard.
    async fn open(config: &Config, told: &CancellationToken) -> anyhow::Result<Option<Self>> {
        let (stop, stopped) = oneshot::channel::<()>();
        let until = async { stopped.await.unwrap_or_default() };
        let (url, watch) = match &config.database_url {
            Some(url) => (
                url.reveal().to_owned(),
                tokio::spawn(async {
                    until.await;
                    Ok(())
                }),
            ),
            None => {
                let config = cluster_config(config);
                match Cluster::start_until(&config, told.cancelled()).await {
                    Ok(cluster) => (cluster.url(), tokio::spawn(cluster.supervise(until))),
                    Err(ClusterError::Stopped) => return Ok(None),
                    Err(error) => return Err(error.into()),
                }
            }
        };
        let database = Self { pool: Pool::new(&url, CONNECTIONS)?, watch, stop };
        let migrated = tokio::select! {
            applied = migrations::up(&database.pool) => applied.map(Some),
            () = told.cancelled() => Ok(None),
        };
        let Ok(Some(applied)) = migrated else {
            return database.close_after(migrated.map(|_| None).map_err(Into::into)).await;
        };
        for migration in applied {
            tracing::info!(migration, "applied {migration}");
        }
        Ok(Some(database))
    }

    /// Waits until it is there no more, though nobody closed it.
    async fn ended(&mut self) {
        self.stop.closed().await;
    }

    /// Closes it, however what was done with it ended: our own cluster is not left behind.
    async fn close_after<T>(self, done: anyhow::Result<T>) -> anyhow::Result<T> {
        // Dropping the sender tells the watch to stop the cluster.
        drop(self.stop);
        let closed = self.watch.await?;
        let done = done?;
        closed?;
        Ok(done)
    }
}

fn cluster_config(config: &Config) -> ClusterConfig {
    let mut cluster = ClusterConfig::new(config.data.join("postgres"));
    cluster.bin.clone_from(&config.pg_bin);
    cluster.path.clone_from(&config.path);
    cluster.runtime.clone_from(&config.runtime);
    cluster
}

async fn run(config: Config) -> anyhow::Result<()> {
    // From here on: whoever stops us while we start must not leave our database behind.
    let stop = told_to_stop()?;
    let listener = TcpListener::bind(config.listen).await.with_context(|| {
        format!("cannot listen on {}: choose another address with --listen", config.listen)
    })?;
    let Some(mut database) = Database::open(&config, &stop).await? else { return Ok(()) };
    let served = serve_on(&mut database, config, listener, stop).await;
    database.close_after(served).await
}

/// Serves on a database, until told to stop or until it is gone.
async fn serve_on(
    database: &mut Database,
    config: Config,
    listener: TcpListener,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let secrets = Secrets::load_or_create(&config.data.join("secrets"))?;
    let hub = hub(&config, database.pool.clone(), secrets).await?;
    let address = listener.local_addr()?;
    let site = Arc::new(Site::new(&config, address));
    let state = State { hub, config: Arc::new(config) };
    let service = router(state.clone(), &site);

    // Not by its path: the user that root became may not enter the folder, and after an upgrade
    // another version lies there.
    let program = "/proc/self/exe".into();
    let background = internal::start(&state, program, state.config.jobs.clone()).await?;
    let base = site.url(address);
    tokio::select! {
        announced = announce(&state, &base) => announced?,
        () = stop.cancelled() => {}
    }
    let sweeper = tokio::spawn(sweep(state.hub.clone()));
    let service = service.into_make_service_with_connect_info::<SocketAddr>();
    let told = stop.clone().cancelled_owned();
    let server = axum::serve(listener, service).with_graceful_shutdown(told);
    let drained = async {
        stop.cancelled().await;
        tokio::time::sleep(DRAIN).await
    };
    tokio::select! {
        served = server => served.context("the listener failed")?,
        () = drained => tracing::warn!("some requests did not end within {DRAIN:?}"),
        // Why is said as it is closed.
        () = database.ended() => return Ok(()),
    }
    sweeper.abort();
    background.stop().await;
    Ok(())
}

/// What ML Hub can do, on this database.
async fn hub(config: &Config, pool: Pool, secrets: Secrets) -> anyhow::Result<Hub> {
    let objects = Store::open(&config.data.join("objects")).await?;
    let tables = Arc::new(Engine::new(objects.clone(), config.data.join("tmp")));
    let settings = config.hub.clone();
    Ok(Hub::new(Parts { pool, objects, tables, secrets, clock: Clock::system(), settings }))
}

/// The whole service: routes behind their layers.
pub fn router(state: State, site: &Arc<Site>) -> Router {
    let routes = pages::routes(crate::api::routes()).into_router();
    let routes = routes.merge(assets::router()).method_not_allowed_fallback(wrong_method);
    let routes = answered(routes.fallback(pages::missing));
    // Once more around the layers: what panics there is answered too, only without their headers.
    short(sturdy(protect(routes, &state, site))).layer(from_fn(request::identify)).with_state(state)
}

async fn sweep(hub: Hub) {
    let mut hours = tokio::time::interval(SWEEP);
    loop {
        hours.tick().await;
        if let Err(error) = housekeeping::sweep(&hub).await {
            tracing::warn!("housekeeping failed, and is tried again in an hour: {error}");
        }
    }
}

#[expect(clippy::print_stdout, reason = "the address is the answer of this command")]
async fn announce(state: &State, base: &str) -> anyhow::Result<()> {
    println!("ML Hub {} is ready at {base}", env!("CARGO_PKG_VERSION"));
    if let Some(code) = accounts::set_up_link(&state.hub).await? {
        println!("Make the first administrator at {base}/setup?code={code}");
    }
    if base.starts_with("http://") && !state.config.listen.ip().is_loopback() {
        tracing::warn!(
            "people reach {base} without encryption: put it behind https and set --base-url"
        );
    }
    Ok(())
}

/// Cancelled when this process is told to stop.
fn told_to_stop() -> anyhow::Result<CancellationToken> {
    let hear = |kind| signal(kind).context("signals cannot be received");
    let (mut term, mut int) = (hear(SignalKind::terminate())?, hear(SignalKind::interrupt())?);
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
        told.cancel();
    });
    Ok(stop)
}
