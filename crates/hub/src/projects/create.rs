//! Making a project.

use crate::idempotency::{Key, once};
use crate::texts::described;
use crate::{Actor, Error, Hub, access, audit, db};
use db::Conn;
use db::grant::Edit;
use mlhub_domain::access::Visibility;
use mlhub_domain::names::ProjectName;
use mlhub_domain::problem::Code;
use mlhub_domain::projects::{Project, ProjectPath};
use serde_json::json;

/// A project to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewProject {
    /// Its name, unique among those of its owner.
    pub name: ProjectName,
    /// Who sees it without being a member.
    pub visibility: Visibility,
    /// What it is for, in a sentence or two.
    pub description: String,
}

/// Makes a project of the one who asks; once for `key`.
///
/// # Errors
/// `Unauthenticated`; `TokenScope` for a token that only reads; `ProjectNameTaken` on `name`.
pub async fn create(
    hub: &Hub,
    actor: &Actor,
    new: &NewProject,
    key: Option<&Key>,
) -> Result<Project, Error> {
    described(Some(&new.description))?;
    once(hub, actor, key, async |conn| {
        let at = make(hub, conn, actor, new).await?;
        let project = access::project::<Edit>(conn, actor, &at).await?;
        Ok(db::projects::get(conn, &project, actor.id()).await?)
    })
    .await
}

/// Makes the row and its line in the audit.
pub(super) async fn make(
    hub: &Hub,
    conn: &mut Conn,
    actor: &Actor,
    new: &NewProject,
) -> Result<ProjectPath, Error> {
    let owner = access::account::<Edit>(actor)?;
    let at = ProjectPath { owner: owner.username.clone(), project: new.name.clone() };
    let row = db::projects::NewProject {
        owner: owner.id,
        name: &new.name,
        visibility: new.visibility,
        description: &new.description,
        now: hub.now(),
    };
    let id = db::projects::create(conn, &row).await.map_err(Error::taken(
        Code::ProjectNameTaken,
        "name",
        new.name.as_str(),
    ))?;
    let (act, page) = ("project.create", at.to_string());
    let detail = json!({"visibility": new.visibility});
    audit::record(conn, hub, actor, Some(id), (act, &page), detail).await?;
    Ok(at)
}
