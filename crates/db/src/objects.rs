//! Rows of `objects`: which bytes of the store something points at, and which nothing does.

use crate::schema::objects;
use crate::{Conn, Error};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;
use mlhub_domain::digest::Digest;
use std::collections::HashSet;

/// Writes down that an object is wanted, for the rest of the transaction safe from
/// [`forget`]. The bytes must be looked for *afterwards*: a collector that was quicker may have
/// taken them.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL refuses.
pub async fn register(conn: &mut Conn, sha256: &Digest, size: u64) -> Result<(), Error> {
    lock(conn, sha256, "pg_advisory_xact_lock_shared").await?;
    diesel::insert_into(objects::table)
        .values((
            objects::sha256.eq(sha256.as_str()),
            objects::size.eq(i64::try_from(size).unwrap_or(i64::MAX)),
        ))
        .on_conflict(objects::sha256)
        .do_update()
        .set(objects::created_at.eq(diesel::dsl::now))
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes the rows of objects that nothing has pointed at for `hours`, together with what ended
/// jobs delivered in vain; answers how many.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL refuses.
pub async fn sweep(conn: &mut Conn, hours: u32) -> Result<usize, Error> {
    diesel::sql_query(
        "DELETE FROM job_outputs USING jobs WHERE jobs.id = job_outputs.job_id \
         AND jobs.finished_at < now() - $1 * interval '1 hour'",
    )
    .bind::<BigInt, _>(i64::from(hours))
    .execute(conn)
    .await?;
    let swept = diesel::sql_query(
        "DELETE FROM objects o WHERE o.created_at < now() - $1 * interval '1 hour' \
         AND NOT EXISTS (SELECT FROM job_outputs x WHERE x.sha256 = o.sha256) \
         AND NOT EXISTS (SELECT FROM dataset_versions x WHERE o.sha256 IN \
             (x.original_sha256, x.table_sha256, x.rejected_sha256)) \
         AND NOT EXISTS (SELECT FROM model_versions x WHERE x.artifact_sha256 = o.sha256)",
    )
    .bind::<BigInt, _>(i64::from(hours))
    .execute(conn)
    .await?;
    Ok(swept)
}

/// Those of `objects` that are not wanted.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn unwanted(conn: &mut Conn, objects: &[Digest]) -> Result<Vec<Digest>, Error> {
    let names: Vec<&str> = objects.iter().map(Digest::as_str).collect();
    let wanted: HashSet<String> = objects::table
        .filter(objects::sha256.eq_any(names))
        .select(objects::sha256)
        .load(conn)
        .await?
        .into_iter()
        .collect();
    Ok(objects.iter().filter(|object| !wanted.contains(object.as_str())).cloned().collect())
}

/// Whether an object is not wanted; if so, nobody can [`register`] it until the transaction ends.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn forget(conn: &mut Conn, sha256: &Digest) -> Result<bool, Error> {
    lock(conn, sha256, "pg_advisory_xact_lock").await?;
    let wanted: i64 = objects::table.find(sha256.as_str()).count().get_result(conn).await?;
    Ok(wanted == 0)
}

async fn lock(conn: &mut Conn, sha256: &Digest, how: &str) -> Result<(), Error> {
    diesel::sql_query(format!("SELECT {how}(hashtextextended($1, 0))"))
        .bind::<Text, _>(sha256.as_str())
        .execute(conn)
        .await?;
    Ok(())
}
