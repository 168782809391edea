//! Logging in by e-mail and password, and out again. The answer tells nothing about who exists:
//! not by its words, not by its time.

use super::confirm::not_current;
use super::sessions::{SignedIn, Started, end_all, start};
use super::throttle::{self, Visit};
use crate::actor::Actor;
use crate::{Credential, Error, Hub, audit, db};
use db::AsyncConnection as _;
use db::accounts::Login;
use mlhub_domain::accounts::Email;
use mlhub_domain::problem::Code;
use serde_json::json;

/// Starts a session for who knows the password of the account with this address.
///
/// # Errors
/// `WrongCredentials`, whichever of the two is wrong; `RateLimited` after too many tries;
/// `ServerBusy` when too many log in at once.
pub async fn log_in(
    hub: &Hub,
    email: &str,
    password: &str,
    visit: &Visit,
) -> Result<SignedIn, Error> {
    let limits = hub.settings();
    throttle::address(hub, "login", visit, limits.logins_per_address).await?;
    let key = throttle::account_key("login", email);
    throttle::take(hub, &key, limits.logins_per_account).await?;

    let login = find(hub, email).await?;
    let hash = login.as_ref().map(|login| login.password_hash.clone());
    let verdict = hub.hasher().verify(password, hash).await?;
    let Some(login) = login.filter(|login| verdict.right && !login.suspended) else {
        return Err(wrong());
    };
    let better = match verdict.outdated {
        true => Some(hub.hasher().hash(password).await?),
        false => None,
    };
    let mut conn = hub.conn().await?;
    let started = conn.transaction(async |conn| {
        // Comparing takes a while, in which the password may have become another one.
        if !db::accounts::hold_password(conn, login.user.id, &login.password_hash).await? {
            return Err(wrong());
        }
        db::throttles::refill(conn, &key).await?;
        if let Some(better) = &better {
            db::accounts::set_password_hash(conn, login.user.id, better, None).await?;
        }
        enter(conn, hub, login, visit, "session.start").await
    });
    Ok(started.await?.committed(hub))
}

async fn find(hub: &Hub, email: &str) -> Result<Option<Login>, Error> {
    let Ok(email) = email.parse::<Email>() else { return Ok(None) };
    let mut conn = hub.conn().await?;
    Ok(db::accounts::by_email(&mut conn, &email).await?)
}

fn wrong() -> Error {
    Error::new(Code::WrongCredentials, "E-mail and password do not match. Check both.")
}

/// A session for who just proved that the account is theirs, and its audit row.
pub(super) async fn enter(
    conn: &mut db::Conn,
    hub: &Hub,
    login: Login,
    visit: &Visit,
    action: &str,
) -> Result<Started, Error> {
    let actor = Actor { user: Some(login.user.clone().into()), credential: Credential::None };
    let target = login.user.username.to_string();
    let detail = json!({"address": visit.address, "agent": visit.agent()});
    audit::record(conn, hub, &actor, None, (action, &target), detail).await?;
    start(conn, hub, login.user, visit).await
}

/// Ends the session of the one who asks; for a token and for a visitor there is none to end.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn log_out(hub: &Hub, actor: &Actor) -> Result<(), Error> {
    let Credential::Session(session) = actor.credential else { return Ok(()) };
    let now = hub.now();
    let mut conn = hub.conn().await?;
    conn.transaction(async |conn| {
        if db::sessions::revoke(conn, session, now).await? {
            let what = ("session.end", session.to_string());
            audit::record(conn, hub, actor, None, (what.0, &what.1), json!({})).await?;
        }
        Ok::<_, Error>(())
    })
    .await?;
    hub.ended().add([session], now);
    Ok(())
}

/// Sets a new password and ends all other sessions: whoever knew the old one is out.
pub(super) async fn replace_password(
    hub: &Hub,
    actor: &Actor,
    login: &Login,
    new: &str,
) -> Result<(), Error> {
    let hash = hub.hasher().hash(new).await?;
    let now = hub.now();
    let mut conn = hub.conn().await?;
    let ended = conn
        .transaction(async |conn| {
            if !db::accounts::hold_password(conn, login.user.id, &login.password_hash).await? {
                return Err(not_current("current_password"));
            }
            db::accounts::set_password_hash(conn, login.user.id, &hash, Some(now)).await?;
            let target = login.user.username.as_str();
            audit::record(conn, hub, actor, None, ("user.password", target), json!({})).await?;
            if let Credential::Session(session) = actor.credential {
                db::sessions::authenticate(conn, session, now).await?;
            }
            end_all(conn, hub, actor, login.user.id).await
        })
        .await?;
    hub.ended().add(ended, now);
    Ok(())
}
