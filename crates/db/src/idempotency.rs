//! Rows of `idempotency_keys`: what a POST was answered with, so that its repetition gets the same.

use crate::schema::idempotency_keys as keys;
use crate::{Conn, Error};
use chrono::{DateTime, Duration, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel_async::RunQueryDsl;
use mlhub_domain::ids::UserId;
use serde_json::Value;

/// How long an answer is kept.
pub const KEPT: Duration = Duration::hours(24);

/// A request with a key.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Whose.
    pub user: UserId,
    /// The key as it was sent.
    pub key: &'a str,
    /// What stands for the request.
    pub fingerprint: &'a [u8],
}

/// What is known of a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Known {
    /// Nothing: the request is the first.
    Nothing,
    /// The first request was answered with this.
    Answered(Value),
    /// It was used for another request.
    Other,
}

#[derive(HasQuery)]
#[diesel(table_name = keys)]
struct Row {
    fingerprint: Vec<u8>,
    answer: Value,
}

#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = Bool)]
    held: bool,
}

/// Whether the key is this transaction's until it ends: no other one is at work for it. Its seed is
/// not the one of [objects](crate::objects): neither waits for the other.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn hold(conn: &mut Conn, request: &Request<'_>) -> Result<bool, Error> {
    let sql = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 1)) AS held";
    let name = format!("{} {}", request.user, request.key);
    let held: Held = diesel::sql_query(sql).bind::<Text, _>(name).get_result(conn).await?;
    Ok(held.held)
}

/// What is known of a key that the transaction [holds](hold).
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn known(
    conn: &mut Conn,
    request: &Request<'_>,
    now: DateTime<Utc>,
) -> Result<Known, Error> {
    let row = Row::query()
        .filter(keys::user_id.eq(request.user.0).and(keys::key.eq(request.key)))
        .filter(keys::created_at.ge(now - KEPT))
        .get_result(conn)
        .await
        .optional()?;
    Ok(match row {
        None => Known::Nothing,
        Some(row) if row.fingerprint == request.fingerprint => Known::Answered(row.answer),
        Some(_) => Known::Other,
    })
}

/// Keeps the answer, in the transaction that did the work: both are there or neither.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn keep(
    conn: &mut Conn,
    request: &Request<'_>,
    answer: &Value,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let is = (keys::user_id.eq(request.user.0), keys::key.eq(request.key));
    let row = (
        keys::fingerprint.eq(request.fingerprint),
        keys::answer.eq(answer),
        keys::created_at.eq(now),
    );
    // One that is kept no longer may still lie there.
    diesel::insert_into(keys::table)
        .values((is, row))
        .on_conflict((keys::user_id, keys::key))
        .do_update()
        .set(row)
        .execute(conn)
        .await?;
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
