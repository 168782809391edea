//! What people see and change of their own account.

use super::confirm;
use super::log_in::replace_password;
use super::password::check_strength;
use super::recognise::live_session;
use crate::{Actor, Error, Hub, audit, db};
use db::AsyncConnection as _;
use mlhub_domain::accounts::User;
use serde_json::json;

/// The account of the one who asks.
///
/// # Errors
/// `Unauthenticated` for a visitor.
pub async fn me(hub: &Hub, actor: &Actor) -> Result<User, Error> {
    let id = actor.id().ok_or_else(Error::unauthenticated)?;
    let mut conn = hub.conn().await?;
    Ok(db::accounts::by_id(&mut conn, id).await?.user)
}

/// Sets the name shown to people. Other pages show it after five minutes at the latest.
///
/// # Errors
/// `InvalidValue` on `display_name`; `Forbidden` for who comes with a token.
pub async fn set_display_name(hub: &Hub, actor: &Actor, name: &str) -> Result<User, Error> {
    let given = name;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 80 || name.chars().any(char::is_control) {
        let message = "A name has 1 to 80 characters on one line.";
        return Err(Error::invalid("display_name", message, Some(given)));
    }
    let mut conn = hub.conn().await?;
    conn.transaction(async |conn| {
        let id = live_session(conn, hub, actor).await?;
        db::accounts::set_display_name(conn, id, name).await?;
        let detail = json!({"display_name": name});
        audit::record(conn, hub, actor, None, ("user.rename", &id.to_string()), detail).await?;
        Ok(db::accounts::by_id(conn, id).await?.user)
    })
    .await
}

/// Sets a new password for who knows the old one, and ends all their other sessions.
///
/// # Errors
/// `InvalidValue` on `current_password`, and on `password` for the same one; `WeakPassword` there;
/// `Forbidden` for who comes with a token; `RateLimited` after too many tries.
pub async fn change_password(
    hub: &Hub,
    actor: &Actor,
    current: &str,
    new: &str,
) -> Result<(), Error> {
    let login = confirm::check(hub, actor, ("current_password", current)).await?;
    if new == current {
        let message = "This is your password already. Choose another.";
        return Err(Error::invalid("password", message, None));
    }
    let known = [login.user.email.as_str(), login.user.username.as_str()];
    check_strength(new, &known).await?;
    replace_password(hub, actor, &login, new).await
}
