//! What is thrown away because nobody can use it any more.

use crate::{Error, Hub, db};
use chrono::Duration;

/// Removes sessions that ended a week ago, answers kept for repeated requests, and throttles that
/// are full again. To be called every hour or so; several at once do no harm.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn sweep(hub: &Hub) -> Result<(), Error> {
    let now = hub.now();
    let mut conn = hub.conn().await?;
    let sessions = db::sessions::sweep(&mut conn, now - Duration::days(7)).await?;
    let answers = db::idempotency::sweep(&mut conn, now).await?;
    let throttles = db::throttles::sweep(&mut conn, now - Duration::days(1)).await?;
    tracing::debug!(sessions, answers, throttles, "swept {sessions} sessions");
    Ok(())
}
