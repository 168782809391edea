//! Changing and deleting a model.

use super::check;
use crate::texts::{described, short};
use crate::{Actor, Error, Hub, access, audit, db};
use db::grant::{Edit, Manage, Read};
use db::{AsyncConnection, Conn};
use mlhub_domain::access::Visibility;
use mlhub_domain::models::{Model, ModelPath, Spec};
use mlhub_domain::names::ModelName;
use mlhub_domain::problem::Code;
use serde_json::json;

/// The longest card, in characters.
const CARD: usize = 100_000;

/// What to change; `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Another name.
    pub name: Option<ModelName>,
    /// What it is for.
    pub description: Option<String>,
    /// The card, as Markdown.
    pub card: Option<String>,
    /// How it is trained from now on; runs that were started keep their copy.
    pub spec: Option<Spec>,
    /// Who sees it. Needs `manage`.
    pub visibility: Option<Visibility>,
}

impl Change {
    /// Checks what can be known without the model.
    ///
    /// # Errors
    /// `Invalid` for a text that is too long, `InvalidSpec` for a definition that could never be
    /// trained; with an entry for each field that is wrong.
    pub fn check(&self) -> Result<(), Error> {
        Error::all([
            self.spec.as_ref().map_or(Ok(()), check),
            described(self.description.as_deref()),
            short("card", self.card.as_deref(), CARD),
        ])
    }
}

/// Changes a model.
///
/// # Errors
/// `NotFound`, `Forbidden` from [`access::model`]; `Invalid` for a text that is too long or a
/// definition that could never be trained; `Conflict` when the name is taken.
pub async fn update(
    hub: &Hub,
    actor: &Actor,
    at: &ModelPath,
    change: &Change,
) -> Result<Model, Error> {
    change.check()?;
    let mut conn = hub.conn().await?;
    conn.transaction(async |conn| {
        let model = access::model::<Edit>(conn, actor, at).await?;
        let name = change.name.as_ref();
        let columns = db::models::Change {
            name,
            description: change.description.as_deref(),
            card: change.card.as_deref(),
            spec: change.spec.as_ref(),
        };
        let given = name.unwrap_or(&at.name);
        db::models::update(conn, &model, columns).await.map_err(Error::taken(
            Code::ModelNameTaken,
            "name",
            given.as_str(),
        ))?;
        if let Some(visibility) = change.visibility {
            let model = access::model::<Manage>(conn, actor, &at.renamed(given.clone())).await?;
            db::models::set_visibility(conn, &model, Some(visibility)).await?;
            let follows = db::models::get(conn, &model).await?.visibility;
            access::never_less_open("model", visibility, follows)?;
        }
        let (described, card) = (change.description.is_some(), change.card.is_some());
        let detail = json!({
            "name": name, "visibility": change.visibility, "spec": change.spec,
            "description": described, "card": card,
        });
        let act = ("model.update", at.page());
        let project = Some(model.project());
        audit::record(conn, hub, actor, project, (act.0, &act.1), detail).await?;
        let model = access::model::<Read>(conn, actor, &at.renamed(given.clone())).await?;
        Ok(db::models::get(conn, &model).await?)
    })
    .await
}

/// Gives a model another definition, within a transaction; runs that were started keep their copy.
pub(super) async fn redefine(
    hub: &Hub,
    conn: &mut Conn,
    actor: &Actor,
    at: &ModelPath,
    definition: &Spec,
) -> Result<(), Error> {
    let model = access::model::<Edit>(conn, actor, at).await?;
    check(definition)?;
    if db::models::get(conn, &model).await?.spec == *definition {
        return Ok(());
    }
    let spec = Some(definition);
    let change = db::models::Change { name: None, description: None, card: None, spec };
    db::models::update(conn, &model, change).await?;
    let act = ("model.update", at.page());
    let detail = json!({"spec": spec});
    audit::record(conn, hub, actor, Some(model.project()), (act.0, &act.1), detail).await
}

/// Deletes a model. Its runs stay, with what they measured.
///
/// # Errors
/// As [`access::model`], and [`access::confirmed`].
pub async fn delete(hub: &Hub, actor: &Actor, at: &ModelPath) -> Result<(), Error> {
    let mut conn = hub.conn().await?;
    conn.transaction(async |conn| {
        let model = access::model::<Manage>(conn, actor, at).await?;
        let confirmed = access::confirmed(conn, hub, actor).await?;
        db::models::delete(conn, &model, &confirmed).await?;
        let act = ("model.delete", at.page());
        let project = Some(model.project());
        audit::record(conn, hub, actor, project, (act.0, &act.1), json!({})).await
    })
    .await
}
