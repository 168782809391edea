//! Telling other nodes. NOTIFY takes a lock that all commits of the server share, so it stays out
//! of the transactions that write events, and each run is named at most ten times a second.

use super::Inner;
use mlhub_db::listen::notify;
use mlhub_db::{Error, Pool, events};
use mlhub_domain::ids::RunId;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

const PAUSE: Duration = Duration::from_millis(100);

/// Says soon that `run` has events up to `seq`.
pub(super) fn say(inner: &Arc<Inner>, run: RunId, seq: u64) {
    let idle = {
        let mut unsaid = inner.unsaid();
        let idle = unsaid.is_empty();
        let newest = unsaid.entry(run).or_default();
        *newest = seq.max(*newest);
        idle
    };
    // Whoever finds the list empty sends; the others only add to it.
    if idle {
        let inner = Arc::downgrade(inner);
        tokio::spawn(async move {
            tokio::time::sleep(PAUSE).await;
            let Some(inner) = inner.upgrade() else { return };
            let unsaid = std::mem::take(&mut *inner.unsaid());
            let pool = inner.pool.clone();
            drop(inner);
            if let Err(error) = send(&pool, unsaid).await {
                // The others look by themselves every two seconds.
                tracing::debug!(%error, "could not tell other nodes of new events");
            }
        });
    }
}

async fn send(pool: &Pool, unsaid: HashMap<RunId, u64>) -> Result<(), Error> {
    let mut conn = pool.get().await?;
    for (run, seq) in unsaid {
        notify(&mut conn, events::CHANNEL, &format!("{run} {seq}")).await?;
    }
    Ok(())
}
