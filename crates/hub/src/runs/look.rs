//! Looking at runs.

use crate::lists::Wanted;
use crate::{Actor, Error, Hub, access, db};
use db::Conn;
use db::grant::{Grant, Read};
use mlhub_domain::ids::RunId;
use mlhub_domain::lists::{List, ListQuery};
use mlhub_domain::num::count;
use mlhub_domain::projects::ProjectPath;
use mlhub_domain::runs::{NumberedEvent, Run, RunLog, RunPath, RunStatus, Series};
use mlhub_jobs::live::Subscription;
use mlhub_metrics::thin::thin;

/// The most events in one answer.
const MAX_EVENTS: u32 = 1_000;

/// The most points of a series in one answer, unless more are asked for.
const POINTS: usize = 500;
/// The most points of a series in one answer.
const MOST_POINTS: usize = 10_000;
/// So many times as many points are read of a series: enough to choose from.
const CANDIDATES: usize = 4;
/// The most metrics that one can name.
const KEYS: usize = 100;

/// A run.
///
/// # Errors
/// `NotFound` from [`access::run`].
pub async fn get(hub: &Hub, actor: &Actor, at: &RunPath) -> Result<Run, Error> {
    let mut conn = hub.conn().await?;
    let run = access::run::<Read>(&mut conn, actor, at).await?;
    Ok(db::runs::get(&mut conn, &run).await?)
}

/// Which runs to list.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Only those that train this model.
    pub model: Option<String>,
    /// Only those of this experiment.
    pub experiment: Option<String>,
    /// Only those in this state.
    pub status: Option<RunStatus>,
    /// Page, search, order (one of [`Sorts::RUNS`](mlhub_domain::lists::Sorts::RUNS)).
    pub query: ListQuery,
}

/// Runs of a project, the newest first.
///
/// # Errors
/// `NotFound` from [`access::project`].
pub async fn list(
    hub: &Hub,
    actor: &Actor,
    at: &ProjectPath,
    listing: &Listing,
) -> Result<List<Run>, Error> {
    let mut conn = hub.conn().await?;
    let project = access::project::<Read>(&mut conn, actor, at).await?;
    let which = db::runs::Which {
        model: listing.model.as_deref(),
        experiment: listing.experiment.as_deref(),
        status: listing.status,
    };
    let mut wanted = Wanted::of(&listing.query);
    loop {
        let (found, total) =
            db::runs::list(&mut conn, &project, which.clone(), wanted.query()).await?;
        if let Some(page) = wanted.found(found, total) {
            return Ok(page);
        }
    }
}

/// Events after `after`, in order, at most a thousand: ask again with the last one's number.
///
/// # Errors
/// `NotFound` from [`access::run`].
pub async fn events(
    hub: &Hub,
    actor: &Actor,
    at: &RunPath,
    after: u64,
) -> Result<Vec<NumberedEvent>, Error> {
    let mut conn = hub.conn().await?;
    let run = access::run::<Read>(&mut conn, actor, at).await?;
    Ok(db::runs::events(&mut conn, &run, after, MAX_EVENTS).await?)
}

/// Follows a run: its events after `after`, and those to come.
///
/// # Errors
/// `NotFound` from [`access::run`].
pub async fn follow(
    hub: &Hub,
    actor: &Actor,
    at: &RunPath,
    after: u64,
) -> Result<Subscription, Error> {
    let mut conn = hub.conn().await?;
    let run = access::run::<Read>(&mut conn, actor, at).await?;
    drop(conn);
    Ok(hub.live().subscribe(run.id(), after).await?)
}

/// A run with its curves and its log, all of one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// The run; its `seq` is the newest event that the rest tells of.
    pub run: Run,
    /// Its metrics, as of [`metrics`].
    pub series: Vec<Series>,
    /// The newest lines of its log.
    pub log: RunLog,
}

/// A run with its curves and the newest lines of its log, at most `newest` and at most a thousand.
/// They are read as of one moment: one after the other, the log of a run that works would be ahead
/// of its status.
///
/// # Errors
/// `NotFound` from [`access::run`].
pub async fn moment(hub: &Hub, actor: &Actor, at: &RunPath, newest: u32) -> Result<Moment, Error> {
    let mut conn = hub.conn().await?;
    let mut snapshot = conn.build_transaction().repeatable_read().read_only();
    snapshot
        .run(async |conn| {
            let grant = access::run::<Read>(conn, actor, at).await?;
            let run = db::runs::get(conn, &grant).await?;
            let series = thinned(conn, &grant, &[], POINTS).await?;
            let log = db::runs::log(conn, &grant, newest.min(MAX_EVENTS)).await?;
            Ok(Moment { run, series, log })
        })
        .await
}

/// The logged metrics of a run: of `keys`, or of all, thinned to `points` each. The first, the last,
/// the lowest and the highest stay, and of the others those that the picture of the curve needs
/// most.
///
/// # Errors
/// `NotFound` from [`access::run`]; `InvalidValue` for more `points` or `keys` than one answer has.
pub async fn metrics(
    hub: &Hub,
    actor: &Actor,
    at: &RunPath,
    keys: &[String],
    points: Option<usize>,
) -> Result<Vec<Series>, Error> {
    let points = points.unwrap_or(POINTS).max(4);
    if points > MOST_POINTS {
        let message = format!("use at most {} points", count(MOST_POINTS as u64));
        return Err(Error::invalid("points", message, Some(&points.to_string())));
    }
    if keys.len() > KEYS {
        return Err(Error::invalid("keys", format!("name at most {KEYS} metrics"), None));
    }
    let mut conn = hub.conn().await?;
    let run = access::run::<Read>(&mut conn, actor, at).await?;
    thinned(&mut conn, &run, keys, points).await
}

async fn thinned(
    conn: &mut Conn,
    run: &Grant<RunId, Read>,
    keys: &[String],
    points: usize,
) -> Result<Vec<Series>, Error> {
    let mut all = db::runs::series(conn, run, keys, CANDIDATES * points).await?;
    for series in &mut all {
        series.points = thin(&series.points, points, |(step, value)| (*step as f64, value.0));
    }
    Ok(all)
}
