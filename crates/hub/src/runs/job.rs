//! What the job of a training does to its run. Each of these is called by `hub::jobs`, in the
//! transaction that holds the job: for its attempt, or for who cancels it.

use crate::db;
use db::runs::End;
use db::{Conn, Error};
use mlhub_domain::ids::{JobId, RunId};
use mlhub_domain::names::OwnerName;
use mlhub_domain::runs::{Event, Level, RunStatus};
use mlhub_domain::text::sentence;

/// A worker took the job. The run, and the number of its newest event.
///
/// # Errors
/// [`Error::Missing`] when the job trains nothing; [`Error::Stale`] when the run has ended.
pub(crate) async fn started(
    conn: &mut Conn,
    job: JobId,
    attempt: u32,
) -> Result<(RunId, u64), Error> {
    let run = db::runs::of_job(conn, job).await?;
    db::runs::started(conn, run).await?;
    let mut events = vec![Event::Status { status: RunStatus::Running }];
    if attempt > 1 {
        events.push(log(Level::Warning, format!("The worker was lost; attempt {attempt} begins.")));
    }
    let seq = db::runs::append(conn, run, &events).await?;
    Ok((run, seq))
}

/// The job reports.
///
/// # Errors
/// [`Error::Missing`] when the job trains nothing.
pub(crate) async fn append(
    conn: &mut Conn,
    job: JobId,
    events: &[Event],
) -> Result<(RunId, u64), Error> {
    let run = db::runs::of_job(conn, job).await?;
    let seq = db::runs::append(conn, run, events).await?;
    Ok((run, seq))
}

/// Somebody wishes that it stops.
///
/// # Errors
/// [`Error::Missing`] when the job trains nothing.
pub(crate) async fn cancelled(
    conn: &mut Conn,
    job: JobId,
    by: &OwnerName,
) -> Result<(RunId, u64), Error> {
    append(conn, job, &[log(Level::Info, format!("Cancelled by {by}."))]).await
}

/// The attempt was lost and the job waits for another.
///
/// # Errors
/// [`Error::Missing`] when the job trains nothing.
pub(crate) async fn requeued(conn: &mut Conn, job: JobId) -> Result<(RunId, u64), Error> {
    let run = db::runs::of_job(conn, job).await?;
    db::runs::requeued(conn, run).await?;
    let event = Event::Status { status: RunStatus::Queued };
    let seq = db::runs::append(conn, run, &[event]).await?;
    Ok((run, seq))
}

/// The job ended. Publishes the model that came of it, if any, as the next version.
///
/// # Errors
/// [`Error::Missing`] when the job trains nothing; [`Error::Stale`] when the run has ended.
pub(crate) async fn ended(
    conn: &mut Conn,
    job: JobId,
    end: End<'_>,
) -> Result<(RunId, u64), Error> {
    let run = db::runs::of_job(conn, job).await?;
    let mut events = Vec::new();
    match &end {
        End::Trained(trained) => {
            if let Some(model) = &trained.model {
                let (_, version) = db::models::publish(conn, run, model).await?;
                events.push(log(Level::Info, format!("Published as version {version}.")));
            }
        }
        End::Failed(error) => events.push(log(Level::Error, sentence(&error.message))),
        End::Cancelled => {}
    }
    let status = db::runs::end(conn, run, end).await?;
    events.push(Event::Status { status });
    let seq = db::runs::append(conn, run, &events).await?;
    Ok((run, seq))
}

fn log(level: Level, message: String) -> Event {
    Event::Log { level, message }
}
