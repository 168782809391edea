//! From what a run reports to those who watch it, on whichever node they are.
//!
//! Events are rows first. After their commit [`Live::published`] wakes the watchers on this node
//! at once and those on others by a coalesced NOTIFY. Each node has one connection that listens,
//! and one reader for each run that somebody watches here; a watcher that comes late or falls
//! behind reads the rows. What NOTIFY loses is found by a look every two seconds.

mod feed;
mod listen;
mod publish;
mod subscription;

pub use subscription::{Subscription, Update};

use feed::Feed;
use mlhub_db::{Error, Pool, events};
use mlhub_domain::ids::{JobId, RunId};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{broadcast, watch};
use tokio_util::sync::{CancellationToken, DropGuard};

/// The live fan-out of a node. Cheap to clone; ends with its last clone.
#[derive(Clone)]
pub struct Live {
    inner: Arc<Inner>,
}

struct Inner {
    pool: Pool,
    /// The readers of runs that somebody watches.
    feeds: Mutex<HashMap<RunId, Arc<Feed>>>,
    /// Runs with news that other nodes were not told yet, and the newest number of each.
    unsaid: Mutex<HashMap<RunId, u64>>,
    queue: watch::Sender<()>,
    cancels: broadcast::Sender<JobId>,
    listening: AtomicBool,
    stop: CancellationToken,
    _ends_with_us: DropGuard,
}

impl Live {
    /// The fan-out over the database of `pool`.
    pub fn new(pool: Pool) -> Self {
        let stop = CancellationToken::new();
        let inner = Inner {
            pool,
            feeds: Mutex::default(),
            unsaid: Mutex::default(),
            queue: watch::Sender::default(),
            cancels: broadcast::Sender::new(64),
            listening: AtomicBool::new(false),
            _ends_with_us: stop.clone().drop_guard(),
            stop,
        };
        Self { inner: Arc::new(inner) }
    }

    /// The events of a run behind number `after`, and those to come.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is no such run.
    pub async fn subscribe(&self, run: RunId, after: u64) -> Result<Subscription, Error> {
        self.listen();
        let mut conn = self.inner.pool.get().await?;
        // Before the subscription, whose reading of rows then covers all up to here, and the
        // feed all behind.
        let last = events::last(&mut conn, run).await?;
        drop(conn);
        let received = feed::join(&self.inner, run, last);
        Ok(Subscription::new(self.inner.pool.clone(), run, after, received))
    }

    /// Says that events of `run` up to number `seq` are committed.
    pub fn published(&self, run: RunId, seq: u64) {
        self.inner.news(run, seq);
        publish::say(&self.inner, run, seq);
    }

    /// Changes whenever a job may have become ready or a slot free.
    pub fn queue_changed(&self) -> watch::Receiver<()> {
        self.listen();
        self.inner.queue.subscribe()
    }

    /// The jobs that are to be cancelled, as they are named.
    pub fn cancels(&self) -> broadcast::Receiver<JobId> {
        self.listen();
        self.inner.cancels.subscribe()
    }

    pub(crate) fn pool(&self) -> Pool {
        self.inner.pool.clone()
    }

    fn listen(&self) {
        if !self.inner.listening.swap(true, Ordering::Relaxed) {
            let (stop, url) = (self.inner.stop.clone(), self.inner.pool.url().to_owned());
            let inner = Arc::downgrade(&self.inner);
            tokio::spawn(async move {
                stop.run_until_cancelled(listen::listen(inner, url)).await;
            });
        }
    }
}

impl Inner {
    fn feeds(&self) -> MutexGuard<'_, HashMap<RunId, Arc<Feed>>> {
        self.feeds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unsaid(&self) -> MutexGuard<'_, HashMap<RunId, u64>> {
        self.unsaid.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the reader of a run, if somebody watches it here.
    fn news(&self, run: RunId, seq: u64) {
        if let Some(feed) = self.feeds().get(&run) {
            feed.news(seq);
        }
    }
}

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Live")
    }
}
