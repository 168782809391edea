//! Who is in a project, and what they may do.

use crate::idempotency::{Key, once};
use crate::{Actor, Error, Hub, access, audit, db, lists};
use db::accounts::Login;
use db::grant::{Manage, Read};
use db::{AsyncConnection as _, Conn};
use mlhub_domain::access::Role;
use mlhub_domain::lists::{List, ListQuery, MAX_LIMIT};
use mlhub_domain::names::OwnerName;
use mlhub_domain::problem::{Code, Problem};
use mlhub_domain::projects::{Member, ProjectPath};
use serde_json::json;

/// The most members of a project, its owner not among them: one page of a list shows them all.
const MOST: i64 = 199;
const _: () = assert!(MOST < MAX_LIMIT as i64);

/// The members, the owner first, then by name. Members see each other; who sees a project because
/// it is open sees its owner in its address, and nobody else.
///
/// # Errors
/// As [`access::project`]; `Forbidden` for who is no member.
pub async fn list(
    hub: &Hub,
    actor: &Actor,
    at: &ProjectPath,
    query: &ListQuery,
) -> Result<List<Member>, Error> {
    let mut conn = hub.conn().await?;
    let project = access::project::<Read>(&mut conn, actor, at).await?;
    if project.role().is_none() {
        return Err(match actor.user {
            None => Error::unauthenticated(),
            Some(_) => Error::forbidden(None, Role::Read),
        });
    }
    let q = query.q.as_deref().unwrap_or_default();
    let mut wanted = lists::Wanted::of(query);
    loop {
        let range = lists::range(wanted.query());
        let (found, total) = db::members::list(&mut conn, &project, q, range).await?;
        if let Some(page) = wanted.found(found, total.unsigned_abs()) {
            return Ok(page);
        }
    }
}

/// Makes `user` a member; once for `key`.
///
/// # Errors
/// As [`access::project`]; `InvalidValue` on `user` when nobody is called so, on `role` for
/// `owner`, and when the project has as many members as one may have; `MemberExists`; `OwnerStays`.
pub async fn add(
    hub: &Hub,
    actor: &Actor,
    at: &ProjectPath,
    user: &OwnerName,
    role: Role,
    key: Option<&Key>,
) -> Result<Member, Error> {
    check_role(role)?;
    let now = hub.now();
    once(hub, actor, key, async |conn| {
        let project = access::project::<Manage>(conn, actor, at).await?;
        let login = named(conn, at, user).await?;
        let message = format!("“{user}” is a member already. Change their role instead.");
        let exists = |error| match error {
            db::Error::Taken { .. } => {
                Problem::field(Code::MemberExists, "user", message, Some(user.as_str())).into()
            }
            other => Error::from(other),
        };
        if db::members::count(conn, &project).await? >= MOST {
            let message =
                format!("The project has {MOST} members, which is as many as it can have.");
            return Err(Error::invalid("user", message, Some(user.as_str())));
        }
        db::members::add(conn, &project, login.user.id, role, now).await.map_err(exists)?;
        let detail = json!({"user": user, "role": role});
        let what = ("member.add", at.to_string());
        audit::record(conn, hub, actor, Some(project.id()), (what.0, &what.1), detail).await?;
        let display_name = login.user.display_name;
        Ok(Member { user: user.clone(), display_name, role, since: now })
    })
    .await
}

/// Gives a member another role.
///
/// # Errors
/// As [`access::project`]; `NotFound` when they are no member; `OwnerStays`; `InvalidValue` on
/// `role` for `owner`.
pub async fn set_role(
    hub: &Hub,
    actor: &Actor,
    at: &ProjectPath,
    user: &OwnerName,
    role: Role,
) -> Result<Member, Error> {
    check_role(role)?;
    let mut conn = hub.conn().await?;
    conn.transaction(async |conn| {
        let project = access::project::<Manage>(conn, actor, at).await?;
        let login = member(conn, at, user).await?;
        let since = db::members::set_role(conn, &project, login.user.id, role)
            .await
            .map_err(|e| no_member(e, user))?;
        let detail = json!({"user": user, "role": role});
        let what = ("member.change", at.to_string());
        audit::record(conn, hub, actor, Some(project.id()), (what.0, &what.1), detail).await?;
        let display_name = login.user.display_name;
        Ok(Member { user: user.clone(), display_name, role, since })
    })
    .await
}

/// Ends a membership. Who manages may end anybody's; everybody may end their own.
///
/// # Errors
/// As [`access::project`]; `NotFound` when they are no member; `OwnerStays`.
pub async fn remove(
    hub: &Hub,
    actor: &Actor,
    at: &ProjectPath,
    user: &OwnerName,
) -> Result<(), Error> {
    let mut conn = hub.conn().await?;
    conn.transaction(async |conn| {
        let own = actor.user.as_ref().is_some_and(|account| account.username == *user);
        let (id, ended) = if own {
            let project = access::project::<Read>(conn, actor, at).await?;
            let login = member(conn, at, user).await?;
            (project.id(), db::members::leave(conn, &project, login.user.id).await)
        } else {
            let project = access::project::<Manage>(conn, actor, at).await?;
            let login = member(conn, at, user).await?;
            (project.id(), db::members::remove(conn, &project, login.user.id).await)
        };
        ended.map_err(|e| no_member(e, user))?;
        let what = if own { "member.leave" } else { "member.remove" };
        let detail = json!({"user": user});
        audit::record(conn, hub, actor, Some(id), (what, &at.to_string()), detail).await
    })
    .await
}

fn check_role(role: Role) -> Result<(), Error> {
    if Role::GIVEN.contains(&role) {
        return Ok(());
    }
    let message = "A member reads, edits or manages: a project has one owner.";
    Err(Error::invalid("role", message, Some(role.as_str())))
}

/// The account called `user`, which is not the owner's.
async fn find(conn: &mut Conn, at: &ProjectPath, user: &OwnerName) -> Result<Option<Login>, Error> {
    if *user == at.owner {
        let message = format!("“{user}” is the owner of the project, and stays it.");
        return Err(Problem::field(Code::OwnerStays, "user", message, Some(user.as_str())).into());
    }
    Ok(db::accounts::by_name(conn, user).await?)
}

async fn named(conn: &mut Conn, at: &ProjectPath, user: &OwnerName) -> Result<Login, Error> {
    find(conn, at, user).await?.ok_or_else(|| {
        let message = format!("Nobody here is called “{user}”. Ask them for their username.");
        Error::invalid("user", message, Some(user.as_str()))
    })
}

async fn member(conn: &mut Conn, at: &ProjectPath, user: &OwnerName) -> Result<Login, Error> {
    find(conn, at, user).await?.ok_or_else(|| no_member(db::Error::Missing, user))
}

fn no_member(error: db::Error, user: &OwnerName) -> Error {
    match error {
        db::Error::Missing => {
            Error::new(Code::NotFound, format!("“{user}” is not a member of this project."))
        }
        other => other.into(),
    }
}
