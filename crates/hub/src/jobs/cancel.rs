use super::tell;
use crate::{Error, Hub, db};
use db::jobs::Cancelled;
use db::{AsyncConnection, Conn};
use mlhub_domain::ids::JobId;

/// Ends a job that waits, or asks the one at work to stop. Whether the actor may, and whether the
/// job has ended, the caller has looked at.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub(crate) async fn cancel(hub: &Hub, conn: &mut Conn, job: JobId) -> Result<(), Error> {
    let told = conn
        .transaction(async |conn| match db::jobs::cancel(conn, job).await? {
            Cancelled::AtOnce(held) => super::end::cancelled(conn, &held).await,
            Cancelled::Asked | Cancelled::Ended => Ok(None),
        })
        .await?;
    tell(hub, told);
    Ok(())
}
