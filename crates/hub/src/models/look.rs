//! Looking at models and their versions.

use crate::{Actor, Error, Hub, access, db};
use db::grant::Read;
use mlhub_domain::evaluation::Evaluation;
use mlhub_domain::lists::{List, ListQuery};
use mlhub_domain::models::{Model, ModelPath, ModelVersion, VersionRef};
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

/// Models of a project.
///
/// # Errors
/// `NotFound` from [`access::project`].
pub async fn list(
    hub: &Hub,
    actor: &Actor,
    at: &ProjectPath,
    query: &ListQuery,
) -> Result<List<Model>, Error> {
    let mut conn = hub.conn().await?;
    let project = access::project::<Read>(&mut conn, actor, at).await?;
    let (models, mut total) = db::models::list(&mut conn, &project, query).await?;
    if let Some(first) = query.past_the_end(&models) {
        total = db::models::list(&mut conn, &project, &first).await?.1;
    }
    Ok(query.page(models, total))
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

/// The artifact of a version, to be read piece by piece.
///
/// # Errors
/// As [`version`].
pub async fn artifact(
    hub: &Hub,
    actor: &Actor,
    at: &ModelPath,
    name: &VersionRef,
) -> Result<(ModelVersion, mlhub_objects::Reader), Error> {
    let version = version(hub, actor, at, name).await?;
    let reader = hub.objects().open_read(&version.sha256, ..).await.map_err(Error::internal)?;
    Ok((version, reader))
}

fn no_version(at: &ModelPath, version: &VersionRef) -> impl FnOnce(db::Error) -> Error {
    move |error| match error {
        db::Error::Missing => Error::not_found(format!("{}, version {version}", at.page())),
        other => other.into(),
    }
}
