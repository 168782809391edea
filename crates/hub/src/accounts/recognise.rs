//! Who comes with this request.

use super::secret::TokenSecret;
use super::sessions::{Cookies, refresh};
use crate::actor::{Account, Actor, Credential};
use crate::{Error, Hub, db};
use db::Conn;
use mlhub_domain::accounts::User;
use mlhub_domain::ids::UserId;
use mlhub_domain::problem::Code;

/// What a request brought along. `Debug` shows which, and nothing of it.
#[derive(Clone, Copy, Default)]
pub struct Presented<'a> {
    /// What stands behind `Authorization: Bearer`.
    pub bearer: Option<&'a str>,
    /// The cookie with the access token.
    pub access: Option<&'a str>,
    /// The cookie with the refresh token.
    pub refresh: Option<&'a str>,
}

impl std::fmt::Debug for Presented<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { bearer, access, refresh } = self;
        f.debug_struct("Presented")
            .field("bearer", &bearer.is_some())
            .field("access", &access.is_some())
            .field("refresh", &refresh.is_some())
            .finish()
    }
}

/// Who it is, and what to do about the cookies.
#[derive(Clone, Debug)]
pub enum Recognised {
    /// The cookies stay as they are.
    Known(Actor),
    /// The browser is given new ones.
    Renewed(Actor, Cookies),
    /// The cookies are worth nothing: a visitor, whose browser forgets them.
    Stale,
}

/// Who comes with what was presented. A token counts before cookies; a wrong one is an error,
/// while worthless cookies make a visitor.
///
/// # Errors
/// `BadToken`; `Unavailable` when the database does not answer.
pub async fn recognise(hub: &Hub, presented: Presented<'_>) -> Result<Recognised, Error> {
    if let Some(bearer) = presented.bearer {
        return Ok(Recognised::Known(by_token(hub, bearer).await?));
    }
    let read = presented.access.and_then(|token| hub.signer().read(token, hub.now()));
    if let Some(actor) = read.filter(|actor| !has_ended(hub, actor)) {
        return Ok(Recognised::Known(actor));
    }
    let renewed = match presented.refresh {
        Some(token) => refresh(hub, token).await?,
        None => None,
    };
    Ok(match renewed {
        Some((actor, cookies)) => Recognised::Renewed(actor, cookies),
        None if presented.access.is_some() || presented.refresh.is_some() => Recognised::Stale,
        None => Recognised::Known(Actor::visitor()),
    })
}

async fn by_token(hub: &Hub, text: &str) -> Result<Actor, Error> {
    let bad = || {
        Error::new(
            Code::BadToken,
            "The token is unknown, expired or revoked. Make a new one under Settings → Tokens.",
        )
    };
    let secret = TokenSecret::parse(text).ok_or_else(bad)?;
    let now = hub.now();
    let mut conn = hub.conn().await?;
    let bearer = db::tokens::bearer(&mut conn, &secret.hash(), now).await?.ok_or_else(bad)?;
    if bearer.last_used_at.is_none_or(|used| used + chrono::Duration::minutes(1) < now) {
        db::tokens::touch(&mut conn, bearer.id, now).await?;
    }
    let user = Account {
        id: bearer.user,
        username: bearer.username,
        display_name: bearer.display_name,
        admin: bearer.admin,
    };
    let most = bearer.scopes.into_iter().max();
    Ok(Actor { user: Some(user), credential: Credential::Token { id: bearer.id, most } })
}

impl From<User> for Account {
    fn from(user: User) -> Self {
        let User { id, username, display_name, admin, .. } = user;
        Self { id, username, display_name, admin }
    }
}

/// Whether the one who was recognised a while ago still is who they were: asked of the database,
/// for what lasts longer than a request. A visitor always is.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn still_signed_in(hub: &Hub, actor: &Actor) -> Result<bool, Error> {
    let mut conn = hub.conn().await?;
    let now = hub.now();
    Ok(match actor.credential {
        Credential::None | Credential::Console => true,
        Credential::Session(id) => {
            db::sessions::authenticated_at(&mut conn, id, now).await?.is_some()
        }
        Credential::Token { id, .. } => db::tokens::is_live(&mut conn, id, now).await?,
    })
}

/// The user behind a login in a browser that has not ended: for acts that no token may do and that
/// the five minutes of an access token are too long for.
pub(super) async fn live_session(
    conn: &mut Conn,
    hub: &Hub,
    actor: &Actor,
) -> Result<UserId, Error> {
    let user = actor.id().ok_or_else(Error::unauthenticated)?;
    match actor.credential {
        Credential::Console => Ok(user),
        Credential::Session(id) => {
            let live = db::sessions::authenticated_at(conn, id, hub.now()).await?;
            live.map(|_| user).ok_or_else(Error::unauthenticated)
        }
        Credential::Token { .. } | Credential::None => Err(Error::session()),
    }
}

/// Whether the session of the one who asks has ended, as far as this process knows: asked of the
/// memory, for every request.
pub fn has_ended(hub: &Hub, actor: &Actor) -> bool {
    matches!(actor.credential, Credential::Session(id) if hub.ended().contains(id))
}
