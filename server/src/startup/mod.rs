//! From a configuration to a running server, and down again.

mod privileges;

use crate::config::Config;
use crate::engine::Engine;
use crate::http::{State, request};
use anyhow::Context;
use axum::Router;
use axum::middleware::from_fn;
use mlhub_db::cluster::{Cluster, ClusterConfig, ClusterError};
use mlhub_db::{Pool, migrate as migrations};
use mlhub_hub::{Hub, Parts};
use mlhub_objects::Store;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::signal::unix::{SignalKind, signal};

/// How long requests may take to end when the server is told to stop.
const DRAIN: Duration = Duration::from_secs(30);

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
        let database = Database::open(&config).await?;
        database.close().await
    })
}

/// `mlhub job`
pub fn job() -> ExitCode {
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
    async fn open(config: &Config) -> anyhow::Result<Self> {
        let (stop, stopped) = oneshot::channel::<()>();
        let until = async { stopped.await.unwrap_or_default() };
        let (url, watch) = match &config.database_url {
            Some(url) => (url.clone(), tokio::spawn(async { until.await; Ok(()) })),
            None => {
                let cluster = Cluster::start(&cluster_config(config)).await?;
                (cluster.url(), tokio::spawn(cluster.supervise(until)))
            }
        };
        let pool = Pool::new(&url, CONNECTIONS)?;
        for migration in migrations::up(&pool).await? {
            tracing::info!(migration, "applied {migration}");
        }
        Ok(Self { pool, watch, stop })
    }

    async fn close(self) -> anyhow::Result<()> {
        // Dropping the sender tells the watch to stop the cluster.
        drop(self.stop);
        Ok(self.watch.await??)
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
    let listener = TcpListener::bind(config.listen).await.with_context(|| {
        format!("cannot listen on {}: choose another address with --listen", config.listen)
    })?;
    let mut database = Database::open(&config).await?;
    let objects = Store::open(&config.data.join("objects")).await?;
    let tables = Arc::new(Engine::new(objects.clone(), config.data.join("tmp")));
    let hub = Hub::new(Parts { pool: database.pool.clone(), objects, tables });
    let address = listener.local_addr()?;
    let state = State { hub, config: Arc::new(config) };
    let service = router(state.clone());

    announce(&state, address);
    let server = axum::serve(listener, service).with_graceful_shutdown(told_to_stop());
    let drained = async { told_to_stop().await; tokio::time::sleep(DRAIN).await };
    tokio::select! {
        served = server => served.context("the listener failed")?,
        () = drained => tracing::warn!("some requests did not end within {DRAIN:?}"),
        ended = &mut database.watch => ended??,
    }
    database.close().await
}

/// The whole service: routes behind their layers.
pub fn router(state: State) -> Router {
    crate::api::routes().into_router().layer(from_fn(request::identify)).with_state(state)
}

#[expect(clippy::print_stdout, reason = "the address is the answer of this command")]
fn announce(state: &State, address: std::net::SocketAddr) {
    let base = state.config.base_url.clone().unwrap_or_else(|| format!("http://{address}"));
    println!("ML Hub {} is ready at {base}", env!("CARGO_PKG_VERSION"));
}

async fn told_to_stop() {
    let (Ok(mut term), Ok(mut int)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::error!("signals cannot be received; end the process to stop");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
}
