//! Datasets, versions and profiles as people see them.

use super::{no_version, not_ready};
use crate::{Actor, Error, Hub, access, db};
use db::grant::Read;
use mlhub_domain::datasets::{Dataset, DatasetPath, DatasetVersion};
use mlhub_domain::lists::{List, ListQuery};
use mlhub_domain::profile::Profile;
use mlhub_domain::projects::ProjectPath;

/// A dataset with its newest version.
///
/// # Errors
/// `NotFound` from [`access::dataset`].
pub async fn get(hub: &Hub, actor: &Actor, at: &DatasetPath) -> Result<Dataset, Error> {
    let mut conn = hub.conn().await?;
    let dataset = access::dataset::<Read>(&mut conn, actor, at).await?;
    Ok(db::datasets::find(&mut conn, &dataset).await?)
}

/// The datasets of a project, sorted by `name`, `updated` or `created`.
///
/// # Errors
/// `NotFound` from [`access::project`].
pub async fn list(
    hub: &Hub,
    actor: &Actor,
    at: &ProjectPath,
    query: &ListQuery,
) -> Result<List<Dataset>, Error> {
    let mut conn = hub.conn().await?;
    let project = access::project::<Read>(&mut conn, actor, at).await?;
    let mut page = db::datasets::list(&mut conn, &project, query).await?;
    if let Some(first) = query.past_the_end(&page.items) {
        page.total = db::datasets::list(&mut conn, &project, &first).await?.total;
    }
    Ok(page)
}

/// The versions of a dataset, the newest first.
///
/// # Errors
/// `NotFound` from [`access::dataset`].
pub async fn versions(
    hub: &Hub,
    actor: &Actor,
    at: &DatasetPath,
    query: &ListQuery,
) -> Result<List<DatasetVersion>, Error> {
    let mut conn = hub.conn().await?;
    let dataset = access::dataset::<Read>(&mut conn, actor, at).await?;
    let mut page = db::datasets::versions(&mut conn, &dataset, query).await?;
    if let Some(first) = query.past_the_end(&page.items) {
        page.total = db::datasets::versions(&mut conn, &dataset, &first).await?.total;
    }
    Ok(page)
}

/// One version.
///
/// # Errors
/// `NotFound` from [`access::dataset`], and when there is no such version.
pub async fn version(
    hub: &Hub,
    actor: &Actor,
    at: &DatasetPath,
    version: u32,
) -> Result<DatasetVersion, Error> {
    let mut conn = hub.conn().await?;
    let dataset = access::dataset::<Read>(&mut conn, actor, at).await?;
    db::datasets::version(&mut conn, &dataset, version).await.map_err(no_version(at, version))
}

/// The statistics of a version.
///
/// # Errors
/// As [`version`]; `Conflict` when it is not ready.
pub async fn profile(
    hub: &Hub,
    actor: &Actor,
    at: &DatasetPath,
    version: u32,
) -> Result<Profile, Error> {
    let mut conn = hub.conn().await?;
    let dataset = access::dataset::<Read>(&mut conn, actor, at).await?;
    let found = db::datasets::profile(&mut conn, &dataset, version).await;
    match found.map_err(no_version(at, version))? {
        Some(profile) => Ok(profile),
        None => {
            let files = db::datasets::files(&mut conn, &dataset, version).await?;
            Err(not_ready(version, files.state))
        }
    }
}
