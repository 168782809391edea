use crate::idempotency::{Key, once};
use crate::texts::described;
use crate::{Actor, Error, Hub, access, audit, db};
use db::Conn;
use db::datasets::NewDataset;
use db::grant::{Edit, Manage, Read};
use mlhub_domain::access::Visibility;
use mlhub_domain::datasets::Dataset;
use mlhub_domain::names::DatasetName;
use mlhub_domain::problem::Code;
use mlhub_domain::projects::ProjectPath;
use serde_json::json;

/// A dataset to be made.
#[derive(Clone, Debug)]
pub struct New {
    /// Its name.
    pub name: DatasetName,
    /// What it holds, in a sentence or two.
    pub description: String,
    /// Who sees it; `None` follows the project. Anything else needs `manage`.
    pub visibility: Option<Visibility>,
}

/// Makes a dataset without versions; once for `key`.
///
/// # Errors
/// `NotFound`, `Forbidden` from [`access::project`]; `Conflict` on the field `name` when the
/// project has a dataset called that.
pub async fn create(
    hub: &Hub,
    actor: &Actor,
    at: &ProjectPath,
    new: &New,
    key: Option<&Key>,
) -> Result<Dataset, Error> {
    described(Some(&new.description))?;
    once(hub, actor, key, async |conn| {
        if new.visibility.is_some() {
            access::project::<Manage>(conn, actor, at).await?;
        }
        make(hub, conn, actor, at, new).await?;
        let dataset = access::dataset::<Read>(conn, actor, &at.dataset(new.name.clone())).await?;
        Ok(db::datasets::find(conn, &dataset).await?)
    })
    .await
}

/// Makes the row and its line in the audit.
pub(super) async fn make(
    hub: &Hub,
    conn: &mut Conn,
    actor: &Actor,
    at: &ProjectPath,
    New { name, description, visibility }: &New,
) -> Result<(), Error> {
    let project = access::project::<Edit>(conn, actor, at).await?;
    let row = NewDataset { name, description, visibility: *visibility };
    db::datasets::create(conn, &project, &row).await.map_err(Error::taken(
        Code::DatasetNameTaken,
        "name",
        name.as_str(),
    ))?;
    let (act, page) = ("dataset.create", at.dataset(name.clone()).page());
    let detail = json!({"visibility": visibility});
    audit::record(conn, hub, actor, Some(project.id()), (act, &page), detail).await
}
