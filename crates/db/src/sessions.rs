//! Rows of `sessions`: one for each login on one browser.

use crate::schema::{sessions, users};
use crate::{Conn, Error};
use chrono::{DateTime, Duration, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use diesel_async::RunQueryDsl;
use mlhub_domain::ids::{SessionId, UserId};
use uuid::Uuid;

/// A session to be made. `Debug` leaves the secret out.
#[derive(Clone, Copy)]
pub struct NewSession<'a> {
    /// Whose.
    pub user: UserId,
    /// What its refresh tokens are called.
    pub family: Uuid,
    /// Half of what its refresh tokens are made of.
    pub secret: &'a [u8],
    /// What the browser says it is.
    pub agent: &'a str,
    /// Now.
    pub now: DateTime<Utc>,
    /// When it ends unless it is used.
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for NewSession<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewSession").field("user", &self.user).finish_non_exhaustive()
    }
}

/// A session as it is stored. `Debug` leaves the secret out.
#[derive(Clone, HasQuery)]
#[diesel(table_name = sessions)]
pub struct Stored {
    id: i64,
    user_id: i64,
    /// Half of what its refresh tokens are made of.
    pub secret: Vec<u8>,
    /// How often it was refreshed.
    pub generation: i32,
    /// When it was last refreshed.
    pub rotated_at: DateTime<Utc>,
    /// What the browser says it is.
    pub agent: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last seen.
    pub seen_at: DateTime<Utc>,
    /// When it ends unless it is used.
    pub expires_at: DateTime<Utc>,
    /// When it was ended.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for Stored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stored")
            .field("id", &self.id)
            .field("user_id", &self.user_id)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

impl Stored {
    /// Row number.
    pub fn id(&self) -> SessionId {
        SessionId(self.id)
    }

    /// Whose it is.
    pub fn user(&self) -> UserId {
        UserId(self.user_id)
    }

    /// Whether it can be used.
    pub fn live(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.expires_at > now
    }
}

/// Makes a session of generation 0 for who has just given their password.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn create(conn: &mut Conn, new: &NewSession<'_>) -> Result<SessionId, Error> {
    let id: i64 = diesel::insert_into(sessions::table)
        .values((
            sessions::user_id.eq(new.user.0),
            sessions::family.eq(new.family),
            sessions::secret.eq(new.secret),
            sessions::agent.eq(new.agent),
            sessions::rotated_at.eq(new.now),
            sessions::created_at.eq(new.now),
            sessions::seen_at.eq(new.now),
            sessions::expires_at.eq(new.expires_at),
            sessions::authenticated_at.eq(new.now),
        ))
        .returning(sessions::id)
        .get_result(conn)
        .await?;
    Ok(SessionId(id))
}

/// The session whose refresh tokens are called `family`.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn find(conn: &mut Conn, family: Uuid) -> Result<Option<Stored>, Error> {
    Ok(Stored::query().filter(sessions::family.eq(family)).get_result(conn).await.optional()?)
}

/// Moves a live session from `generation` to the next: of many who ask at once, one gets the row.
/// It then lives `idle` longer, but never `most` after it was made.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn rotate(
    conn: &mut Conn,
    id: SessionId,
    generation: i32,
    now: DateTime<Utc>,
    (idle, most): (Duration, Duration),
) -> Result<Option<Stored>, Error> {
    let until = sql::<Timestamptz>("LEAST(")
        .bind::<Timestamptz, _>(now + idle)
        .sql(", created_at + make_interval(secs => ")
        .bind::<diesel::sql_types::Double, _>(most.num_seconds() as f64)
        .sql("))");
    let row = diesel::update(sessions::table.find(id.0))
        .filter(sessions::generation.eq(generation))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .set((
            sessions::generation.eq(sessions::generation + 1),
            sessions::rotated_at.eq(now),
            sessions::seen_at.eq(now),
            sessions::expires_at.eq(until),
        ))
        .returning(Stored::as_returning())
        .get_result(conn)
        .await;
    Ok(row.optional()?)
}

