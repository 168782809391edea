//! Making a model.

use super::check;
use crate::idempotency::{Key, once};
use crate::{Actor, Error, Hub, access, audit, db};
use db::Conn;
use db::grant::Edit;
use mlhub_domain::models::{Model, ModelPath, Spec};
use mlhub_domain::names::ModelName;
use mlhub_domain::problem::Code;
use mlhub_domain::projects::ProjectPath;
use serde_json::json;

/// Makes a model in the project at `at`, once for `key`: a definition, without a version yet.
///
/// # Errors
/// `NotFound`, `Forbidden` from [`access::project`]; `InvalidSpec` when it could never be trained;
/// `Conflict` on the field `name` when the project has a model called `name`.
pub async fn create(
    hub: &Hub,
    actor: &Actor,
    at: &ProjectPath,
    name: &ModelName,
    definition: &Spec,
    key: Option<&Key>,
) -> Result<Model, Error> {
    let at = at.model(name.clone());
    once(hub, actor, key, async |conn| {
        add(hub, conn, actor, &at, definition).await?;
        let model = access::model::<Edit>(conn, actor, &at).await?;
        Ok(db::models::get(conn, &model).await?)
    })
    .await
}

/// Adds a model within a transaction.
pub(super) async fn add(
    hub: &Hub,
    conn: &mut Conn,
    actor: &Actor,
    at: &ModelPath,
    definition: &Spec,
) -> Result<(), Error> {
    let project = access::project::<Edit>(conn, actor, &at.project()).await?;
    let taken = Error::taken(Code::ModelNameTaken, "name", at.name.as_str());
    let made = db::models::create(conn, &project, &at.name, definition).await.map_err(taken);
    // Nothing stays of what is wrong; that the name is taken is told with it.
    Error::all([check(definition), made.map(drop)])?;
    let about = ("model.create", at.page());
    audit::record(conn, hub, actor, Some(project.id()), (about.0, &about.1), json!({})).await
}
