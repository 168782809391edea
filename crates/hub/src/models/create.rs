//! Making a model.

use super::spec;
use crate::{Actor, Error, Hub, access, audit, db};
use db::AsyncConnection;
use db::grant::Edit;
use mlhub_domain::models::{Model, Spec};
use mlhub_domain::names::ModelName;
use mlhub_domain::problem::Code;
use mlhub_domain::projects::ProjectPath;
use serde_json::json;

/// Makes a model in the project at `at`: a definition, without a version yet.
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
) -> Result<Model, Error> {
    spec::check(definition)?;
    let mut conn = hub.conn().await?;
    conn.transaction(async |conn| {
        let project = access::project::<Edit>(conn, actor, at).await?;
        db::models::create(conn, &project, name, definition).await.map_err(Error::taken(
            Code::ModelNameTaken,
            "name",
            name.as_str(),
        ))?;
        let path = at.model(name.clone());
        audit::record(
            conn,
            hub,
            actor,
            Some(project.id()),
            ("model.create", &path.page()),
            json!({}),
        )
        .await?;
        let model = access::model::<Edit>(conn, actor, &path).await?;
        Ok(db::models::get(conn, &model).await?)
    })
    .await
}
