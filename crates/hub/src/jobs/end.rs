//! How jobs end, and what that means for what they worked on.

use super::{Told, stale, tell};
use crate::{Error, Hub, datasets, db, runs};
use db::jobs::Held;
use db::runs::End;
use db::{AsyncConnection, Conn};
use mlhub_domain::jobs::{Attempt, Failure, JobKind, JobState, Outcome, Output};
use mlhub_domain::runs::RunError;
use serde_json::json;
use std::time::Duration;

/// The pause before the second attempt; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// Publishes the result of a job in one transaction with its end. Saying it again changes nothing.
///
/// # Errors
/// `StaleAttempt` when the attempt no longer has the job: nothing is published. `Invalid` when
/// the result is not one of this kind of job, or names an output that was not handed in.
pub async fn finish(hub: &Hub, claim: super::Claim, outcome: &Outcome) -> Result<(), Error> {
    let attempt = claim.attempt();
    let mut conn = hub.conn().await?;
    let told = conn
        .transaction(async |conn| {
            let job = hold(conn, attempt).await?;
            match job.state {
                JobState::Running => {}
                JobState::Finished | JobState::Cancelled => return Ok(None),
                JobState::Ready | JobState::Paused | JobState::Failed => {
                    return Err(stale(attempt));
                }
            }
            delivered(conn, attempt, outcome).await?;
            let (state, told) = publish(conn, &job, outcome).await?;
            db::jobs::end(conn, &job, state, None).await?;
            audit(conn, hub, &job, state).await?;
            Ok(told)
        })
        .await?;
    tell(hub, told);
    Ok(())
}

async fn publish(
    conn: &mut Conn,
    job: &Held,
    outcome: &Outcome,
) -> Result<(JobState, Told), Error> {
    let id = job.attempt.job;
    match (job.kind, outcome) {
        (JobKind::Ingest, Outcome::Ingested(read)) => {
            datasets::publish(conn, id, read).await?;
            Ok((JobState::Finished, None))
        }
        (JobKind::Train, Outcome::Trained(trained)) => {
            let told = runs::ended(conn, id, End::Trained(trained)).await?;
            let state = if trained.cancelled { JobState::Cancelled } else { JobState::Finished };
            Ok((state, Some(told)))
        }
        (JobKind::Ingest, Outcome::Trained(_)) | (JobKind::Train, Outcome::Ingested(_)) => {
            let message = format!("this job is of kind “{}”", job.kind.as_str());
            Err(Error::invalid("kind", message, None))
        }
    }
}

/// What is published must have been handed in by this very attempt: its word on digests and sizes
/// is not taken.
async fn delivered(conn: &mut Conn, attempt: Attempt, outcome: &Outcome) -> Result<(), Error> {
    let named: Vec<&Output> = match outcome {
        Outcome::Ingested(read) => std::iter::once(&read.table).chain(&read.rejected).collect(),
        Outcome::Trained(trained) => trained.model.iter().map(|model| &model.artifact).collect(),
    };
    let outputs = db::jobs::outputs(conn, attempt).await?;
    match named.into_iter().find(|named| !outputs.values().any(|output| output == *named)) {
        None => Ok(()),
        Some(output) => {
            let message = format!("{} was not handed in by this attempt", output.sha256);
            Err(Error::invalid("outputs", message, None))
        }
    }
}

/// The process of an attempt says that it could not do it.
///
/// # Errors
/// `StaleAttempt` when the attempt no longer has the job.
pub async fn fail(hub: &Hub, claim: super::Claim, failure: Failure) -> Result<(), Error> {
    let attempt = claim.attempt();
    let mut conn = hub.conn().await?;
    let told = conn
        .transaction(async |conn| {
            let job = hold(conn, attempt).await?;
            match job.state {
                JobState::Running => give_up(conn, hub, &job, failure).await,
                JobState::Failed | JobState::Cancelled => Ok(None),
                JobState::Ready | JobState::Paused | JobState::Finished => Err(stale(attempt)),
            }
        })
        .await?;
    tell(hub, told);
    Ok(())
}

