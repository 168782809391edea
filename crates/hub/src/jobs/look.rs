//! Jobs as people see them.

use crate::{Actor, Error, Hub, access, db};
use db::grant::Read;
use mlhub_domain::ids::JobId;
use mlhub_domain::jobs::{Job, RunningJob};

/// A job, for whoever may read its project.
///
/// # Errors
/// `NotFound` from [`access::job`].
pub async fn get(hub: &Hub, actor: &Actor, job: JobId) -> Result<Job, Error> {
    let mut conn = hub.conn().await?;
    let grant = access::job::<Read>(&mut conn, actor, job).await?;
    let found = db::jobs::find(&mut conn, grant.id()).await?;
    found.map(|(_, job)| job).ok_or_else(|| Error::not_found(format!("/api/v1/jobs/{job}")))
}

/// The newest of the actor's own jobs that have not ended, at most 20, of the projects that they
/// see.
///
/// # Errors
/// `Unauthenticated` for a visitor.
pub async fn open(hub: &Hub, actor: &Actor) -> Result<Vec<RunningJob>, Error> {
    let user = actor.id().ok_or_else(Error::unauthenticated)?;
    let mut conn = hub.conn().await?;
    Ok(db::jobs::open_of(&mut conn, user, 20).await?)
}
