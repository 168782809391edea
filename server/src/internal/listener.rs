//! What runs beside requests: the job API on its own address, the runner of jobs, the collection
//! of what nobody wants any more.

use crate::http::layers::sturdy;
use crate::http::{State, request};
use anyhow::Context;
use axum::middleware::from_fn;
use mlhub_hub::{Hub, orphans};
use mlhub_jobs::{Local, Settings};
use std::future::Future;
use std::path::Path;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// The time between two collections of orphans.
const COLLECT_EVERY: Duration = Duration::from_secs(24 * 3600);

/// What runs beside requests, until it is told to stop.
pub struct Background {
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Background {
    /// Takes no further job and ends. Job processes at work go on without us: the next start
    /// within a lease hears of them again.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

/// Starts what runs beside requests, with `program` (this one) for the processes of jobs.
///
/// # Errors
/// When the folder of jobs cannot be written or no loopback port is free.
pub async fn start(
    state: &State,
    program: std::path::PathBuf,
    settings: Settings,
) -> anyhow::Result<Background> {
    let folder = state.config.data.join("jobs");
    tokio::fs::create_dir_all(&folder)
        .await
        .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    let listener = listen(&folder).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let local = Local::open(&folder, program, url, &settings)
        .with_context(|| format!("the folder {} cannot be used", folder.display()))?;
    if let Some(warning) = settings.warning() {
        tracing::warn!("{warning}");
    }
    let (stop, mut tasks) = (CancellationToken::new(), JoinSet::new());

    let routes = sturdy(super::routes().into_router());
    let router = routes.layer(from_fn(request::identify)).with_state(state.clone());
    tasks.spawn(serve(listener, router, stop.clone()));
    let (queue, live) = (state.hub.clone(), state.hub.live().clone());
    tasks.spawn(mlhub_jobs::run(queue, local, live, settings, stop.clone()));
    tasks.spawn(until(stop.clone(), collect(state.hub.clone(), state.config.data.join("tmp"))));
    Ok(Background { stop, tasks })
}

/// Listens on the port of last time, where processes that outlived the server look for it; on
/// another when somebody took it meanwhile.
async fn listen(folder: &Path) -> anyhow::Result<TcpListener> {
    let path = folder.join("port");
    let last = tokio::fs::read_to_string(&path).await.ok();
    let last: u16 = last.and_then(|text| text.trim().parse().ok()).unwrap_or(0);
    let listener = match TcpListener::bind(("127.0.0.1", last)).await {
        Ok(listener) => listener,
        Err(error) => {
            tracing::warn!(%error, "port {last} of the job API is taken; jobs at work start anew");
            TcpListener::bind("127.0.0.1:0").await.context("no loopback port is free")?
        }
    };
    let port = listener.local_addr()?.port();
    tokio::fs::write(&path, port.to_string())
        .await
        .with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(listener)
}

async fn serve(listener: TcpListener, router: axum::Router, stop: CancellationToken) {
    let served = axum::serve(listener, router);
    // Not gracefully: processes wait in heartbeats, and ask again.
    if let Some(Err(error)) = stop.run_until_cancelled(served.into_future()).await {
        tracing::error!(%error, "the job API is not served any more");
    }
}

async fn until(stop: CancellationToken, work: impl Future<Output = ()>) {
    stop.run_until_cancelled(work).await;
}

async fn collect(hub: Hub, temp: std::path::PathBuf) {
    // Exports of a server that was killed; none of ours is there yet, or it is open already.
    if let Err(error) = tokio::fs::remove_dir_all(&temp).await
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "could not clear {}", temp.display());
    }
    let mut daily = tokio::time::interval(COLLECT_EVERY);
    loop {
        daily.tick().await;
        if let Err(error) = orphans::collect(&hub).await {
            tracing::warn!(%error, "could not collect orphans");
        }
    }
}
