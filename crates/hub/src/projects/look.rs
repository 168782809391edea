//! Looking at projects.

use crate::{Actor, Error, Hub, IfFound as _, access, db, lists};
use db::grant::{Edit, Level, Manage, Read};
use db::projects::{Order, Which};
use mlhub_domain::lists::{List, ListQuery};
use mlhub_domain::projects::{Project, ProjectPath};

/// The project at `at`.
///
/// # Errors
/// `NotFound` when it does not exist or may not be seen.
pub async fn get(hub: &Hub, actor: &Actor, at: &ProjectPath) -> Result<Project, Error> {
    get_to::<Read>(hub, actor, at).await
}

/// Whether [`get`] finds the project at `at`.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn is_open(hub: &Hub, actor: &Actor, at: &ProjectPath) -> Result<bool, Error> {
    let mut conn = hub.conn().await?;
    Ok(access::project::<Read>(&mut conn, actor, at).await.if_found()?.is_some())
}

/// The project, for who is about to upload to it or to train in it.
///
/// # Errors
/// As [`access::project`]: `Forbidden` names the role that is needed.
pub async fn get_to_edit(hub: &Hub, actor: &Actor, at: &ProjectPath) -> Result<Project, Error> {
    get_to::<Edit>(hub, actor, at).await
}

/// The project, for who is about to decide on it.
///
/// # Errors
/// As [`access::project`]: `Forbidden` names the role that is needed.
pub async fn get_to_manage(hub: &Hub, actor: &Actor, at: &ProjectPath) -> Result<Project, Error> {
    get_to::<Manage>(hub, actor, at).await
}

async fn get_to<L: Level>(hub: &Hub, actor: &Actor, at: &ProjectPath) -> Result<Project, Error> {
    let mut conn = hub.conn().await?;
    let project = access::project::<L>(&mut conn, actor, at).await?;
    Ok(db::projects::get(&mut conn, &project, actor.id()).await?)
}

/// Projects that `query.q` is found in, as `owner/name`. Sorted by `name`, `-name`, `updated` or
/// `-updated`; the one changed last comes first when nothing is said. What is unlisted stands in
/// its members' lists only.
///
/// # Errors
/// `InvalidValue` for another `sort`; `Unauthenticated` for a visitor who asks for theirs.
pub async fn list(
    hub: &Hub,
    actor: &Actor,
    which: &Which,
    query: &ListQuery,
) -> Result<List<Project>, Error> {
    if *which == Which::Mine && actor.user.is_none() {
        return Err(Error::unauthenticated());
    }
    let order = match query.sort.as_deref() {
        None | Some("-updated") => Order::Newest,
        Some("updated") => Order::Oldest,
        Some("name") => Order::Name,
        Some("-name") => Order::NameBackwards,
        Some(other) => {
            let message = "Sort by name, -name, updated or -updated.";
            return Err(Error::invalid("sort", message, Some(other)));
        }
    };
    let q = query.q.as_deref().unwrap_or_default();
    let mut conn = hub.conn().await?;
    let capped = |project: Project| {
        let role = project.role.and_then(|role| actor.capped(role));
        Project { role, ..project }
    };
    let mut wanted = lists::Wanted::of(query);
    loop {
        let range = lists::range(wanted.query());
        let found = db::projects::list(&mut conn, actor.asker(), which, (q, order), range);
        let (found, total) = found.await?;
        if let Some(page) = wanted.found(found, total.unsigned_abs()) {
            return Ok(page.map(capped));
        }
    }
}
