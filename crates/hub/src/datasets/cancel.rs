use super::no_version;
use crate::idempotency::{Key, once};
use crate::{Actor, Error, Hub, access, db, jobs};
use db::grant::Edit;
use mlhub_domain::datasets::{DatasetPath, DatasetVersion};

/// Stops the reading of a version: it is then `failed`, and says who wished so. Where a process has
/// begun to read, it is asked to stop. A version that was read meanwhile stays as it is.
/// A repetition with the same `key` is answered as the first request was.
///
/// # Errors
/// `NotFound`, `Forbidden` from [`access::dataset`]; `NotFound` when there is no such version.
pub async fn cancel(
    hub: &Hub,
    actor: &Actor,
    at: &DatasetPath,
    version: u32,
    key: Option<&Key>,
) -> Result<DatasetVersion, Error> {
    let mut told = None;
    let found = once(hub, actor, key, async |conn| {
        let dataset = access::dataset::<Edit>(conn, actor, at).await?;
        let find = db::datasets::version(conn, &dataset, version);
        let found = find.await.map_err(no_version(at, version))?;
        let Some(job) = found.job else { return Ok(found) };
        let (of, what) = ((job, dataset.project()), ("dataset.cancel", at.page()));
        told = jobs::cancel(hub, conn, actor, of, (what.0, &what.1)).await?;
        Ok(db::datasets::version(conn, &dataset, version).await?)
    })
    .await?;
    jobs::tell(hub, told);
    Ok(found)
}
