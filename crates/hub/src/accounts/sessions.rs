//! Sessions. A refresh token is `family.generation.mac`: the row holds one half of what the MAC is
//! made with, the server the other, so that neither a copy of the database nor the key alone makes
//! one. It is good once: using it gives its only successor. Using it twice within [`GRACE`] gives
//! the same successor again (a page asks for many things at once); later it was stolen from
//! somebody, and the session ends for both.

use super::throttle::Visit;
use crate::actor::Actor;
use crate::{Credential, Error, Hub, audit, db};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use db::sessions::Stored;
use db::{AsyncConnection as _, Conn};
use mlhub_domain::accounts::{Session, User};
use mlhub_domain::ids::{SessionId, UserId};
use mlhub_domain::lists::{List, ListQuery};
use serde_json::json;
use uuid::Uuid;

/// A token used again within this is a second request of the same page.
const GRACE: Duration = Duration::seconds(30);

/// A session ends when nobody comes for so long.
const IDLE: Duration = Duration::days(30);

/// No session lives longer.
const MOST: Duration = Duration::days(90);

/// The most live sessions of one account; a new login ends the one that was not seen for longest.
const EACH: i64 = 100;

/// What a browser is given to keep. `Debug` shows nothing that proves anything.
#[derive(Clone, PartialEq, Eq)]
pub struct Cookies {
    /// Proves who asks, for five minutes.
    pub access: String,
    /// Gets the next access token, once.
    pub refresh: String,
    /// How long the browser keeps both.
    pub keep: Duration,
}

impl std::fmt::Debug for Cookies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cookies").field("keep", &self.keep).finish_non_exhaustive()
    }
}

/// Somebody who has just proved who they are.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The account.
    pub user: User,
    /// What the browser is given.
    pub cookies: Cookies,
}

/// A login that holds once its transaction does.
pub(super) struct Started {
    signed: SignedIn,
    /// Sessions that had to make room.
    ended: Vec<SessionId>,
}

impl Started {
    /// The transaction was committed: had it not been, the sessions that made room would live on.
    pub(super) fn committed(self, hub: &Hub) -> SignedIn {
        hub.ended().add(self.ended, hub.now());
        self.signed
    }
}

/// Makes a session for `user`, in the transaction of what they proved themselves with.
pub(super) async fn start(
    conn: &mut Conn,
    hub: &Hub,
    user: User,
    visit: &Visit,
) -> Result<Started, Error> {
    let now = hub.now();
    let (family, secret): (Uuid, [u8; 32]) = (Uuid::new_v4(), rand::random());
    let new = db::sessions::NewSession {
        user: user.id,
        family,
        secret: &secret,
        agent: &visit.agent(),
        now,
        expires_at: now + IDLE,
    };
    let id = db::sessions::create(conn, &new).await?;
    let ended = db::sessions::trim(conn, user.id, EACH, now).await?;
    let cookies = Cookies {
        access: hub.signer().sign(&user, id, 0, now)?,
        refresh: Refresh { family, generation: 0 }.seal(hub, &secret),
        keep: IDLE,
    };
    Ok(Started { signed: SignedIn { user, cookies }, ended })
}

/// A refresh token, unsealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Refresh {
    family: Uuid,
    generation: i32,
}

impl Refresh {
    fn mac(self, hub: &Hub, secret: &[u8]) -> [u8; 32] {
        let input = [secret, self.family.as_bytes(), &self.generation.to_be_bytes()].concat();
        hub.secrets().derive("refresh token", &input)
    }

    fn seal(self, hub: &Hub, secret: &[u8]) -> String {
        let mac = URL_SAFE_NO_PAD.encode(self.mac(hub, secret));
        format!("{}.{}.{mac}", self.family.simple(), self.generation)
    }

    /// The parts of `token`, when it is written exactly as we write it.
    fn parse(token: &str) -> Option<(Self, [u8; 32])> {
        let mut parts = token.split('.');
        let (family, generation, mac) = (parts.next()?, parts.next()?, parts.next()?);
        let parsed = Self { family: family.parse().ok()?, generation: generation.parse().ok()? };
        let mac = URL_SAFE_NO_PAD.decode(mac).ok()?.try_into().ok()?;
        let canonical = format!("{}.{}", parsed.family.simple(), parsed.generation);
        let exact = parts.next().is_none() && token.starts_with(&format!("{canonical}."));
        exact.then_some((parsed, mac))
    }
}

