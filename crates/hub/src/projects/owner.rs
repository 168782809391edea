//! The page of one owner.

use super::{Which, list};
use crate::{Actor, Error, Hub, db};
use mlhub_domain::lists::{List, ListQuery};
use mlhub_domain::names::OwnerName;
use mlhub_domain::projects::{Owner, Project};

/// An owner and their projects, as far as the one who asks sees them. Whoever shows nothing to the
/// one who asks is not found: who has an account here is nobody else's business.
///
/// # Errors
/// `NotFound`; as [`list`].
pub async fn owner(
    hub: &Hub,
    actor: &Actor,
    name: &OwnerName,
    query: &ListQuery,
) -> Result<(Owner, List<Project>), Error> {
    let projects = list(hub, actor, &Which::OwnedBy(name.clone()), query).await?;
    let known = projects.total > 0 || shows(hub, actor, name).await?;
    let mut conn = hub.conn().await?;
    match db::accounts::by_name(&mut conn, name).await? {
        Some(login) if known => {
            let (display_name, since) = (login.user.display_name, login.user.created_at);
            Ok((Owner { name: name.clone(), display_name, since }, projects))
        }
        _ => Err(Error::not_found(format!("/{name}"))),
    }
}

/// Whether [`owner`] finds them: they show a project to the one who asks, or are that one.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn shows(hub: &Hub, actor: &Actor, name: &OwnerName) -> Result<bool, Error> {
    if actor.user.as_ref().is_some_and(|account| account.username == *name) {
        return Ok(true);
    }
    let mut conn = hub.conn().await?;
    Ok(db::projects::shown_by(&mut conn, actor.asker(), name).await?)
}
