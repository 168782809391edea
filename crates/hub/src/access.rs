//! Who may do what. The only module that issues a [`Grant`], and that [confirms](Confirmed).

use crate::actor::Account;
use crate::{Actor, Credential, Error, Hub, db};
use chrono::Duration;
use db::Conn;
use db::access::Found;
use db::grant::{Confirmed, Grant, Level, Read};
use mlhub_domain::access::{LATELY_MINUTES, Role, Visibility};
use mlhub_domain::datasets::DatasetPath;
use mlhub_domain::ids::{DatasetId, JobId, ModelId, ProjectId, RunId};
use mlhub_domain::models::ModelPath;
use mlhub_domain::names::DatasetName;
use mlhub_domain::problem::Code;
use mlhub_domain::projects::ProjectPath;
use mlhub_domain::runs::RunPath;
use std::collections::BTreeSet;

/// So long a password that was given in a session counts.
const LATELY: Duration = Duration::minutes(LATELY_MINUTES);

/// Finds the project at `path` and proves that `actor` holds at least `L` on it.
///
/// # Errors
/// `NotFound` when it does not exist *or the actor may not see it*: the two look alike.
/// `Unauthenticated` or `Forbidden` when the actor may see it but holds less than `L`.
pub async fn project<L: Level>(
    conn: &mut Conn,
    actor: &Actor,
    path: &ProjectPath,
) -> Result<Grant<ProjectId, L>, Error> {
    let found = db::access::project(conn, actor.id(), path).await?;
    decide(actor, found, || path.page())
}

/// Finds the dataset at `path` and proves that `actor` holds at least `L` on it.
///
/// # Errors
/// As [`project`].
pub async fn dataset<L: Level>(
    conn: &mut Conn,
    actor: &Actor,
    path: &DatasetPath,
) -> Result<Grant<DatasetId, L>, Error> {
    let found = db::access::dataset(conn, actor.id(), path).await?;
    decide(actor, found, || path.page())
}

/// Those of the datasets called `names`, in the project at `path`, that `actor` may see.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn datasets_seen(
    conn: &mut Conn,
    actor: &Actor,
    path: &ProjectPath,
    names: &BTreeSet<DatasetName>,
) -> Result<BTreeSet<DatasetName>, Error> {
    let found = db::access::datasets(conn, actor.id(), path, names).await?;
    let seen = |found| decide::<_, Read>(actor, Some(found), || path.page()).is_ok();
    Ok(found.into_iter().filter_map(|(name, found)| seen(found).then_some(name)).collect())
}

/// Finds the model at `path` and proves that `actor` holds at least `L` on it.
///
/// # Errors
/// As [`project`].
pub async fn model<L: Level>(
    conn: &mut Conn,
    actor: &Actor,
    path: &ModelPath,
) -> Result<Grant<ModelId, L>, Error> {
    let found = db::access::model(conn, actor.id(), path).await?;
    decide(actor, found, || path.page())
}

/// Finds the run at `path` and proves that `actor` holds at least `L` on it.
///
/// # Errors
/// As [`project`].
pub async fn run<L: Level>(
    conn: &mut Conn,
    actor: &Actor,
    path: &RunPath,
) -> Result<Grant<RunId, L>, Error> {
    let found = db::access::run(conn, actor.id(), path).await?;
    decide(actor, found, || path.page())
}

/// Finds the job and proves that `actor` holds at least `L` on its project.
///
/// # Errors
/// As [`project`].
pub async fn job<L: Level>(
    conn: &mut Conn,
    actor: &Actor,
    job: JobId,
) -> Result<Grant<JobId, L>, Error> {
    let found = db::access::job(conn, actor.id(), job).await?;
    decide(actor, found, || format!("/api/v1/jobs/{job}"))
}

/// The account of the one who asks, for what belongs to nobody yet: making a project. A token
/// must reach as far as `L`.
///
/// # Errors
/// `Unauthenticated` for a visitor; `TokenScope` when the token does not reach so far.
pub fn account<L: Level>(actor: &Actor) -> Result<&Account, Error> {
    let user = actor.user.as_ref().ok_or_else(Error::unauthenticated)?;
    match actor.capped(Role::Owner) {
        Some(most) if most >= L::ROLE => Ok(user),
        Some(_) | None => Err(Error::scope(L::ROLE)),
    }
}

