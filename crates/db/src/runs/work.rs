//! What the job of a run does to it: takes it, reports, ends it.

use crate::schema::{metric_points, runs};
use crate::{Conn, Error, events, json};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use mlhub_domain::ids::{JobId, RunId};
use mlhub_domain::jobs::Trained;
use mlhub_domain::runs::{Event, RunError, RunStatus};
use serde_json::Value;
use std::collections::BTreeMap;

/// The run that a job executes.
///
/// # Errors
/// [`Error::Missing`] when the job executes none.
pub async fn of_job(conn: &mut Conn, job: JobId) -> Result<RunId, Error> {
    let id = runs::table.filter(runs::job_id.eq(job.0)).select(runs::id).first(conn).await?;
    Ok(RunId(id))
}

/// Adds events to a run and keeps what follows from them: progress, status, metric points. The
/// number of the last one. Called in the transaction that fenced the job.
///
/// # Errors
/// [`Error::Missing`] when the run is gone.
pub async fn append(conn: &mut Conn, run: RunId, events: &[Event]) -> Result<u64, Error> {
    let last = events::append(conn, run, events).await?;
    follow(conn, run, events).await?;
    Ok(last)
}

async fn follow(conn: &mut Conn, run: RunId, events: &[Event]) -> Result<(), Error> {
    let mut points: BTreeMap<(&str, i64), f64> = BTreeMap::new();
    let mut progress = None;
    for event in events {
        match event {
            Event::Metric { key, step, value } => {
                points.insert((key, i64::try_from(*step).unwrap_or(i64::MAX)), value.0);
            }
            Event::Progress(now) => progress = Some(now),
            Event::Status { .. } | Event::Phase { .. } | Event::Log { .. } => {}
        }
    }
    if let Some(progress) = progress {
        diesel::update(runs::table.find(run.0))
            .set(runs::progress.eq(json::write("progress", progress)?))
            .execute(conn)
            .await?;
    }
    if points.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = points
        .iter()
        .map(|((key, step), value)| {
            (
                metric_points::run_id.eq(run.0),
                metric_points::key.eq(*key),
                metric_points::step.eq(*step),
                metric_points::value.eq(*value),
            )
        })
        .collect();
    diesel::insert_into(metric_points::table)
        .values(rows)
        .on_conflict((metric_points::run_id, metric_points::key, metric_points::step))
        .do_update()
        .set((
            metric_points::value.eq(excluded(metric_points::value)),
            metric_points::at.eq(diesel::dsl::now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// A worker took the run: for the first time, or again after an attempt was lost. What an earlier
/// attempt logged of metrics is dropped, since the new one logs them anew.
///
/// # Errors
/// [`Error::Stale`] when the run has ended.
pub async fn started(conn: &mut Conn, run: RunId) -> Result<(), Error> {
    let changed = diesel::sql_query(
        "UPDATE runs SET status = 'running', started_at = coalesce(started_at, now()), \
                progress = NULL, error = NULL \
         WHERE id = $1 AND status IN ('queued', 'running', 'paused')",
    )
    .bind::<BigInt, _>(run.0)
    .execute(conn)
    .await?;
    if changed == 0 {
        return Err(Error::Stale);
    }
    diesel::delete(metric_points::table.filter(metric_points::run_id.eq(run.0)))
        .execute(conn)
        .await?;
    Ok(())
}

/// The run waits again, after an attempt was lost.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn requeued(conn: &mut Conn, run: RunId) -> Result<(), Error> {
    diesel::update(runs::table.find(run.0))
        .filter(runs::finished_at.is_null())
        .set(runs::status.eq(RunStatus::Queued.as_str()))
        .execute(conn)
        .await?;
    Ok(())
}

/// How a run ended.
pub enum End<'a> {
    /// With a result; cancelled runs may have one too.
    Trained(&'a Trained),
    /// With an error.
    Failed(&'a RunError),
    /// By a person, before there was anything.
    Cancelled,
}

/// Ends a run.
///
/// # Errors
/// [`Error::Stale`] when it has ended already.
pub async fn end(conn: &mut Conn, run: RunId, end: End<'_>) -> Result<RunStatus, Error> {
    let status = match end {
        End::Trained(t) if t.cancelled => RunStatus::Cancelled,
        End::Trained(_) => RunStatus::Finished,
        End::Failed(_) => RunStatus::Failed,
        End::Cancelled => RunStatus::Cancelled,
    };
    let changed = diesel::update(runs::table.find(run.0))
        .filter(runs::finished_at.is_null())
        .set((runs::status.eq(status.as_str()), runs::finished_at.eq(diesel::dsl::now)))
        .execute(conn)
        .await?;
    if changed == 0 {
        return Err(Error::Stale);
    }
    match end {
        End::Trained(trained) => {
            let metrics = trained.model.as_ref().map(|m| m.metrics.clone()).unwrap_or_default();
            diesel::update(runs::table.find(run.0))
                .set((
                    // What was set stays beside what the training found.
                    runs::params.eq(runs::params.concat(Value::from(trained.params.clone()))),
                    runs::timing.eq(json::write("timing", &trained.timing)?),
                    runs::metrics.eq(json::write("metrics", &metrics)?),
                ))
                .execute(conn)
                .await?;
        }
        End::Failed(error) => {
            diesel::update(runs::table.find(run.0))
                .set(runs::error.eq(json::write("error", error)?))
                .execute(conn)
                .await?;
        }
        End::Cancelled => {}
    }
    Ok(status)
}
