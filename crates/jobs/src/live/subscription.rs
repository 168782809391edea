//! One who watches a run.

use super::feed::{Batch, PAGE};
use mlhub_db::{Error, Pool, events};
use mlhub_domain::ids::RunId;
use mlhub_domain::runs::NumberedEvent;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// One who is further behind than this is told to fetch the state anew, in events.
const MAX_BEHIND: u64 = 10_000;

/// What a watcher is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Update {
    /// The next events, in order and without a gap.
    Events(Vec<NumberedEvent>),
    /// Too much was missed: fetch the state anew and subscribe again behind its number.
    Reset,
}

/// A subscription to the events of a run.
pub struct Subscription {
    pool: Pool,
    run: RunId,
    after: u64,
    received: Receiver<Batch>,
    behind: bool,
}

impl Subscription {
    pub(super) fn new(pool: Pool, run: RunId, after: u64, received: Receiver<Batch>) -> Self {
        Self { pool, run, after, received, behind: true }
    }

    /// The number of the newest event that was handed out.
    pub fn after(&self) -> u64 {
        self.after
    }

    /// Waits for what comes next. Dropping the future loses nothing.
    ///
    /// # Errors
    /// [`Error::Pool`] when the database is not there; ask again later.
    pub async fn next(&mut self) -> Result<Update, Error> {
        loop {
            if self.behind
                && let Some(update) = self.read().await?
            {
                return Ok(update);
            }
            match self.received.recv().await {
                Ok(batch) => {
                    if let Some(fresh) = self.take(&batch) {
                        return Ok(Update::Events(fresh));
                    }
                }
                Err(RecvError::Lagged(_)) => self.behind = true,
                // The node goes down, and with it this connection.
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    }

    /// The part of a batch that is new; none when a part before it is missing.
    fn take(&mut self, batch: &[NumberedEvent]) -> Option<Vec<NumberedEvent>> {
        let new = batch.partition_point(|event| event.seq <= self.after);
        let fresh = &batch[new..];
        let first = fresh.first()?;
        if first.seq != self.after + 1 {
            self.behind = true;
            return None;
        }
        self.after = fresh.last()?.seq;
        Some(fresh.to_vec())
    }

    /// The next rows; none when there are none and live batches can follow.
    async fn read(&mut self) -> Result<Option<Update>, Error> {
        let mut conn = self.pool.get().await?;
        let last = events::last(&mut conn, self.run).await?;
        if last.saturating_sub(self.after) > MAX_BEHIND {
            self.after = last;
            return Ok(Some(Update::Reset));
        }
        let rows = events::after(&mut conn, self.run, self.after, PAGE).await?;
        let Some(newest) = rows.last() else {
            self.behind = false;
            return Ok(None);
        };
        self.after = newest.seq;
        Ok(Some(Update::Events(rows)))
    }
}
