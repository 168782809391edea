//! What the process of an attempt says. Each statement names the attempt, so that one who lost
//! its lease changes nothing.

use crate::schema::{job_outputs, jobs, objects};
use crate::{Conn, Error, json};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer};
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use mlhub_domain::digest::Digest;
use mlhub_domain::ids::JobId;
use mlhub_domain::jobs::{Attempt, JobSpec, JobState, Output};
use mlhub_domain::runs::Progress;
use std::collections::BTreeMap;

fn number(attempt: Attempt) -> i32 {
    i32::try_from(attempt.number).unwrap_or(i32::MAX)
}

/// The current attempt of a job, its state and the hash of its token; `None` for no such job.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn credential(
    conn: &mut Conn,
    job: JobId,
) -> Result<Option<(Attempt, JobState, Vec<u8>)>, Error> {
    let found: Option<(i32, String, Option<Vec<u8>>)> = jobs::table
        .find(job.0)
        .select((jobs::attempt, jobs::state, jobs::token_hash))
        .first(conn)
        .await
        .optional()?;
    let Some((attempt, state, hash)) = found else { return Ok(None) };
    let state = state.parse().map_err(Error::corrupt("job state"))?;
    let attempt = Attempt { job, number: attempt.unsigned_abs() };
    Ok(Some((attempt, state, hash.unwrap_or_default())))
}

/// What the job is to do.
///
/// # Errors
/// [`Error::Stale`] when the attempt is no longer at work.
pub async fn spec(conn: &mut Conn, attempt: Attempt) -> Result<JobSpec, Error> {
    let spec: Option<serde_json::Value> = jobs::table
        .find(attempt.job.0)
        .filter(jobs::attempt.eq(number(attempt)))
        .filter(jobs::state.eq("running"))
        .select(jobs::spec)
        .first(conn)
        .await
        .optional()?;
    json::read("job spec", spec.ok_or(Error::Stale)?)
}

/// What a heartbeat finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct Beat {
    /// Somebody asked to cancel the job.
    #[diesel(sql_type = Bool)]
    pub cancel: bool,
}

/// Holds the attempt's lease for another while. An overdue attempt that was not given to another
/// yet is welcome back: so a job outlives a restart of the server.
///
/// # Errors
/// [`Error::Stale`] when the attempt is no longer at work.
pub async fn beat(conn: &mut Conn, attempt: Attempt) -> Result<Beat, Error> {
    diesel::sql_query(
        "UPDATE jobs SET lease_until = now() + lease_ms * interval '1 ms' \
         WHERE id = $1 AND attempt = $2 AND state = 'running' \
         RETURNING cancel_requested_at IS NOT NULL AS cancel",
    )
    .bind::<BigInt, _>(attempt.job.0)
    .bind::<Integer, _>(number(attempt))
    .get_result(conn)
    .await
    .optional()?
    .ok_or(Error::Stale)
}

/// Remembers the client's number of the newest event that is stored.
///
/// # Errors
/// [`Error::Stale`] when the attempt is no longer at work.
pub async fn saw_events(conn: &mut Conn, attempt: Attempt, last: u64) -> Result<(), Error> {
    let changed = diesel::update(jobs::table.find(attempt.job.0))
        .filter(jobs::attempt.eq(number(attempt)))
        .filter(jobs::state.eq("running"))
        .set(jobs::events_seen.eq(i64::try_from(last).unwrap_or(i64::MAX)))
        .execute(conn)
        .await?;
    if changed == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Remembers how much is done.
///
/// # Errors
/// [`Error::Stale`] when the attempt is no longer at work.
pub async fn set_progress(
    conn: &mut Conn,
    attempt: Attempt,
    progress: &Progress,
) -> Result<(), Error> {
    let progress = json::write("progress", progress)?;
    let changed = diesel::update(jobs::table.find(attempt.job.0))
        .filter(jobs::attempt.eq(number(attempt)))
        .filter(jobs::state.eq("running"))
        .set(jobs::progress.eq(progress))
        .execute(conn)
        .await?;
    if changed == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Writes down that an attempt delivered the registered object `sha256` as `name`; the last one
/// of a name counts.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL refuses.
pub async fn add_output(
    conn: &mut Conn,
    attempt: Attempt,
    name: &str,
    sha256: &Digest,
) -> Result<(), Error> {
    diesel::insert_into(job_outputs::table)
        .values((
            job_outputs::job_id.eq(attempt.job.0),
            job_outputs::attempt.eq(number(attempt)),
            job_outputs::name.eq(name),
            job_outputs::sha256.eq(sha256.as_str()),
        ))
        .on_conflict((job_outputs::job_id, job_outputs::attempt, job_outputs::name))
        .do_update()
        .set(job_outputs::sha256.eq(excluded(job_outputs::sha256)))
        .execute(conn)
        .await?;
    Ok(())
}

/// What an attempt delivered, by name.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn outputs(conn: &mut Conn, attempt: Attempt) -> Result<BTreeMap<String, Output>, Error> {
    let rows: Vec<(String, String, i64)> = job_outputs::table
        .inner_join(objects::table)
        .filter(job_outputs::job_id.eq(attempt.job.0))
        .filter(job_outputs::attempt.eq(number(attempt)))
        .select((job_outputs::name, objects::sha256, objects::size))
        .load(conn)
        .await?;
    let output = |(name, sha256, size): (String, String, i64)| {
        let sha256 = sha256.parse().map_err(Error::corrupt("digest"))?;
        Ok((name, Output { sha256, size: size.unsigned_abs() }))
    };
    rows.into_iter().map(output).collect()
}
