//! Into the queue and out of it.

use super::CHANNEL;
use crate::listen::notify;
use crate::schema::jobs;
use crate::{Conn, Error, json};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bytea, Integer, Text};
use diesel_async::RunQueryDsl;
use mlhub_domain::ids::{JobId, ProjectId, UserId};
use mlhub_domain::jobs::{Attempt, JobKind, JobSpec};
use std::time::Duration;

/// A job to be done.
pub struct NewJob<'a> {
    /// Where its result goes.
    pub project: ProjectId,
    /// Who asked for it: users take turns.
    pub user: UserId,
    /// What to do.
    pub spec: &'a JobSpec,
    /// Higher goes first among the jobs of users who have equally many at work.
    pub priority: i16,
}

/// Puts a job into the queue, in the caller's transaction, and wakes the runners at its commit.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL refuses.
pub async fn enqueue(conn: &mut Conn, job: &NewJob<'_>) -> Result<JobId, Error> {
    let spec = json::write("job spec", job.spec)?;
    let id: i64 = diesel::insert_into(jobs::table)
        .values((
            jobs::kind.eq(job.spec.kind().as_str()),
            jobs::project_id.eq(job.project.0),
            jobs::user_id.eq(job.user.0),
            jobs::priority.eq(job.priority),
            jobs::spec.eq(spec),
        ))
        .returning(jobs::id)
        .get_result(conn)
        .await?;
    // Within the transaction: jobs are rare enough for the lock that NOTIFY takes.
    notify(conn, CHANNEL, "").await?;
    Ok(JobId(id))
}

/// How many jobs of `user` have not ended.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn open_count(conn: &mut Conn, user: UserId) -> Result<u64, Error> {
    let count: i64 = jobs::table
        .filter(jobs::user_id.eq(user.0))
        .filter(jobs::state.eq_any(["ready", "running", "paused"]))
        .count()
        .get_result(conn)
        .await?;
    Ok(count.unsigned_abs())
}

/// Who takes a job, and on which terms.
pub struct Claim<'a> {
    /// The name of the node.
    pub worker: &'a str,
    /// So many jobs may be at work on this node.
    pub slots: u32,
    /// So long may the job's process be silent.
    pub lease: Duration,
    /// SHA-256 of the secret half of the job token.
    pub token_hash: &'a [u8],
}

#[derive(QueryableByName)]
struct Claimed {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Integer)]
    attempt: i32,
    #[diesel(sql_type = Text)]
    kind: String,
}

/// Takes the next job: that of the user with the fewest at work, then the highest priority, then
/// the oldest. `None` when no job is ready or the node has no free slot.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn claim(
    conn: &mut Conn,
    claim: &Claim<'_>,
) -> Result<Option<(Attempt, JobKind)>, Error> {
    let claimed: Option<Claimed> = diesel::sql_query(
        "WITH busy AS ( \
             SELECT user_id, count(*) AS n FROM jobs WHERE state = 'running' GROUP BY user_id), \
         next AS ( \
             SELECT j.id FROM jobs j LEFT JOIN busy b ON b.user_id = j.user_id \
             WHERE j.state = 'ready' AND j.run_at <= now() \
               AND (SELECT count(*) FROM jobs r WHERE r.state = 'running' AND r.worker = $1) < $2 \
             ORDER BY coalesce(b.n, 0), j.priority DESC, j.id \
             LIMIT 1 FOR UPDATE OF j SKIP LOCKED) \
         UPDATE jobs SET state = 'running', attempt = attempt + 1, worker = $1, lease_ms = $3, \
             lease_until = now() + $3 * interval '1 ms', token_hash = $4, events_seen = 0, \
             progress = NULL, started_at = now() \
         FROM next WHERE jobs.id = next.id RETURNING jobs.id, jobs.attempt, jobs.kind",
    )
    .bind::<Text, _>(claim.worker)
    .bind::<BigInt, _>(i64::from(claim.slots))
    .bind::<Integer, _>(i32::try_from(claim.lease.as_millis()).unwrap_or(i32::MAX))
    .bind::<Bytea, _>(claim.token_hash)
    .get_result(conn)
    .await
    .optional()?;
    let Some(claimed) = claimed else { return Ok(None) };
    let attempt = Attempt { job: JobId(claimed.id), number: claimed.attempt.unsigned_abs() };
    Ok(Some((attempt, claimed.kind.parse().map_err(Error::corrupt("job kind"))?)))
}

/// The attempts at work on a node.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn running_on(conn: &mut Conn, worker: &str) -> Result<Vec<Attempt>, Error> {
    let found: Vec<(i64, i32)> = jobs::table
        .filter(jobs::state.eq("running"))
        .filter(jobs::worker.eq(worker))
        .select((jobs::id, jobs::attempt))
        .load(conn)
        .await?;
    let attempt = |(id, n): (i64, i32)| Attempt { job: JobId(id), number: n.unsigned_abs() };
    Ok(found.into_iter().map(attempt).collect())
}
