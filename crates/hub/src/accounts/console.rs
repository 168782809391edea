//! What `mlhub admin` does: whoever may read the data folder may do it.

use super::password::password_strength;
use super::secret::TokenSecret;
use super::sign_up::{NewAccount, create};
use super::tokens::{self, NewToken};
use crate::{Actor, Credential, Error, Hub, audit, db};
use db::AsyncConnection as _;
use mlhub_domain::access::Role;
use mlhub_domain::accounts::{Email, PASSWORD_MAX, User};
use serde_json::json;

/// Makes an account, whoever may sign up. An administrator uses up the set-up link. The password
/// is the operator's choice: how weak it is, is for them to hear, not for us to refuse.
///
/// # Errors
/// `InvalidValue` with the fields; `EmailTaken`, `UsernameTaken`.
pub async fn create_user(hub: &Hub, new: &NewAccount, admin: bool) -> Result<User, Error> {
    let parsed = new.parse()?;
    if new.password.is_empty() || new.password.len() > PASSWORD_MAX {
        let message = format!("A password has 1 to {PASSWORD_MAX} bytes.");
        return Err(Error::invalid("password", message, None));
    }
    let strength = password_strength(&new.password, &[&new.email]).await?;
    if !strength.suffices() {
        tracing::warn!("this password is easy to guess: {}", strength.hint);
    }
    let hash = hub.hasher().hash(&new.password).await?;
    let console = Actor { user: None, credential: Credential::Console };
    let mut conn = hub.conn().await?;
    conn.transaction(async |conn| {
        db::accounts::lock_setup(conn).await?;
        let user = create(conn, hub, &parsed, &hash, admin).await?.user;
        let target = user.username.to_string();
        let detail = json!({"by": "console", "admin": admin});
        audit::record(conn, hub, &console, None, ("user.create", &target), detail).await?;
        Ok(user)
    })
    .await
}

/// Makes a token without an end that may do everything its user may.
///
/// # Errors
/// `InvalidValue` when no account has this address.
pub async fn make_token(hub: &Hub, email: &str) -> Result<TokenSecret, Error> {
    let unknown =
        || Error::invalid("email", format!("No account has the address {email}."), Some(email));
    let address: Email = email.parse().map_err(|_| unknown())?;
    let user = {
        let mut conn = hub.conn().await?;
        db::accounts::by_email(&mut conn, &address).await?.ok_or_else(unknown)?.user
    };
    let actor = Actor { user: Some(user.into()), credential: Credential::Console };
    let new = NewToken { name: "console".into(), scopes: Role::GIVEN.into(), expires_at: None };
    let secret = TokenSecret::random();
    tokens::create(hub, &actor, &new, &secret, None).await?;
    Ok(secret)
}
