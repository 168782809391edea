//! Rows of `idempotency_keys`: what a POST was answered with, so that its repetition gets the same.

use crate::schema::idempotency_keys as keys;
use crate::{Conn, Error};
use chrono::{DateTime, Duration, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mlhub_domain::ids::UserId;
use serde_json::Value;

/// How long an answer is kept.
pub const KEPT: Duration = Duration::hours(24);

/// After this long a request that never answered is believed dead.
pub const ABANDONED: Duration = Duration::minutes(10);

/// What is known of a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Known {
    /// Nothing: the caller has claimed it now, and finishes or abandons it.
    Claimed,
    /// The first request is still at work.
    AtWork,
    /// The first request was answered with this.
    Answered(Value),
    /// It was used for another request.
    Other,
}

#[derive(HasQuery)]
#[diesel(table_name = keys)]
struct Row {
    fingerprint: Vec<u8>,
    answer: Option<Value>,
}

/// Claims `key` for a request of `fingerprint`, or says what became of the first one.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn claim(
    conn: &mut Conn,
    user: UserId,
    key: &str,
    fingerprint: &[u8],
    now: DateTime<Utc>,
) -> Result<Known, Error> {
    let mine = keys::user_id.eq(user.0).and(keys::key.eq(key));
    let dead = keys::answer.is_null().and(keys::created_at.lt(now - ABANDONED));
    let over = keys::created_at.lt(now - KEPT).or(dead);
    diesel::delete(keys::table.filter(mine).filter(over)).execute(conn).await?;
    let claimed = diesel::insert_into(keys::table)
        .values((
            keys::user_id.eq(user.0),
            keys::key.eq(key),
            keys::fingerprint.eq(fingerprint),
            keys::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    if claimed > 0 {
        return Ok(Known::Claimed);
    }
    // Abandoned between the two statements: as good as at work, the caller asks again.
    let row = Row::query().filter(mine).get_result(conn).await.optional()?;
    Ok(match row {
        Some(row) if row.fingerprint != fingerprint => Known::Other,
        Some(Row { answer: Some(answer), .. }) => Known::Answered(answer),
        Some(_) | None => Known::AtWork,
    })
}

/// Keeps the answer for a claimed key.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn finish(conn: &mut Conn, user: UserId, key: &str, answer: &Value) -> Result<(), Error> {
    diesel::update(keys::table.find((user.0, key)))
        .set(keys::answer.eq(answer))
        .execute(conn)
        .await?;
    Ok(())
}

/// Gives a claimed key back: nothing was made.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn abandon(conn: &mut Conn, user: UserId, key: &str) -> Result<(), Error> {
    let unanswered = keys::table.find((user.0, key)).filter(keys::answer.is_null());
    diesel::delete(unanswered).execute(conn).await?;
    Ok(())
}

/// Forgets what is older than [`KEPT`]. Returns how many.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn sweep(conn: &mut Conn, now: DateTime<Utc>) -> Result<usize, Error> {
    let old = keys::table.filter(keys::created_at.lt(now - KEPT));
    Ok(diesel::delete(old).execute(conn).await?)
}
