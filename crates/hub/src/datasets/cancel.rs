use super::no_version;
use crate::{Actor, Error, Hub, access, db, jobs};
use db::AsyncConnection;
use db::grant::Edit;
use mlhub_domain::datasets::{DatasetPath, DatasetVersion};

/// Stops the reading of a version: it is then `failed`, and says who wished so. Where a process has
/// begun to read, it is asked to stop. A version that was read meanwhile stays as it is.
///
/// # Errors
/// `NotFound`, `Forbidden` from [`access::dataset`]; `NotFound` when there is no such version.
pub async fn cancel(
    hub: &Hub,
    actor: &Actor,
    at: &DatasetPath,
    version: u32,
) -> Result<DatasetVersion, Error> {
    let mut conn = hub.conn().await?;
    let (found, told) = conn
        .transaction(async |conn| {
            let dataset = access::dataset::<Edit>(conn, actor, at).await?;
            let find = db::datasets::version(conn, &dataset, version);
            let found = find.await.map_err(no_version(at, version))?;
            let Some(job) = found.job else { return Ok::<_, Error>((found, None)) };
            let (of, what) = ((job, dataset.project()), ("dataset.cancel", at.page()));
            let told = jobs::cancel(hub, conn, actor, of, (what.0, &what.1)).await?;
            Ok((db::datasets::version(conn, &dataset, version).await?, told))
        })
        .await?;
    jobs::tell(hub, told);
    Ok(found)
}
