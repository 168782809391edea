//! Rows of `throttles`: token buckets that all web nodes share.

use crate::schema::throttles;
use crate::{Conn, Error};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Double, Text, Timestamptz};
use diesel_async::RunQueryDsl;

/// How much is allowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    /// How many at once, after a rest.
    pub burst: f64,
    /// How many come back each second.
    pub per_second: f64,
}

impl Bucket {
    /// So many a minute, as evenly as one likes.
    pub fn a_minute(count: u32) -> Self {
        let count = f64::from(count);
        Self { burst: count, per_second: count / 60.0 }
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Double)]
    tokens: f64,
}

/// Takes one from the bucket `key`. `None` when there was one; else how many seconds until there
/// is. A refused try costs nothing.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn take(
    conn: &mut Conn,
    key: &str,
    bucket: Bucket,
    now: DateTime<Utc>,
) -> Result<Option<f64>, Error> {
    const REFILLED: &str = "LEAST($2, t.tokens + $3 * GREATEST(0, \
         extract(epoch FROM $4 - t.refilled_at)::float8))";
    let taken: Option<Row> = diesel::sql_query(format!(
        "INSERT INTO throttles AS t (key, tokens, refilled_at) VALUES ($1, $2 - 1, $4) \
         ON CONFLICT (key) DO UPDATE SET tokens = {REFILLED} - 1, refilled_at = $4 \
         WHERE {REFILLED} >= 1 RETURNING t.tokens"
    ))
    .bind::<Text, _>(key)
    .bind::<Double, _>(bucket.burst)
    .bind::<Double, _>(bucket.per_second)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
    .optional()?;
    if taken.is_some() {
        return Ok(None);
    }
    let left: Option<Row> =
        diesel::sql_query(format!("SELECT {REFILLED} AS tokens FROM throttles t WHERE key = $1"))
            .bind::<Text, _>(key)
            .bind::<Double, _>(bucket.burst)
            .bind::<Double, _>(bucket.per_second)
            .bind::<Timestamptz, _>(now)
            .get_result(conn)
            .await
            .optional()?;
    // Without a row, somebody has filled the bucket meanwhile: there is one.
    Ok(left.map(|left| (1.0 - left.tokens).max(0.0) / bucket.per_second))
}

/// Fills a bucket again.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn refill(conn: &mut Conn, key: &str) -> Result<(), Error> {
    diesel::delete(throttles::table.find(key)).execute(conn).await?;
    Ok(())
}

/// Forgets buckets that nobody touched since `before`. Returns how many.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn sweep(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, Error> {
    let old = throttles::table.filter(throttles::refilled_at.lt(before));
    Ok(diesel::delete(old).execute(conn).await?)
}