/// Proves that the one who asks is not merely at a browser that somebody left open, or whose cookies
/// they have: in a session the password was given lately. Whoever made a token was asked then.
///
/// # Errors
/// `ConfirmLogin` when the password was given too long ago; `Unauthenticated` for a visitor, and when
/// the session has ended.
pub async fn confirmed(conn: &mut Conn, hub: &Hub, actor: &Actor) -> Result<Confirmed, Error> {
    match actor.credential {
        Credential::None => return Err(Error::unauthenticated()),
        Credential::Token { .. } | Credential::Console => {}
        Credential::Session(id) => {
            let given = db::sessions::authenticated_at(conn, id, hub.now()).await?;
            if given.ok_or_else(Error::unauthenticated)? + LATELY <= hub.now() {
                let again = format!(
                    "You last gave your password more than {LATELY_MINUTES} minutes ago, and this \
                     asks for it again."
                );
                return Err(Error::new(Code::ConfirmLogin, again));
            }
        }
    }
    #[expect(clippy::disallowed_methods, reason = "the one place that decides")]
    Ok(Confirmed::issue())
}

/// A `thing` that was to be seen as `wanted` says and is as open as its project (`follows`) all the
/// same: whoever sees the project sees what is in it.
///
/// # Errors
/// `InvalidValue` on `visibility` when that is more open than was wanted.
pub fn never_less_open(thing: &str, wanted: Visibility, follows: Visibility) -> Result<(), Error> {
    if follows == wanted {
        return Ok(());
    }
    let message =
        format!("the project is {follows}, and a {thing} is never less open than its project");
    Err(Error::invalid("visibility", message, Some(wanted.as_str())))
}

/// The decision: action (as the level it needs) × role × visibility.
fn decide<Id: Copy, L: Level>(
    actor: &Actor,
    found: Option<Found<Id>>,
    page: impl Fn() -> String,
) -> Result<Grant<Id, L>, Error> {
    let Some(found) = found else { return Err(Error::not_found(page())) };
    let open = found.visibility != Visibility::Private;
    let role = found.role.and_then(|role| actor.capped(role));
    if role.is_none() && !open {
        return Err(Error::not_found(page()));
    }
    let held = role.unwrap_or(Role::Read);
    if held < L::ROLE {
        return Err(match actor.user {
            None => Error::unauthenticated(),
            Some(_) if found.role >= Some(L::ROLE) => Error::scope(L::ROLE),
            Some(_) => Error::forbidden(role, L::ROLE),
        });
    }
    #[expect(clippy::disallowed_methods, reason = "the one place that decides")]
    Ok(Grant::issue(found.id, found.project, role))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Credential;
    use db::grant::{Edit, Manage};
    use mlhub_domain::ids::{SessionId, TokenId, UserId};
    use mlhub_domain::problem::Kind;

    fn someone(credential: Credential) -> Actor {
        let user = Account {
            id: UserId(1),
            username: "ada".parse().unwrap(),
            display_name: "Ada".into(),
            admin: true,
        };
        Actor { user: Some(user), credential }
    }

    fn answer<L: Level>(actor: &Actor, role: Option<Role>, visibility: Visibility) -> Option<Kind> {
        let found = Found { id: ProjectId(1), project: ProjectId(1), role, visibility };
        decide::<_, L>(actor, Some(found), || "/ada/x".into()).err().map(|e| e.kind())
    }

    #[test]
    fn nobody_sees_what_is_private_and_everybody_what_is_open() {
        let visitor = Actor::visitor();
        let member = someone(Credential::Session(SessionId(1)));
        assert_eq!(answer::<Read>(&visitor, None, Visibility::Private), Some(Kind::NotFound));
        assert_eq!(answer::<Read>(&member, None, Visibility::Private), Some(Kind::NotFound));
        assert_eq!(answer::<Read>(&visitor, None, Visibility::Unlisted), None);
        assert_eq!(answer::<Read>(&visitor, None, Visibility::Public), None);
        assert_eq!(answer::<Edit>(&visitor, None, Visibility::Public), Some(Kind::Unauthenticated));
        assert_eq!(answer::<Edit>(&member, None, Visibility::Public), Some(Kind::Forbidden));
    }

    #[test]
    fn a_role_allows_what_it_includes_and_no_more() {
        let member = someone(Credential::Session(SessionId(1)));
        let roles = [Role::Read, Role::Edit, Role::Manage, Role::Owner];
        let edits = roles.map(|r| answer::<Edit>(&member, Some(r), Visibility::Private));
        assert_eq!(edits, [Some(Kind::Forbidden), None, None, None]);
        let manages = roles.map(|r| answer::<Manage>(&member, Some(r), Visibility::Private));
        assert_eq!(manages, [Some(Kind::Forbidden), Some(Kind::Forbidden), None, None]);
    }

    #[test]
    fn a_token_reaches_no_further_than_its_scopes() {
        let token = |most| someone(Credential::Token { id: TokenId(1), most });
        let owner = Some(Role::Owner);
        assert_eq!(
            answer::<Edit>(&token(Some(Role::Read)), owner, Visibility::Private),
            Some(Kind::Forbidden)
        );
        assert_eq!(answer::<Edit>(&token(Some(Role::Edit)), owner, Visibility::Private), None);
        assert_eq!(answer::<Read>(&token(None), owner, Visibility::Private), Some(Kind::NotFound));
    }
}
