//! Giving one's password again, in a session that began a while ago: for what [`access::confirmed`]
//! is asked for.

use super::recognise::live_session;
use super::throttle;
use crate::{Actor, Credential, Error, Hub, access, audit, db};
use db::AsyncConnection as _;
use db::accounts::Login;
use mlhub_domain::problem::Code;
use serde_json::json;

/// Whether the one who asks has to give their password again for what cannot be undone.
///
/// # Errors
/// As [`access::confirmed`].
pub async fn must_confirm(hub: &Hub, actor: &Actor) -> Result<bool, Error> {
    let mut conn = hub.conn().await?;
    match access::confirmed(&mut conn, hub, actor).await {
        Ok(_) => Ok(false),
        Err(error) if error.problem().code == Code::ConfirmLogin => Ok(true),
        Err(error) => Err(error),
    }
}

/// Takes the password of the one who asks: it counts for their session, and for no other.
///
/// # Errors
/// `InvalidValue` on `password`; `RateLimited` after too many tries; `Forbidden` for who comes with a
/// token.
pub async fn confirm(hub: &Hub, actor: &Actor, password: &str) -> Result<(), Error> {
    check(hub, actor, ("password", password)).await?;
    let Credential::Session(session) = actor.credential else { return Ok(()) };
    let now = hub.now();
    let mut conn = hub.conn().await?;
    conn.transaction(async |conn| {
        db::sessions::authenticate(conn, session, now).await?;
        let what = ("session.confirm", session.to_string());
        audit::record(conn, hub, actor, None, (what.0, &what.1), json!({})).await
    })
    .await
}

/// The account of the one who asks, whose password stands in the `field`. Trying it counts as trying
/// to log in.
pub(super) async fn check(
    hub: &Hub,
    actor: &Actor,
    (field, password): (&str, &str),
) -> Result<Login, Error> {
    let login = {
        let mut conn = hub.conn().await?;
        let id = live_session(&mut conn, hub, actor).await?;
        db::accounts::by_id(&mut conn, id).await?
    };
    let key = throttle::account_key("login", login.user.email.as_str());
    throttle::take(hub, &key, hub.settings().logins_per_account).await?;
    let verdict = hub.hasher().verify(password, Some(login.password_hash.clone())).await?;
    if !verdict.right {
        return Err(not_current(field));
    }
    let mut conn = hub.conn().await?;
    db::throttles::refill(&mut conn, &key).await?;
    Ok(login)
}

pub(super) fn not_current(field: &str) -> Error {
    Error::invalid(field, "This is not your current password.", None)
}
