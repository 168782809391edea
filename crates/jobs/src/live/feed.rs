//! The one reader on this node of a run that somebody watches.

use super::Inner;
use mlhub_db::{Error, Pool, events};
use mlhub_domain::ids::RunId;
use mlhub_domain::runs::NumberedEvent;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::{broadcast, watch};

/// Events in one reading.
pub(super) const PAGE: u32 = 500;
/// Readings that a watcher may be behind before it has to read rows itself.
const BACKLOG: usize = 64;
/// The time between two looks when nobody says that there is news.
const LOOK_EVERY: Duration = Duration::from_secs(2);

pub(super) type Batch = Arc<[NumberedEvent]>;

pub(super) struct Feed {
    newest: watch::Sender<u64>,
    batches: broadcast::Sender<Batch>,
}

impl Feed {
    pub(super) fn news(&self, seq: u64) {
        self.newest.send_if_modified(|newest| {
            let more = seq > *newest;
            *newest = seq.max(*newest);
            more
        });
    }

    /// There may be news.
    pub(super) fn look(&self) {
        self.newest.send_modify(|_| {});
    }
}

/// Joins the watchers of a run; the first of them makes the reader begin behind number `last`.
pub(super) fn join(inner: &Arc<Inner>, run: RunId, last: u64) -> broadcast::Receiver<Batch> {
    let mut feeds = inner.feeds();
    if let Some(feed) = feeds.get(&run) {
        return feed.batches.subscribe();
    }
    let (batches, received) = broadcast::channel(BACKLOG);
    let feed = Arc::new(Feed { newest: watch::Sender::new(last), batches });
    feeds.insert(run, Arc::clone(&feed));
    let news = feed.newest.subscribe();
    tokio::spawn(read(Arc::downgrade(inner), run, feed, news, last));
    received
}

/// Reads until nobody watches any more.
async fn read(
    inner: Weak<Inner>,
    run: RunId,
    feed: Arc<Feed>,
    mut news: watch::Receiver<u64>,
    mut after: u64,
) {
    loop {
        // The time limit is the look; the end of the other side is seen below.
        let _ = tokio::time::timeout(LOOK_EVERY, news.changed()).await;
        let Some(inner) = inner.upgrade() else { return };
        {
            let mut feeds = inner.feeds();
            if feed.batches.receiver_count() == 0 {
                feeds.remove(&run);
                return;
            }
        }
        let pool = inner.pool.clone();
        drop(inner);
        if let Err(error) = catch_up(&pool, run, &feed, &mut after).await {
            tracing::warn!(%error, %run, "could not read the events of run {run}");
        }
    }
}

async fn catch_up(pool: &Pool, run: RunId, feed: &Feed, after: &mut u64) -> Result<(), Error> {
    let mut conn = pool.get().await?;
    loop {
        let batch: Batch = events::after(&mut conn, run, *after, PAGE).await?.into();
        let full = batch.len() == PAGE as usize;
        let Some(last) = batch.last() else { return Ok(()) };
        *after = last.seq;
        // Nobody there: then the next round ends.
        let _ = feed.batches.send(batch);
        if !full {
            return Ok(());
        }
    }
}
