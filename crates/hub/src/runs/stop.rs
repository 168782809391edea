//! Stopping a run.

use crate::{Actor, Error, Hub, access, db};
use db::grant::Edit;
use mlhub_domain::problem::Code;
use mlhub_domain::runs::{Run, RunPath};

/// Asks a run to stop. What it has learnt so far is kept as a model; a run that waits ends at once.
///
/// # Errors
/// `NotFound`, `Forbidden` from [`access::run`]; `Conflict` when the run has ended.
pub async fn cancel(hub: &Hub, actor: &Actor, at: &RunPath) -> Result<Run, Error> {
    let mut conn = hub.conn().await?;
    let run = access::run::<Edit>(&mut conn, actor, at).await?;
    let found = db::runs::get(&mut conn, &run).await?;
    let (false, Some(job)) = (found.status.ended(), found.job) else {
        let detail = format!("Run {} has ended: it is {}.", at.run, found.status.as_str());
        return Err(Error::new(Code::RunEnded, detail));
    };
    let what = ("run.cancel", at.page());
    let of = (job, run.project());
    crate::jobs::cancel(hub, &mut conn, actor, of, (what.0, &what.1)).await?;
    Ok(db::runs::get(&mut conn, &run).await?)
}
