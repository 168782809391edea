//! Names that point at a version: rolling back is moving `champion`.

use super::look;
use crate::{Actor, Error, Hub, access, audit, db};
use db::AsyncConnection;
use db::grant::Edit;
use mlhub_domain::models::{ModelPath, ModelVersion, VersionRef};
use mlhub_domain::names::Alias;
use serde_json::json;

/// Lets `alias` point at `version`, wherever it pointed before.
///
/// # Errors
/// `NotFound`, `Forbidden` from [`access::model`]; `NotFound` when there is no such version.
pub async fn set_alias(
    hub: &Hub,
    actor: &Actor,
    at: &ModelPath,
    alias: &Alias,
    version: u32,
) -> Result<ModelVersion, Error> {
    let mut conn = hub.conn().await?;
    conn.transaction(async |conn| {
        let model = access::model::<Edit>(conn, actor, at).await?;
        db::models::set_alias(conn, &model, alias, version).await.map_err(|error| match error {
            db::Error::Missing => Error::not_found(format!("{}, version {version}", at.page())),
            other => other.into(),
        })?;
        let detail = json!({"alias": alias, "version": version});
        let act = ("model.alias", at.page());
        let project = Some(model.project());
        audit::record(conn, hub, actor, project, (act.0, &act.1), detail).await
    })
    .await?;
    drop(conn);
    look::version(hub, actor, at, &VersionRef::Number(version)).await
}

/// Takes `alias` away: what asks for it finds nothing from then on. Without a `champion` the newest
/// version is the one that is shown.
///
/// # Errors
/// `NotFound`, `Forbidden` from [`access::model`]; `NotFound` when there is no such alias.
pub async fn remove_alias(
    hub: &Hub,
    actor: &Actor,
    at: &ModelPath,
    alias: &Alias,
) -> Result<(), Error> {
    let mut conn = hub.conn().await?;
    conn.transaction(async |conn| {
        let model = access::model::<Edit>(conn, actor, at).await?;
        db::models::remove_alias(conn, &model, alias).await.map_err(|error| match error {
            db::Error::Missing => Error::not_found(format!("{}, alias {alias}", at.page())),
            other => other.into(),
        })?;
        let act = ("model.alias", at.page());
        let detail = json!({"alias": alias, "version": null});
        let project = Some(model.project());
        audit::record(conn, hub, actor, project, (act.0, &act.1), detail).await
    })
    .await
}
