//! The cluster as its user sees it: start, address, watch, stop.

use super::folder::{Folder, Lock, url};
use super::postmaster::{Launch, Postmaster};
use super::processes::running;
use super::{ClusterConfig, ClusterError, binaries, init};
use std::collections::VecDeque;
use std::future::pending;
use std::path::Path;
use std::pin::pin;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// A running PostgreSQL of our own.
///
/// Dropping it leaves PostgreSQL running, as a `kill -9` would; the next
/// [`start`](Self::start) takes it over. End with [`stop`](Self::stop) or
/// [`supervise`](Self::supervise). `Debug` leaves the address out: it holds the password.
pub struct Cluster {
    launch: Launch,
    postmaster: Postmaster,
    url: String,
    _lock: Lock,
}

impl std::fmt::Debug for Cluster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cluster")
            .field("launch", &self.launch)
            .field("postmaster", &self.postmaster)
            .finish_non_exhaustive()
    }
}

impl Cluster {
    /// Makes the cluster on the first start, takes it over when it still runs, else starts it;
    /// returns when it takes connections.
    ///
    /// # Errors
    /// Every [`ClusterError`] but `GaveUp`. The cluster is untouched by a start that fails.
    pub async fn start(config: &ClusterConfig) -> Result<Self, ClusterError> {
        Self::start_until(config, pending()).await
    }

    /// The same; but once `until` is done, what was begun is ended: recovery after a crash may take
    /// minutes.
    ///
    /// # Errors
    /// As [`start`](Self::start); [`ClusterError::Stopped`] when `until` was quicker, and nothing runs.
    pub async fn start_until(
        config: &ClusterConfig,
        until: impl Future<Output = ()>,
    ) -> Result<Self, ClusterError> {
        let (began, mut until) = (Instant::now(), pin!(until));
        let (folder, lock) = Folder::claim(config)?;
        let made_by = folder.made_by()?;
        let prepare = async {
            let binaries = binaries::find(config, made_by).await?;
            let password = folder.password(made_by)?;
            if made_by.is_none() {
                init::create(&folder, &binaries, config.durability).await?;
            }
            Ok::<_, ClusterError>((binaries, password))
        };
        let (binaries, password) = tokio::select! {
            prepared = prepare => prepared?,
            // It is made anew at the next start.
            () = &mut until => return Err(ClusterError::Stopped),
        };
        let socket = folder.socket_folder(config.runtime.as_deref())?;
        let program = binaries.program("postgres");
        let launch = Launch::new(folder, program, &socket, config.durability);
        let postmaster = launch.adopt_or_start(until).await?;
        let took_ms = began.elapsed().as_millis();
        tracing::info!(took_ms, first = made_by.is_none(), "PostgreSQL runs after {took_ms} ms");
        Ok(Self { launch, postmaster, url: url(&socket, &password), _lock: lock })
    }

    /// The address of the running cluster in `data`, whoever started it; none when it does not
    /// run or may not be read. For commands beside a running server.
    pub fn running_url(data: &Path) -> Option<String> {
        let folder = Folder::at(data).ok()?;
        let postmaster = running(&folder.cluster())?;
        Some(url(&postmaster.socket, &folder.read_password()?))
    }

    /// `postgres://mlhub:…@<socket folder>/mlhub`: for diesel-async, tokio-postgres and libpq.
    /// Stays the same over restarts. Holds the password: not for logs.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// The number of the postmaster; none while it is dead.
    pub fn pid(&self) -> Option<u32> {
        self.postmaster.pid()
    }

    /// Ends all connections and the server, within a minute.
    pub async fn stop(mut self) {
        self.postmaster.stop().await;
    }

    /// Starts the postmaster again whenever it dies, until `until` is done; then stops it.
    ///
    /// # Errors
    /// [`ClusterError::GaveUp`] when it dies too often; nothing runs then.
    pub async fn supervise(mut self, until: impl Future<Output = ()>) -> Result<(), ClusterError> {
        let mut until = pin!(until);
        let mut deaths = Deaths::default();
        let mut how = None;
        loop {
            let watched = async {
                match how.take() {
                    Some(failed) => failed,
                    None => self.postmaster.exit().await,
                }
            };
            let died = tokio::select! {
                () = &mut until => break,
                died = watched => died,
            };
            let Some(pause) = deaths.add(Instant::now()) else { return Err(self.gave_up(died)) };
            tracing::error!(how = %died, "PostgreSQL died ({died}); starting it again in {pause:?}");
            how = tokio::select! {
                () = &mut until => break,
                again = self.restart(pause) => again.err().map(|error| error.to_string()),
            };
        }
        self.postmaster.stop().await;
        Ok(())
    }

    /// Never makes a cluster: one that vanished under a running server is a fault, not a first
    /// start.
    async fn restart(&mut self, pause: Duration) -> Result<(), ClusterError> {
        sleep(pause).await;
        self.postmaster = self.launch.spawn().await?;
        self.launch.ready(&mut self.postmaster, pin!(pending())).await?;
        tracing::info!(pid = self.pid(), "PostgreSQL runs again");
        Ok(())
    }

    fn gave_up(&self, last: String) -> ClusterError {
        let minutes = WINDOW.as_secs() / 60;
        ClusterError::GaveUp { deaths: MOST_DEATHS, minutes, last, log: self.launch.log() }
    }
}

/// Deaths older than this are forgiven.
const WINDOW: Duration = Duration::from_mins(10);
/// With the pauses between them, this many take a minute at least.
const MOST_DEATHS: usize = 8;
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// When the postmaster died lately.
#[derive(Debug, Default)]
struct Deaths(VecDeque<Instant>);

impl Deaths {
    /// How long to wait before the next start: nothing after a first death, then 1, 2, 4, …
    /// seconds; none after too many.
    fn add(&mut self, now: Instant) -> Option<Duration> {
        while self.0.front().is_some_and(|&first| now.duration_since(first) > WINDOW) {
            self.0.pop_front();
        }
        self.0.push_back(now);
        let before = u32::try_from(self.0.len() - 1).expect("bounded by MOST_DEATHS");
        let pause = before.checked_sub(1).map_or(Duration::ZERO, |n| Duration::from_secs(1 << n));
        (self.0.len() < MOST_DEATHS).then_some(pause.min(LONGEST_PAUSE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pauses_grow_until_it_gives_up_and_old_deaths_are_forgiven() {
        let mut deaths = Deaths::default();
        let start = Instant::now();
        let pauses: Vec<_> =
            (0..8).map(|_| deaths.add(start).map(|pause| pause.as_secs())).collect();
        let expected = [Some(0), Some(1), Some(2), Some(4), Some(8), Some(16), Some(30), None];
        assert_eq!(pauses, expected);

        let later = start + WINDOW + Duration::from_secs(1);
        assert_eq!(deaths.add(later), Some(Duration::ZERO));
    }
}
