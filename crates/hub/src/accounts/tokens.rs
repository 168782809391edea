//! Personal access tokens: what scripts log in with.

use super::recognise::live_session;
use super::secret::TokenSecret;
use crate::idempotency::{self, Key, once};
use crate::{Actor, Error, Hub, access, audit, db};
use chrono::{DateTime, Utc};
use db::AsyncConnection as _;
use mlhub_domain::access::Role;
use mlhub_domain::accounts::Token;
use mlhub_domain::ids::TokenId;
use mlhub_domain::lists::{List, ListQuery};
use serde_json::json;

/// The most tokens that one account has at a time.
const MOST: i64 = 200;

/// A token to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// What its holder calls it.
    pub name: String,
    /// What it may do at most: `read`, `edit`, `manage`; each includes the ones before.
    pub scopes: Vec<Role>,
    /// When it stops working; `None` for never.
    pub expires_at: Option<DateTime<Utc>>,
}

/// The secret for a request with an `Idempotency-Key`: whoever repeats the request is shown the
/// same one, although it is stored nowhere.
pub fn secret_for(hub: &Hub, actor: &Actor, key: Option<&Key>) -> TokenSecret {
    let (Some(key), Some(user)) = (key, actor.id()) else { return TokenSecret::random() };
    TokenSecret::derived(|block| {
        let input =
            [&user.0.to_be_bytes()[..], &block.to_be_bytes(), key.as_str().as_bytes()].concat();
        hub.secrets().derive("personal access token", &input)
    })
}

/// Makes a token of the one who asks, once for `key`. `secret` is what they are shown: also by a
/// repetition, so for that too they have to be [confirmed](access::confirmed).
///
/// # Errors
/// `Forbidden` for who comes with a token; `InvalidValue` naming the field; those of
/// [`access::confirmed`].
pub async fn create(
    hub: &Hub,
    actor: &Actor,
    new: &NewToken,
    secret: &TokenSecret,
    key: Option<&Key>,
) -> Result<Token, Error> {
    let now = hub.now();
    let confirmed = {
        let mut conn = hub.conn().await?;
        access::confirmed(&mut conn, hub, actor).await?
    };
    once(hub, actor, key, async |conn| {
        let (name, scopes) = check(new, now)?;
        let user = live_session(conn, hub, actor).await?;
        let (_, count) = db::tokens::list(conn, user, "", (0, 1)).await?;
        if count >= MOST {
            let message = format!("You have {MOST} tokens: revoke one that you do not use.");
            return Err(Error::invalid("name", message, Some(&new.name)));
        }
        let hash = secret.hash();
        let (expires_at, scopes) = (new.expires_at, &scopes);
        let row = db::tokens::NewToken { user, name: &name, hash: &hash, scopes, now, expires_at };
        let token = db::tokens::create(conn, &confirmed, &row).await.map_err(made_before)?;
        let detail = json!({"name": name, "scopes": scopes, "expires_at": expires_at});
        let target = token.id.to_string();
        audit::record(conn, hub, actor, None, ("token.create", &target), detail).await?;
        Ok(token)
    })
    .await
}

/// The same key leads to the same secret, also when its answer is kept no longer.
fn made_before(error: db::Error) -> Error {
    match error {
        db::Error::Taken { .. } => idempotency::reused(),
        other => other.into(),
    }
}

fn check(new: &NewToken, now: DateTime<Utc>) -> Result<(String, Vec<Role>), Error> {
    let name = new.name.trim();
    let given = Some(new.name.as_str());
    if name.is_empty() || name.chars().count() > 80 || name.chars().any(char::is_control) {
        return Err(Error::invalid("name", "Give the token a name of 1 to 80 characters.", given));
    }
    let mut scopes = new.scopes.clone();
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() || scopes.contains(&Role::Owner) {
        let message = "Choose what the token may do: read, edit or manage.";
        return Err(Error::invalid("scopes", message, None));
    }
    if let Some(at) = new.expires_at.filter(|at| *at <= now) {
        let message = "The token would have expired already. Choose a time to come.";
        return Err(Error::invalid("expires_at", message, Some(&at.to_rfc3339())));
    }
    Ok((name.to_owned(), scopes))
}

/// The tokens of the one who asks, newest first, without their secrets.
///
/// # Errors
/// `Forbidden` for who comes with a token.
pub async fn list(hub: &Hub, actor: &Actor, query: &ListQuery) -> Result<List<Token>, Error> {
    let mut conn = hub.conn().await?;
    let user = live_session(&mut conn, hub, actor).await?;
    let (q, range) = (query.q.as_deref().unwrap_or_default(), crate::lists::range(query));
    let (tokens, total) = db::tokens::list(&mut conn, user, q, range).await?;
    Ok(query.page(tokens, total.unsigned_abs()))
}

/// Whether `text` is a token of the one who asks that works.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn is_own(hub: &Hub, actor: &Actor, text: &str) -> Result<bool, Error> {
    let (Some(user), Some(secret)) = (actor.id(), TokenSecret::parse(text)) else {
        return Ok(false);
    };
    let mut conn = hub.conn().await?;
    let bearer = db::tokens::bearer(&mut conn, &secret.hash(), hub.now()).await?;
    Ok(bearer.is_some_and(|bearer| bearer.user == user))
}

/// Revokes a token of the one who asks: it stops working at once, everywhere.
///
/// # Errors
/// `NotFound` when they have no such token; `Forbidden` for who comes with a token.
pub async fn revoke(hub: &Hub, actor: &Actor, id: TokenId) -> Result<(), Error> {
    let now = hub.now();
    let mut conn = hub.conn().await?;
    conn.transaction(async |conn| {
        let user = live_session(conn, hub, actor).await?;
        let name = match db::tokens::revoke(conn, user, id, now).await {
            Err(db::Error::Missing) => return Err(Error::not_found(format!("token {id}"))),
            revoked => revoked?,
        };
        let detail = json!({"name": name});
        audit::record(conn, hub, actor, None, ("token.revoke", &id.to_string()), detail).await
    })
    .await
}
