//! Looking at models and their versions.

use crate::lists::Wanted;
use crate::{Actor, Error, Hub, access, db};
use db::grant::Read;
use mlhub_domain::evaluation::{Evaluation, Importance};
use mlhub_domain::lists::{List, ListQuery};
use mlhub_domain::models::{Model, ModelPath, ModelVersion, Task, VersionRef};
use mlhub_domain::projects::ProjectPath;

/// A model.
///
/// # Errors
/// `NotFound` from [`access::model`].
pub async fn get(hub: &Hub, actor: &Actor, at: &ModelPath) -> Result<Model, Error> {
    let mut conn = hub.conn().await?;
    let model = access::model::<Read>(&mut conn, actor, at).await?;
    Ok(db::models::get(&mut conn, &model).await?)
}

/// Which models to list.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Only those for this task.
    pub task: Option<Task>,
    /// Page, search, order (one of [`Sorts::MODELS`](mlhub_domain::lists::Sorts::MODELS)).
    pub query: ListQuery,
}

/// Models of a project, the one changed last first.
///
/// # Errors
/// `NotFound` from [`access::project`].
pub async fn list(
    hub: &Hub,
    actor: &Actor,
    at: &ProjectPath,
    listing: &Listing,
) -> Result<List<Model>, Error> {
    let mut conn = hub.conn().await?;
    let project = access::project::<Read>(&mut conn, actor, at).await?;
    let Listing { task, query } = listing;
    let mut wanted = Wanted::of(query);
    loop {
        let (found, total) = db::models::list(&mut conn, &project, *task, wanted.query()).await?;
        if let Some(page) = wanted.found(found, total) {
            return Ok(page);
        }
    }
}

/// The versions of a model, the newest first.
///
/// # Errors
/// `NotFound` from [`access::model`].
pub async fn versions(
    hub: &Hub,
    actor: &Actor,
    at: &ModelPath,
    query: &ListQuery,
) -> Result<List<ModelVersion>, Error> {
    let mut conn = hub.conn().await?;
    let model = access::model::<Read>(&mut conn, actor, at).await?;
    let (versions, total) = db::models::versions(&mut conn, &model, query).await?;
    Ok(query.page(versions, total))
}

/// A version by number or alias.
///
/// # Errors
/// `NotFound` from [`access::model`], or when the model has no such version.
pub async fn version(
    hub: &Hub,
    actor: &Actor,
    at: &ModelPath,
    version: &VersionRef,
) -> Result<ModelVersion, Error> {
    let mut conn = hub.conn().await?;
    let model = access::model::<Read>(&mut conn, actor, at).await?;
    db::models::version(&mut conn, &model, version).await.map_err(no_version(at, version))
}

/// The report on a version.
///
/// # Errors
/// As [`version`].
pub async fn evaluation(
    hub: &Hub,
    actor: &Actor,
    at: &ModelPath,
    version: &VersionRef,
) -> Result<Evaluation, Error> {
    let mut conn = hub.conn().await?;
    let model = access::model::<Read>(&mut conn, actor, at).await?;
    db::models::evaluation(&mut conn, &model, version).await.map_err(no_version(at, version))
}

/// What a version looks at, the largest first.
///
/// # Errors
/// As [`version`].
pub async fn importance(
    hub: &Hub,
    actor: &Actor,
    at: &ModelPath,
    version: &VersionRef,
) -> Result<Vec<Importance>, Error> {
    let mut conn = hub.conn().await?;
    let model = access::model::<Read>(&mut conn, actor, at).await?;
    db::models::importance(&mut conn, &model, version).await.map_err(no_version(at, version))
}

fn no_version(at: &ModelPath, version: &VersionRef) -> impl FnOnce(db::Error) -> Error {
    move |error| match error {
        db::Error::Missing => Error::not_found(format!("{}, version {version}", at.page())),
        other => other.into(),
    }
}
