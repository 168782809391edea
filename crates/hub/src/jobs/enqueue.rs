use crate::{Error, Hub, db};
use db::Conn;
use db::jobs::NewJob;
use mlhub_domain::ids::JobId;
use mlhub_domain::problem::Code;

/// Puts a job into the queue, in the caller's transaction.
///
/// # Errors
/// `Busy` when the user has as many open jobs as one may.
pub(crate) async fn enqueue(hub: &Hub, conn: &mut Conn, job: &NewJob<'_>) -> Result<JobId, Error> {
    let limit = hub.settings().open_jobs;
    if db::jobs::open_count(conn, job.user).await? >= u64::from(limit) {
        let detail = format!(
            "You have {limit} jobs waiting or at work: wait until some are done, or cancel some."
        );
        return Err(Error::new(Code::RateLimited, detail));
    }
    Ok(db::jobs::enqueue(conn, job).await?)
}
