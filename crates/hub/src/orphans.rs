//! The collection of bytes that nothing points at.

use crate::{Error, Hub, db};
use db::{AsyncConnection, Conn};
use futures_util::TryStreamExt;
use futures_util::future::ready;
use mlhub_domain::digest::Digest;
use std::pin::pin;
use std::time::Duration;

/// So long is anything spared: an upload writes its bytes before its row.
const GRACE_HOURS: u32 = 24;
/// Objects that are looked up at once.
const CHUNK: usize = 500;

/// Removes objects that nothing has pointed at for a day, and what dead writers left; answers how
/// many objects. Whoever stores the same bytes meanwhile keeps them: the row of an object and its
/// bytes are removed under a lock that writing down its row takes too, and storing makes it young.
///
/// # Errors
/// `Unavailable` when the database does not answer; `Internal` when the store cannot be read.
pub async fn collect(hub: &Hub) -> Result<usize, Error> {
    let grace = Duration::from_secs(u64::from(GRACE_HOURS) * 3600);
    let left = hub.objects().sweep_temp(grace).await.map_err(Error::internal)?;
    let mut conn = hub.conn().await?;
    conn.transaction(async |conn| db::objects::sweep(conn, GRACE_HOURS).await).await?;
    let mut removed = 0;
    let old = hub.objects().list().try_filter(|entry| ready(old(entry.stored_at, grace)));
    let mut chunks = pin!(old.map_ok(|entry| entry.sha256).try_chunks(CHUNK));
    while let Some(chunk) = chunks.try_next().await.map_err(|e| Error::internal(e.1))? {
        for sha256 in db::objects::unwanted(&mut conn, &chunk).await? {
            removed += usize::from(remove(hub, &mut conn, &sha256).await?);
        }
    }
    if removed + left > 0 {
        tracing::info!(removed, left, "removed {removed} objects that nothing pointed at");
    }
    Ok(removed)
}

async fn remove(hub: &Hub, conn: &mut Conn, sha256: &Digest) -> Result<bool, Error> {
    conn.transaction(async |conn| {
        if !db::objects::forget(conn, sha256).await? {
            return Ok(false);
        }
        hub.objects().delete(sha256).await.map_err(Error::internal)
    })
    .await
}

/// A time in the future is a clock that was set back: not old.
fn old(stored_at: std::time::SystemTime, grace: Duration) -> bool {
    stored_at.elapsed().is_ok_and(|age| age >= grace)
}
