//! How jobs end. Whoever ends one holds its row first ([`hold`], [`expired`]), so that two who
//! would end it do so one after the other, and the second sees what the first did.

use super::CHANNEL;
use crate::listen::notify;
use crate::schema::jobs;
use crate::{Conn, Error, json};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Double, Text};
use diesel_async::RunQueryDsl;
use mlhub_domain::ids::{JobId, ProjectId, UserId};
use mlhub_domain::jobs::{Attempt, JobKind, JobState};
use mlhub_domain::runs::RunError;
use std::time::Duration;

/// A job whose row is locked until the end of the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// The current attempt.
    pub attempt: Attempt,
    /// What it does.
    pub kind: JobKind,
    /// How far it is.
    pub state: JobState,
    /// Somebody asked to cancel it.
    pub cancel: bool,
    /// Who, if that was noted.
    pub cancelled_by: Option<UserId>,
    /// There will be no further attempt.
    pub last: bool,
    /// Where its result goes.
    pub project: ProjectId,
    /// Who asked for it.
    pub user: UserId,
    /// The client's number of the newest event that is stored.
    pub events_seen: u64,
}

#[derive(HasQuery)]
#[diesel(table_name = jobs)]
struct Row {
    id: i64,
    attempt: i32,
    kind: String,
    state: String,
    cancel_requested_at: Option<chrono::DateTime<chrono::Utc>>,
    cancel_requested_by: Option<i64>,
    max_attempts: i32,
    project_id: i64,
    user_id: i64,
    events_seen: i64,
}

impl TryFrom<Row> for Held {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            attempt: Attempt { job: JobId(row.id), number: row.attempt.unsigned_abs() },
            kind: row.kind.parse().map_err(Error::corrupt("job kind"))?,
            state: row.state.parse().map_err(Error::corrupt("job state"))?,
            cancel: row.cancel_requested_at.is_some(),
            cancelled_by: row.cancel_requested_by.map(UserId),
            last: row.attempt >= row.max_attempts,
            project: ProjectId(row.project_id),
            user: UserId(row.user_id),
            events_seen: row.events_seen.unsigned_abs(),
        })
    }
}

/// Locks the row of a job for the rest of the transaction.
///
/// # Errors
/// [`Error::Missing`] when there is no such job.
pub async fn hold(conn: &mut Conn, job: JobId) -> Result<Held, Error> {
    let row: Row = Row::query().filter(jobs::id.eq(job.0)).for_update().first(conn).await?;
    row.try_into()
}

/// Locks the row of a job whose worker fell silent, if there is one that nobody else handles.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn expired(conn: &mut Conn) -> Result<Option<Held>, Error> {
    let row: Option<Row> = Row::query()
        .filter(jobs::state.eq("running"))
        .filter(jobs::lease_until.lt(diesel::dsl::now))
        .order(jobs::lease_until)
        .for_update()
        .skip_locked()
        .first(conn)
        .await
        .optional()?;
    row.map(Held::try_from).transpose()
}

/// The attempts on a node that were asked to cancel longer than `grace` ago and go on.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn overdue(
    conn: &mut Conn,
    worker: &str,
    grace: Duration,
) -> Result<Vec<Attempt>, Error> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = BigInt)]
        id: i64,
        #[diesel(sql_type = diesel::sql_types::Integer)]
        attempt: i32,
    }
    let found: Vec<Found> = diesel::sql_query(
        "SELECT id, attempt FROM jobs WHERE state = 'running' AND worker = $1 \
         AND cancel_requested_at < now() - $2 * interval '1 second'",
    )
    .bind::<Text, _>(worker)
    .bind::<Double, _>(grace.as_secs_f64())
    .load(conn)
    .await?;
    let attempt = |f: Found| Attempt { job: JobId(f.id), number: f.attempt.unsigned_abs() };
    Ok(found.into_iter().map(attempt).collect())
}

/// Ends a job that the caller holds.
///
/// # Errors
/// [`Error::Stale`] when it had ended already.
pub async fn end(
    conn: &mut Conn,
    job: &Held,
    state: JobState,
    error: Option<&RunError>,
) -> Result<(), Error> {
    let error = error.map(|error| json::write("error", error)).transpose()?;
    let changed = diesel::update(jobs::table.find(job.attempt.job.0))
        .filter(jobs::state.eq_any(["ready", "running", "paused"]))
        .set((
            jobs::state.eq(state.as_str()),
            jobs::error.eq(error),
            jobs::finished_at.eq(diesel::dsl::now),
            jobs::lease_until.eq(None::<chrono::DateTime<chrono::Utc>>),
        ))
        .execute(conn)
        .await?;
    if changed != 1 {
        return Err(Error::Stale);
    }
    // A slot is free.
    notify(conn, CHANNEL, "").await
}

/// Puts a job that the caller holds back into the queue: the next attempt starts after `pause`,
/// give or take a quarter, so that many that failed together do not come back together.
///
/// # Errors
/// [`Error::Stale`] when it is not at work.
pub async fn retry(conn: &mut Conn, job: &Held, pause: Duration) -> Result<(), Error> {
    let changed = diesel::sql_query(
        "UPDATE jobs SET state = 'ready', worker = NULL, lease_until = NULL, \
             run_at = now() + $2 * (0.75 + random() / 2) * interval '1 second' \
         WHERE id = $1 AND state = 'running'",
    )
    .bind::<BigInt, _>(job.attempt.job.0)
    .bind::<Double, _>(pause.as_secs_f64())
    .execute(conn)
    .await?;
    if changed != 1 {
        return Err(Error::Stale);
    }
    notify(conn, CHANNEL, "").await
}

/// What became of the wish to cancel a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancelled {
    /// It had not begun and will not.
    AtOnce(Held),
    /// Its process is told.
    Asked(Held),
    /// Its process was told before, and is told again.
    AskedAgain,
    /// It had ended.
    Ended,
}

/// Cancels a job that waits, or asks the one at work to stop, as `by` wishes. Says so at once to the
/// process, which would else hear it at its next heartbeat.
///
/// # Errors
/// [`Error::Missing`] when there is no such job.
pub async fn cancel(conn: &mut Conn, job: JobId, by: UserId) -> Result<Cancelled, Error> {
    let held = hold(conn, job).await?;
    match held.state {
        JobState::Ready | JobState::Paused => {
            wish(conn, job, by).await?;
            end(conn, &held, JobState::Cancelled, None).await?;
            let cancelled_by = held.cancelled_by.or(Some(by));
            Ok(Cancelled::AtOnce(Held { cancel: true, cancelled_by, ..held }))
        }
        JobState::Running => {
            wish(conn, job, by).await?;
            notify(conn, CHANNEL, &job.to_string()).await?;
            Ok(if held.cancel { Cancelled::AskedAgain } else { Cancelled::Asked(held) })
        }
        JobState::Finished | JobState::Failed | JobState::Cancelled => Ok(Cancelled::Ended),
    }
}

/// Notes who asked first, and when.
async fn wish(conn: &mut Conn, job: JobId, by: UserId) -> Result<(), Error> {
    diesel::sql_query(
        "UPDATE jobs SET cancel_requested_at = coalesce(cancel_requested_at, now()), \
             cancel_requested_by = coalesce(cancel_requested_by, $2) WHERE id = $1",
    )
    .bind::<BigInt, _>(job.0)
    .bind::<BigInt, _>(by.0)
    .execute(conn)
    .await?;
    Ok(())
}