/// Without a difference in time that says how much of it is right.
fn same(a: &[u8; 32], b: &[u8; 32]) -> bool {
    a.iter().zip(b).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

/// The successor of a refresh token, and whose it is. `None` when it is worth nothing (any more).
pub(super) async fn refresh(hub: &Hub, token: &str) -> Result<Option<(Actor, Cookies)>, Error> {
    let Some((presented, mac)) = Refresh::parse(token) else { return Ok(None) };
    let now = hub.now();
    let mut conn = hub.conn().await?;
    let Some(mut stored) = db::sessions::find(&mut conn, presented.family).await? else {
        return Ok(None);
    };
    if !same(&presented.mac(hub, &stored.secret), &mac) || !stored.live(now) {
        return Ok(None);
    }
    if presented.generation == stored.generation {
        let rotated =
            db::sessions::rotate(&mut conn, stored.id(), presented.generation, now, (IDLE, MOST));
        stored = match rotated.await? {
            Some(rotated) => rotated,
            // Somebody was faster: look again at what they left.
            None => match db::sessions::find(&mut conn, presented.family).await? {
                Some(stored) => stored,
                None => return Ok(None),
            },
        };
    }
    if !stored.live(now) {
        return Ok(None);
    }
    let next = Refresh { generation: stored.generation, ..presented };
    let fresh = presented.generation.checked_add(1) == Some(stored.generation)
        && stored.rotated_at + GRACE >= now;
    if !fresh {
        reused(&mut conn, hub, &stored).await?;
        return Ok(None);
    }
    let login = db::accounts::by_id(&mut conn, stored.user()).await?;
    if login.suspended {
        return Ok(None);
    }
    let access = hub.signer().sign(&login.user, stored.id(), stored.generation, now)?;
    let refresh = next.seal(hub, &stored.secret);
    let credential = Credential::Session(stored.id());
    let actor = Actor { user: Some(login.user.into()), credential };
    Ok(Some((actor, Cookies { access, refresh, keep: stored.expires_at - now })))
}

/// A token that was used long ago came again: it, or its successor, is in the wrong hands.
async fn reused(conn: &mut Conn, hub: &Hub, stored: &Stored) -> Result<(), Error> {
    let (id, now) = (stored.id(), hub.now());
    let actor = Actor::visitor();
    conn.transaction(async |conn| {
        if db::sessions::revoke(conn, id, now).await? {
            let detail = json!({"user": stored.user(), "generation": stored.generation});
            let what = ("session.reused", id.to_string());
            audit::record(conn, hub, &actor, None, (what.0, &what.1), detail).await?;
        }
        Ok::<_, Error>(())
    })
    .await?;
    hub.ended().add([id], now);
    tracing::warn!(
        session = id.0,
        user = stored.user().0,
        "a refresh token was used twice; its session is ended"
    );
    Ok(())
}

/// The sessions of the one who asks, the one seen last first: all of them, for there are at most a
/// hundred.
///
/// # Errors
/// `Unauthenticated` for a visitor.
pub async fn sessions(hub: &Hub, actor: &Actor) -> Result<Vec<Session>, Error> {
    let user = actor.id().ok_or_else(Error::unauthenticated)?;
    let mut conn = hub.conn().await?;
    let stored = db::sessions::list(&mut conn, user, EACH, hub.now()).await?;
    let show = |stored: Stored| Session {
        id: stored.id(),
        current: actor.credential == Credential::Session(stored.id()),
        agent: stored.agent,
        created_at: stored.created_at,
        seen_at: stored.seen_at,
    };
    Ok(stored.into_iter().map(show).collect())
}

/// The same in pages; `q` is looked for in what the browser calls itself.
///
/// # Errors
/// `Unauthenticated` for a visitor.
pub async fn find_sessions(
    hub: &Hub,
    actor: &Actor,
    query: &ListQuery,
) -> Result<List<Session>, Error> {
    let wanted = query.q.as_deref().unwrap_or_default().to_lowercase();
    let mut found = sessions(hub, actor).await?;
    found.retain(|session| session.agent.to_lowercase().contains(&wanted));
    Ok(query.cut(found))
}

/// Ends one session of the one who asks.
///
/// # Errors
/// `NotFound` when they have no such session.
pub async fn end_session(hub: &Hub, actor: &Actor, session: SessionId) -> Result<(), Error> {
    let now = hub.now();
    let mut conn = hub.conn().await?;
    conn.transaction(async |conn| {
        let user = super::recognise::live_session(conn, hub, actor).await?;
        if !db::sessions::revoke_of(conn, user, session, now).await? {
            return Err(Error::not_found(format!("session {session}")));
        }
        let what = ("session.end", session.to_string());
        audit::record(conn, hub, actor, None, (what.0, &what.1), json!({})).await
    })
    .await?;
    hub.ended().add([session], now);
    Ok(())
}

/// Ends all sessions of the one who asks but the one that asks.
///
/// # Errors
/// `Unauthenticated` for a visitor, or when the session has ended.
pub async fn end_other_sessions(hub: &Hub, actor: &Actor) -> Result<(), Error> {
    let now = hub.now();
    let mut conn = hub.conn().await?;
    let ended = conn
        .transaction(async |conn| {
            let user = super::recognise::live_session(conn, hub, actor).await?;
            end_all(conn, hub, actor, user).await
        })
        .await?;
    hub.ended().add(ended, now);
    Ok(())
}

/// Ends all sessions of `user` but the one that asks; the caller adds them to the ended ones.
pub(super) async fn end_all(
    conn: &mut Conn,
    hub: &Hub,
    actor: &Actor,
    user: UserId,
) -> Result<Vec<SessionId>, Error> {
    let keep = match actor.credential {
        Credential::Session(id) => Some(id),
        Credential::None | Credential::Token { .. } | Credential::Console => None,
    };
    let now: DateTime<Utc> = hub.now();
    let ended = db::sessions::revoke_all(conn, user, keep, now).await?;
    let detail = json!({"ended": ended.len()});
    audit::record(conn, hub, actor, None, ("session.end-others", &user.to_string()), detail)
        .await?;
    Ok(ended)
}
