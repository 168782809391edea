use super::Told;
use crate::actor::Account;
use crate::{Actor, Error, Hub, audit, db, runs};
use db::Conn;
use db::jobs::{Cancelled, Held};
use mlhub_domain::ids::{JobId, ProjectId};
use mlhub_domain::jobs::JobKind;
use serde_json::json;

/// [Cancels](cancel) all of `jobs`, since what their results would go to is taken away.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub(crate) async fn cancel_all(
    hub: &Hub,
    conn: &mut Conn,
    actor: &Actor,
    (jobs, project): (Vec<JobId>, ProjectId),
    at: &str,
) -> Result<Vec<Told>, Error> {
    let mut told = Vec::new();
    for job in jobs {
        told.push(cancel(hub, conn, actor, (job, project), ("job.cancel", at)).await?);
    }
    Ok(told)
}

/// Ends a job that waits, or asks the one at work to stop, in the caller's transaction; `what` (as
/// `run.cancel`, and to what) is noted with the first wish. One that has ended stays as it is.
/// Whether the actor may, the caller has looked at. What it answers is to be [told](super::tell)
/// after the commit.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub(crate) async fn cancel(
    hub: &Hub,
    conn: &mut Conn,
    actor: &Actor,
    (job, project): (JobId, ProjectId),
    what: (&str, &str),
) -> Result<Told, Error> {
    let by = actor.user.as_ref().ok_or_else(Error::unauthenticated)?;
    let told = match db::jobs::cancel(conn, job, by.id).await? {
        Cancelled::AtOnce(held) => {
            noted(conn, &held, by).await?;
            super::end::cancelled(conn, &held).await?
        }
        Cancelled::Asked(held) => noted(conn, &held, by).await?,
        // Nobody stopped it, or somebody had before.
        Cancelled::Ended | Cancelled::AskedAgain => return Ok(None),
    };
    let detail = json!({"job": job});
    audit::record(conn, hub, actor, Some(project), what, detail).await?;
    Ok(told)
}

/// Says in the log of a training who wished so.
async fn noted(conn: &mut Conn, held: &Held, by: &Account) -> Result<Told, Error> {
    Ok(match held.kind {
        JobKind::Train => Some(runs::cancelled(conn, held.attempt.job, &by.username).await?),
        JobKind::Ingest => None,
    })
}
