//! Datasets, versions and profiles as people see them.

use super::{no_version, not_ready};
use crate::lists::Wanted;
use crate::{Actor, Error, Hub, access, db};
use db::grant::Read;
use mlhub_domain::datasets::{Dataset, DatasetPath, DatasetVersion};
use mlhub_domain::lists::{List, ListQuery};
use mlhub_domain::names::DatasetName;
use mlhub_domain::profile::Profile;
use mlhub_domain::projects::ProjectPath;
use std::collections::BTreeSet;

/// A dataset with its newest version.
///
/// # Errors
/// `NotFound` from [`access::dataset`].
pub async fn get(hub: &Hub, actor: &Actor, at: &DatasetPath) -> Result<Dataset, Error> {
    let mut conn = hub.conn().await?;
    let dataset = access::dataset::<Read>(&mut conn, actor, at).await?;
    Ok(db::datasets::find(&mut conn, &dataset).await?)
}

/// A dataset with the version of it that is looked at, both of one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// The dataset.
    pub dataset: Dataset,
    /// The version; `None` before the first upload.
    pub version: Option<DatasetVersion>,
}

/// A dataset with its version `number`, or the one that is current, or the newest where none is. They
/// are read as of one moment: one after the other, a version that becomes ready meanwhile would be
/// ready in a dataset that does not use it yet.
///
/// # Errors
/// As [`version`].
pub async fn moment(
    hub: &Hub,
    actor: &Actor,
    at: &DatasetPath,
    number: Option<u32>,
) -> Result<Moment, Error> {
    let mut conn = hub.conn().await?;
    let mut snapshot = conn.build_transaction().repeatable_read().read_only();
    snapshot
        .run(async |conn| {
            let grant = access::dataset::<Read>(conn, actor, at).await?;
            let dataset = db::datasets::find(conn, &grant).await?;
            let version = match number.or(dataset.current) {
                Some(number) => {
                    let found = db::datasets::version(conn, &grant, number).await;
                    Some(found.map_err(no_version(at, number))?)
                }
                None => dataset.latest.clone(),
            };
            Ok(Moment { dataset, version })
        })
        .await
}

/// Those of the datasets called `names`, in the project at `at`, that the one who asks may see: one
/// may be public in a project that is not, and one may be gone.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn seen(
    hub: &Hub,
    actor: &Actor,
    at: &ProjectPath,
    names: &BTreeSet<DatasetName>,
) -> Result<BTreeSet<DatasetName>, Error> {
    let mut conn = hub.conn().await?;
    access::datasets_seen(&mut conn, actor, at, names).await
}

/// The datasets of a project, by name or in one of the orders of
/// [`Sorts::DATASETS`](mlhub_domain::lists::Sorts::DATASETS). One that never had a version that is
/// ready is shown to who can upload one, and to nobody else.
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
    let mut wanted = Wanted::of(query);
    loop {
        let found = db::datasets::list(&mut conn, &project, wanted.query()).await?;
        if let Some(page) = wanted.found(found.items, found.total) {
            return Ok(page);
        }
    }
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
    let mut wanted = Wanted::of(query);
    loop {
        let found = db::datasets::versions(&mut conn, &dataset, wanted.query()).await?;
        if let Some(page) = wanted.found(found.items, found.total) {
            return Ok(page);
        }
    }
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
