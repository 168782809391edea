//! The page of one owner.

use super::{Which, list};
use crate::{Actor, Error, Hub, db};
use db::dashboard::Whose;
use mlhub_domain::dashboard::{DatasetCard, ModelCard};
use mlhub_domain::lists::{List, ListQuery};
use mlhub_domain::names::OwnerName;
use mlhub_domain::projects::{Owner, Project};

/// So many models and datasets are shown.
const EACH: u32 = 20;

/// An owner, and what lists show of theirs to the one who asks.
#[derive(Clone, Debug)]
pub struct Owned {
    /// Who it is.
    pub owner: Owner,
    /// The page of projects that was asked for.
    pub projects: List<Project>,
    /// The first models with a version, also those that are more open than their project.
    pub models: List<ModelCard>,
    /// The first datasets, also those that are more open than their project.
    pub datasets: List<DatasetCard>,
}

/// An owner and what is theirs, as far as the one who asks sees it in lists. Whoever shows nothing to
/// the one who asks is not found: who has an account here is nobody else's business.
///
/// # Errors
/// `NotFound`; as [`list`].
pub async fn owner(
    hub: &Hub,
    actor: &Actor,
    name: &OwnerName,
    query: &ListQuery,
) -> Result<Owned, Error> {
    let known = shows(hub, actor, name).await?;
    let projects = list(hub, actor, &Which::OwnedBy(name.clone()), query).await?;
    let mut conn = hub.conn().await?;
    let owner = match db::accounts::by_name(&mut conn, name).await? {
        Some(login) if known => {
            let (display_name, since) = (login.user.display_name, login.user.created_at);
            Owner { name: name.clone(), display_name, since }
        }
        _ => return Err(Error::not_found(format!("/{name}"))),
    };
    let first = ListQuery { limit: Some(EACH), cursor: None, ..query.clone() };
    let whose = whose(actor);
    let models = db::dashboard::models_of(&mut conn, whose, name, &first).await?;
    let datasets = db::dashboard::datasets_of(&mut conn, whose, name, &first).await?;
    Ok(Owned { owner, projects, models, datasets })
}

/// Whether [`owner`] finds them: they show something to the one who asks, or are that one.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn shows(hub: &Hub, actor: &Actor, name: &OwnerName) -> Result<bool, Error> {
    if actor.user.as_ref().is_some_and(|account| account.username == *name) {
        return Ok(true);
    }
    let mut conn = hub.conn().await?;
    Ok(db::dashboard::shows(&mut conn, whose(actor), name).await?)
}

/// What everybody sees, and what the one who asks is a member of.
fn whose(actor: &Actor) -> Whose {
    actor.asker().map_or(Whose::Public, Whose::SeenBy)
}
