//! Changing and deleting a dataset.

use crate::texts::described;
use crate::{Actor, Error, Hub, access, audit, db, jobs};
use db::grant::{Edit, Manage, Read};
use db::{AsyncConnection, Conn};
use mlhub_domain::access::Visibility;
use mlhub_domain::datasets::{Dataset, DatasetPath};
use mlhub_domain::names::DatasetName;
use mlhub_domain::problem::Code;
use serde_json::json;

/// What to change; `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Another name. Id, versions and lineage stay; the old name becomes free.
    pub name: Option<DatasetName>,
    /// What it holds.
    pub description: Option<String>,
    /// Who sees it. Needs `manage`.
    pub visibility: Option<Visibility>,
}

/// Changes a dataset.
///
/// # Errors
/// `NotFound`, `Forbidden` from [`access::dataset`]; `Conflict` when the name is taken; `Invalid`
/// when the description is too long, or the project is more open than `visibility`.
pub async fn update(
    hub: &Hub,
    actor: &Actor,
    at: &DatasetPath,
    change: &Change,
) -> Result<Dataset, Error> {
    described(change.description.as_deref())?;
    let mut conn = hub.conn().await?;
    conn.transaction(async |conn| {
        let dataset = access::dataset::<Edit>(conn, actor, at).await?;
        if let Some(visibility) = change.visibility {
            open(conn, actor, at, visibility).await?;
        }
        if let Some(description) = &change.description {
            db::datasets::describe(conn, &dataset, description).await?;
        }
        let mut now_at = at.clone();
        if let Some(name) = &change.name {
            db::datasets::rename(conn, &dataset, name)
                .await
                .map_err(Error::taken(Code::DatasetNameTaken, "name", name.as_str()))?;
            now_at.name = name.clone();
        }
        let detail = json!({"name": change.name, "visibility": change.visibility, "description": change.description});
        let act = ("dataset.update", at.page());
        let project = Some(dataset.project());
        audit::record(conn, hub, actor, project, (act.0, &act.1), detail).await?;
        let dataset = access::dataset::<Read>(conn, actor, &now_at).await?;
        Ok(db::datasets::find(conn, &dataset).await?)
    })
    .await
}

async fn open(
    conn: &mut Conn,
    actor: &Actor,
    at: &DatasetPath,
    visibility: Visibility,
) -> Result<(), Error> {
    let dataset = access::dataset::<Manage>(conn, actor, at).await?;
    db::datasets::set_visibility(conn, &dataset, Some(visibility)).await?;
    let follows = db::datasets::find(conn, &dataset).await?.visibility;
    access::never_less_open("dataset", visibility, follows)
}

/// Deletes a dataset, and cancels the reading of its files. Runs and models that came of it stay.
///
/// # Errors
/// As [`access::dataset`], and [`access::confirmed`].
pub async fn delete(hub: &Hub, actor: &Actor, at: &DatasetPath) -> Result<(), Error> {
    let mut conn = hub.conn().await?;
    let told = conn.transaction(async |conn| {
        let dataset = access::dataset::<Manage>(conn, actor, at).await?;
        let confirmed = access::confirmed(conn, hub, actor).await?;
        let (act, page) = ("dataset.delete", at.page());
        // First: a job that ends holds its own row before that of the dataset.
        let open = (db::jobs::reading(conn, &dataset).await?, dataset.project());
        let told = jobs::cancel_all(hub, conn, actor, open, &page).await?;
        db::datasets::delete(conn, &dataset, &confirmed).await?;
        audit::record(conn, hub, actor, Some(dataset.project()), (act, &page), json!({})).await?;
        Ok::<_, Error>(told)
    });
    told.await?.into_iter().for_each(|told| jobs::tell(hub, told));
    Ok(())
}