/// The process of an attempt is gone. Nothing happens when the attempt had ended before.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn lost(hub: &Hub, attempt: Attempt, why: &str) -> Result<(), Error> {
    let mut conn = hub.conn().await?;
    let told = conn
        .transaction(async |conn| {
            let job = db::jobs::hold(conn, attempt.job).await?;
            if job.attempt != attempt || job.state != JobState::Running {
                return Ok(None);
            }
            give_up(conn, hub, &job, gone(&job, why)).await
        })
        .await?;
    tell(hub, told);
    Ok(())
}

/// Gives up on all attempts whose lease has run out; answers how many.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn reap(hub: &Hub) -> Result<usize, Error> {
    let mut conn = hub.conn().await?;
    let mut count = 0;
    loop {
        let reaped = conn
            .transaction(async |conn| {
                let Some(job) = db::jobs::expired(conn).await? else { return Ok(None) };
                let failure = gone(&job, "its process was not heard of any more");
                give_up(conn, hub, &job, failure).await.map(Some)
            })
            .await?;
        let Some(told) = reaped else { return Ok(count) };
        tell(hub, told);
        count += 1;
    }
}

fn gone(job: &Held, why: &str) -> Failure {
    Failure {
        message: format!("Attempt {} did not end well: {why}.", job.attempt.number),
        hint:
            "Try again; if it stays, use less data or a smaller model, or tell the administrator."
                .into(),
        read: None,
        retry: true,
    }
}

/// Locks the job of an attempt, which must be its newest.
pub(super) async fn hold(conn: &mut Conn, attempt: Attempt) -> Result<Held, Error> {
    let job = db::jobs::hold(conn, attempt.job).await?;
    if job.attempt == attempt && job.state != JobState::Ready {
        Ok(job)
    } else {
        Err(stale(attempt))
    }
}

/// Ends an attempt that has no result: cancelled if somebody wished so, tried again where that
/// can help, else failed.
async fn give_up(conn: &mut Conn, hub: &Hub, job: &Held, failure: Failure) -> Result<Told, Error> {
    if job.cancel {
        db::jobs::end(conn, job, JobState::Cancelled, None).await?;
        audit(conn, hub, job, JobState::Cancelled).await?;
        return cancelled(conn, job).await;
    }
    let id = job.attempt.job;
    if failure.retry && !job.last {
        let doublings = job.attempt.number.saturating_sub(1).min(16);
        let pause = (FIRST_PAUSE * (1 << doublings)).min(LONGEST_PAUSE);
        tracing::warn!(job = %job.attempt, why = failure.message, "job {id} is tried again");
        db::jobs::retry(conn, job, pause).await?;
        return Ok(match job.kind {
            JobKind::Ingest => None,
            JobKind::Train => Some(runs::requeued(conn, id).await?),
        });
    }
    let error = RunError { message: failure.message.clone(), hint: failure.hint.clone() };
    db::jobs::end(conn, job, JobState::Failed, Some(&error)).await?;
    audit(conn, hub, job, JobState::Failed).await?;
    match job.kind {
        JobKind::Ingest => {
            datasets::fail(conn, id, failure).await?;
            Ok(None)
        }
        JobKind::Train => Ok(Some(runs::ended(conn, id, End::Failed(&error)).await?)),
    }
}

/// What the end by a person means for what the job worked on.
pub(super) async fn cancelled(conn: &mut Conn, job: &Held) -> Result<Told, Error> {
    let id = job.attempt.job;
    match job.kind {
        JobKind::Ingest => {
            datasets::cancelled(conn, id, job.cancelled_by).await?;
            Ok(None)
        }
        JobKind::Train => Ok(Some(runs::ended(conn, id, End::Cancelled).await?)),
    }
}

async fn audit(conn: &mut Conn, hub: &Hub, job: &Held, state: JobState) -> Result<(), Error> {
    let entry = db::audit::Entry {
        actor: Some(job.user),
        token: None,
        project: Some(job.project),
        action: match state {
            JobState::Finished => "job.finish",
            JobState::Cancelled => "job.cancel",
            JobState::Ready | JobState::Running | JobState::Paused | JobState::Failed => "job.fail",
        },
        target: &format!("job {}", job.attempt.job),
        detail: json!({"kind": job.kind, "attempt": job.attempt.number}),
        at: hub.now(),
    };
    Ok(db::audit::record(conn, entry).await?)
}