/// Ends a session. Whether it was not ended before.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn revoke(conn: &mut Conn, id: SessionId, now: DateTime<Utc>) -> Result<bool, Error> {
    let ended = diesel::update(sessions::table.find(id.0))
        .filter(sessions::revoked_at.is_null())
        .set(sessions::revoked_at.eq(now))
        .execute(conn)
        .await?;
    Ok(ended > 0)
}

/// Ends a session of `user`. Whether they had one of this number that had not ended.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn revoke_of(
    conn: &mut Conn,
    user: UserId,
    id: SessionId,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let ended = diesel::update(sessions::table.find(id.0))
        .filter(sessions::user_id.eq(user.0))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .set(sessions::revoked_at.eq(now))
        .execute(conn)
        .await?;
    Ok(ended > 0)
}

/// Ends those of the live sessions of `user` that were not seen for longest, so that `most` stay.
/// Returns which ended.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn trim(
    conn: &mut Conn,
    user: UserId,
    most: i64,
    now: DateTime<Utc>,
) -> Result<Vec<SessionId>, Error> {
    let live = sessions::user_id.eq(user.0).and(sessions::revoked_at.is_null());
    let beyond: Vec<i64> = sessions::table
        .filter(live.and(sessions::expires_at.gt(now)))
        .order((sessions::seen_at.desc(), sessions::id.desc()))
        .offset(most)
        .select(sessions::id)
        .get_results(conn)
        .await?;
    if beyond.is_empty() {
        return Ok(Vec::new());
    }
    diesel::update(sessions::table.filter(sessions::id.eq_any(&beyond)))
        .set(sessions::revoked_at.eq(now))
        .execute(conn)
        .await?;
    Ok(beyond.into_iter().map(SessionId).collect())
}

/// Ends all sessions of `user` but `keep`. Returns which.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn revoke_all(
    conn: &mut Conn,
    user: UserId,
    keep: Option<SessionId>,
    now: DateTime<Utc>,
) -> Result<Vec<SessionId>, Error> {
    let ended: Vec<i64> = diesel::update(sessions::table)
        .filter(sessions::user_id.eq(user.0))
        .filter(sessions::id.ne(keep.map_or(0, |id| id.0)))
        .filter(sessions::revoked_at.is_null())
        .set(sessions::revoked_at.eq(now))
        .returning(sessions::id)
        .get_results(conn)
        .await?;
    Ok(ended.into_iter().map(SessionId).collect())
}

/// When the password was last given in a session; `None` when it cannot be used any more, or its
/// account is closed.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn authenticated_at(
    conn: &mut Conn,
    id: SessionId,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, Error> {
    let at = sessions::table
        .inner_join(users::table)
        .filter(sessions::id.eq(id.0))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(users::suspended_at.is_null())
        .select(sessions::authenticated_at)
        .get_result(conn)
        .await;
    Ok(at.optional()?)
}

/// Remembers that the password was given in a session.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn authenticate(conn: &mut Conn, id: SessionId, now: DateTime<Utc>) -> Result<(), Error> {
    let change = sessions::authenticated_at.eq(now);
    diesel::update(sessions::table.find(id.0)).set(change).execute(conn).await?;
    Ok(())
}

/// The live sessions of `user`, the one seen last first; at most `most`.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn list(
    conn: &mut Conn,
    user: UserId,
    most: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Stored>, Error> {
    let rows = Stored::query()
        .filter(sessions::user_id.eq(user.0))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .order((sessions::seen_at.desc(), sessions::id.desc()))
        .limit(most)
        .get_results(conn)
        .await?;
    Ok(rows)
}

/// Removes what ended before `before`. Returns how many.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn sweep(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, Error> {
    let over = sessions::revoked_at.lt(before).or(sessions::expires_at.nullable().lt(before));
    Ok(diesel::delete(sessions::table.filter(over)).execute(conn).await?)
}
