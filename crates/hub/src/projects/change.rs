//! Changing and deleting a project.

use crate::texts::described;
use crate::{Actor, Error, Hub, access, audit, db, jobs};
use db::grant::{Changes, Edit, Grant, Manage};
use db::projects::Change;
use db::{AsyncConnection as _, Conn};
use mlhub_domain::ids::ProjectId;
use mlhub_domain::names::ProjectName;
use mlhub_domain::problem::Code;
use mlhub_domain::projects::{Project, ProjectPath};
use serde_json::json;

/// Changes what `change` names. Who edits may describe; who manages may also rename the project
/// and open or close it. Members, datasets and models stay; the old name becomes free.
///
/// # Errors
/// As [`access::project`]; `ProjectNameTaken` on `name`; `InvalidValue` on `description`.
pub async fn change(
    hub: &Hub,
    actor: &Actor,
    at: &ProjectPath,
    change: &Change,
) -> Result<Project, Error> {
    described(change.description.as_deref())?;
    let mut conn = hub.conn().await?;
    conn.transaction(async |conn| {
        if change.name.is_some() || change.visibility.is_some() {
            let project = access::project::<Manage>(conn, actor, at).await?;
            apply(conn, hub, actor, &project, at, change).await
        } else {
            let project = access::project::<Edit>(conn, actor, at).await?;
            apply(conn, hub, actor, &project, at, change).await
        }
    })
    .await
}

async fn apply<L: Changes>(
    conn: &mut Conn,
    hub: &Hub,
    actor: &Actor,
    project: &Grant<ProjectId, L>,
    at: &ProjectPath,
    change: &Change,
) -> Result<Project, Error> {
    let given = change.name.as_ref().map_or("", ProjectName::as_str);
    db::projects::update(conn, project, change, hub.now()).await.map_err(Error::taken(
        Code::ProjectNameTaken,
        "name",
        given,
    ))?;
    let mut detail = serde_json::Map::new();
    if let Some(name) = &change.name {
        detail.insert("name".into(), json!(name));
    }
    if let Some(visibility) = change.visibility {
        detail.insert("visibility".into(), json!(visibility));
    }
    if change.description.is_some() {
        detail.insert("description".into(), json!(true));
    }
    let what = ("project.change", at.to_string());
    audit::record(conn, hub, actor, Some(project.id()), (what.0, &what.1), detail.into()).await?;
    Ok(db::projects::get(conn, project, actor.id()).await?)
}

/// Deletes a project with everything in it, and cancels what is at work there. Its name becomes free;
/// its rows and objects stay until they are collected.
///
/// # Errors
/// As [`access::project`], and [`access::confirmed`].
pub async fn delete(hub: &Hub, actor: &Actor, at: &ProjectPath) -> Result<(), Error> {
    let mut conn = hub.conn().await?;
    let told = conn.transaction(async |conn| {
        let project = access::project::<Manage>(conn, actor, at).await?;
        let confirmed = access::confirmed(conn, hub, actor).await?;
        // First: from here on nobody begins anything in it.
        db::projects::delete(conn, &project, &confirmed, hub.now()).await?;
        let what = ("project.delete", at.to_string());
        audit::record(conn, hub, actor, Some(project.id()), (what.0, &what.1), json!({})).await?;
        let open = (db::jobs::open_in(conn, &project).await?, project.id());
        jobs::cancel_all(hub, conn, actor, open, &what.1).await
    });
    told.await?.into_iter().for_each(|told| jobs::tell(hub, told));
    Ok(())
}
