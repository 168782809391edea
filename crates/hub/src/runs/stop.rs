//! Stopping a run.

use crate::idempotency::{Key, once};
use crate::{Actor, Error, Hub, access, db, jobs};
use db::grant::Edit;
use mlhub_domain::problem::Code;
use mlhub_domain::runs::{Run, RunPath};

/// Asks a run to stop. What it has learnt so far is kept as a model; a run that waits ends at once.
/// A repetition with the same `key` is answered as the first request was.
///
/// # Errors
/// `NotFound`, `Forbidden` from [`access::run`]; `Conflict` when the run has ended.
pub async fn cancel(
    hub: &Hub,
    actor: &Actor,
    at: &RunPath,
    key: Option<&Key>,
) -> Result<Run, Error> {
    let mut told = None;
    let run = once(hub, actor, key, async |conn| {
        let run = access::run::<Edit>(conn, actor, at).await?;
        let found = db::runs::get(conn, &run).await?;
        let (false, Some(job)) = (found.status.ended(), found.job) else {
            let detail = format!("Run {} has ended: it is {}.", at.run, found.status.as_str());
            return Err(Error::new(Code::RunEnded, detail));
        };
        let of = (job, run.project());
        told = jobs::cancel(hub, conn, actor, of, ("run.cancel", &at.page())).await?;
        Ok(db::runs::get(conn, &run).await?)
    })
    .await?;
    jobs::tell(hub, told);
    Ok(run)
}
