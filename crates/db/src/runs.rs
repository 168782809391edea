//! Rows of `runs`, `metric_points` and `experiments`.

use crate::grant::{Edit, Grant, Level, Read};
use crate::orders::{self, Order, found, range, total};
use crate::schema::{experiments, metric_points, projects, runs};
use crate::{Conn, Error, access, events, json};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Double, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use mlhub_domain::ids::{DatasetVersionId, ExperimentId, JobId, ModelId, ProjectId, RunId, UserId};
use mlhub_domain::jobs::Trained;
use mlhub_domain::lists::ListQuery;
use mlhub_domain::models::{DatasetRef, ModelRef, Spec};
use mlhub_domain::names::ExperimentName;
use mlhub_domain::num::Num;
use mlhub_domain::projects::ProjectPath;
use mlhub_domain::runs::{Event, LogLine, NumberedEvent, Run, RunError, RunLog, RunStatus, Series};
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a new run starts with.
pub struct NewRun<'a> {
    /// The experiment it belongs to.
    pub experiment: ExperimentId,
    /// The model it trains.
    pub model: Option<ModelId>,
    /// What it is trained on.
    pub dataset_version: Option<DatasetVersionId>,
    /// The job that executes it.
    pub job: Option<JobId>,
    /// A copy of the definition it follows.
    pub spec: Option<&'a Spec>,
    /// Hyperparameters, flat.
    pub params: Value,
    /// Who asks for it.
    pub by: UserId,
}

/// Makes a run and gives it the next number of its project. Row id and number.
///
/// # Errors
/// [`Error::Missing`] when the project was deleted meanwhile.
pub async fn create(
    conn: &mut Conn,
    project: &Grant<ProjectId, Edit>,
    new: NewRun<'_>,
) -> Result<(RunId, u32), Error> {
    let number: i32 = diesel::update(projects::table.find(project.id().0))
        .filter(projects::deleted_at.is_null())
        .set((
            projects::last_run.eq(projects::last_run + 1),
            projects::updated_at.eq(diesel::dsl::now),
        ))
        .returning(projects::last_run)
        .get_result(conn)
        .await?;
    let spec = new.spec.map(|spec| json::write("spec", spec)).transpose()?;
    let id = diesel::insert_into(runs::table)
        .values((
            runs::project_id.eq(project.id().0),
            runs::number.eq(number),
            runs::uuid.eq(Uuid::now_v7()),
            runs::experiment_id.eq(new.experiment.0),
            runs::model_id.eq(new.model.map(|m| m.0)),
            runs::dataset_version_id.eq(new.dataset_version.map(|v| v.0)),
            runs::job_id.eq(new.job.map(|j| j.0)),
            runs::spec.eq(spec),
            runs::params.eq(new.params),
            runs::created_by.eq(new.by.0),
        ))
        .returning(runs::id)
        .get_result(conn)
        .await?;
    Ok((RunId(id), number.unsigned_abs()))
}

/// The experiment called `name`, made when it is not there.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn experiment(
    conn: &mut Conn,
    project: &Grant<ProjectId, Edit>,
    name: &ExperimentName,
) -> Result<ExperimentId, Error> {
    let id = diesel::insert_into(experiments::table)
        .values((experiments::project_id.eq(project.id().0), experiments::name.eq(name.as_str())))
        .on_conflict((experiments::project_id, experiments::name))
        .do_update()
        .set(experiments::name.eq(excluded(experiments::name)))
        .returning(experiments::id)
        .get_result(conn)
        .await?;
    Ok(ExperimentId(id))
}

/// A row of [`select`].
#[derive(QueryableByName)]
pub(crate) struct Row {
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Text)]
    project: String,
    #[diesel(sql_type = Integer)]
    number: i32,
    #[diesel(sql_type = SqlUuid)]
    uuid: Uuid,
    #[diesel(sql_type = Text)]
    experiment: String,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = Nullable<Text>)]
    trains: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    dataset: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    dataset_version: Option<i32>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    spec: Option<Value>,
    #[diesel(sql_type = Jsonb)]
    params: Value,
    #[diesel(sql_type = Jsonb)]
    metrics: Value,
    #[diesel(sql_type = Jsonb)]
    timing: Value,
    #[diesel(sql_type = Nullable<Jsonb>)]
    progress: Option<Value>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    error: Option<Value>,
    #[diesel(sql_type = BigInt)]
    last_seq: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    job_id: Option<i64>,
    #[diesel(sql_type = Text)]
    created_by: String,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    started_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    finished_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Integer>)]
    model_version: Option<i32>,
    #[diesel(sql_type = BigInt)]
    pub(crate) total: i64,
}

/// What [`Row`] has of a run.
const COLUMNS: &str = "po.name AS owner, p.name AS project, r.number, r.uuid, e.name AS experiment, r.status, \
           m.name AS trains, d.name AS dataset, dv.version AS dataset_version, r.spec, r.params, r.metrics, r.timing, r.progress, \
           r.error, r.last_seq, r.job_id, o.name AS created_by, r.created_at, r.started_at, \
           r.finished_at, mv.version AS model_version";

/// What belongs to a run `r`: its project `p`, and so on. Models `m` that were deleted are left out:
/// another one may have the name by now.
const JOINS: &str = "\
    JOIN projects p ON p.id = r.project_id \
    JOIN owners po ON po.id = p.owner_id \
    JOIN experiments e ON e.id = r.experiment_id \
    JOIN owners o ON o.id = r.created_by \
    LEFT JOIN models m ON m.id = r.model_id AND m.deleted_at IS NULL \
    LEFT JOIN dataset_versions dv ON dv.id = r.dataset_version_id \
    LEFT JOIN datasets d ON d.id = dv.dataset_id \
    LEFT JOIN model_versions mv ON mv.run_id = r.id ";

/// Selects runs that are not counted.
pub(crate) fn select() -> String {
    format!("SELECT {COLUMNS}, 0::bigint AS total FROM runs r {JOINS}")
}

/// Selects a page (`page` is its `OFFSET` and `LIMIT`) of the runs for which `which` holds, with the
/// number of all of them. Only the runs of the page are read whole: much is kept of each.
pub(crate) fn select_page(which: &str, order: &str, page: &str) -> String {
    format!(
        "SELECT {COLUMNS}, f.total FROM ( \
             SELECT r.id, count(*) OVER () AS total FROM runs r {JOINS} \
             WHERE {which} ORDER BY {order} {page}) f \
         JOIN runs r ON r.id = f.id {JOINS} ORDER BY {order}"
    )
}

fn status(word: &str) -> Result<RunStatus, Error> {
    json::read("run status", Value::from(word))
}

impl Row {
    /// The project that the run is in.
    pub(crate) fn place(&self) -> Result<ProjectPath, Error> {
        access::path(&self.owner, &self.project)
    }
}

impl TryFrom<Row> for Run {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let name = |what| Error::corrupt::<mlhub_domain::names::BadName>(what);
        let trains = row.trains.map(|n| n.parse().map_err(name("model name"))).transpose()?;
        let dataset = match row.dataset.zip(row.dataset_version) {
            None => None,
            Some((dataset, version)) => Some(DatasetRef {
                name: dataset.parse().map_err(name("dataset name"))?,
                version: version.unsigned_abs(),
            }),
        };
        let model = trains.clone().zip(row.model_version);
        Ok(Self {
            run: row.number.unsigned_abs(),
            id: row.uuid.to_string(),
            experiment: row.experiment.parse().map_err(name("experiment name"))?,
            status: status(&row.status)?,
            trains,
            dataset,
            spec: json::read_some("spec", row.spec)?,
            params: json::read("params", row.params)?,
            metrics: json::read("metrics", row.metrics)?,
            timing: json::read("timing", row.timing)?,
            progress: json::read_some("progress", row.progress)?,
            seq: row.last_seq.unsigned_abs(),
            job: row.job_id.map(JobId),
            created_by: row.created_by.parse().map_err(name("username"))?,
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
            model: model.map(|(name, version)| ModelRef { name, version: version.unsigned_abs() }),
            error: json::read_some("error", row.error)?,
        })
    }
}

/// A run.
///
/// # Errors
/// [`Error::Missing`] when it is gone.
pub async fn get<L: Level>(conn: &mut Conn, run: &Grant<RunId, L>) -> Result<Run, Error> {
    diesel::sql_query(format!("{} WHERE r.id = $1", select()))
        .bind::<BigInt, _>(run.id().0)
        .get_result::<Row>(conn)
        .await?
        .try_into()
}

/// Which runs of a project to list.
#[derive(Clone, Debug, Default)]
pub struct Which<'a> {
    /// Only those that train this model.
    pub model: Option<&'a str>,
    /// Only those of this experiment.
    pub experiment: Option<&'a str>,
    /// Only those in this state.
    pub status: Option<RunStatus>,
}

/// The order that `query` asks for of [`select_page`], or `own`.
pub(crate) fn order(query: &ListQuery, own: &str) -> String {
    let (key, falling) = query.order(own);
    let order = match key {
        "status" => Order::by([&orders::progress()]),
        "model" => Order::by(["m.name"]),
        "dataset" => Order::by(["d.name", "dv.version"]),
        "measured" => Order::measured("r.spec", orders::goodness("r.spec", "r.metrics")),
        "took" => Order::by(["r.finished_at - r.started_at"]),
        "created" => Order::by(["r.created_at", "r.id"]),
        _ => Order::by(["po.name", "p.name", "r.number"]),
    };
    order.sql(falling, "r.id DESC")
}

/// What comes before the order of runs when `query` asks for none: those whose number is one of the
/// words of the parameter `q`.
pub(crate) fn named(query: &ListQuery, q: &str) -> String {
    match query.sort {
        None => format!("(r.number::text = ANY (regexp_split_to_array({q}, '\\s+'))) DESC, "),
        Some(_) => String::new(),
    }
}

/// Runs of a project whose number (`run 7`), model or experiment contains what the query looks for,
/// and how many there are. When the query says nothing that [`Sorts::RUNS`] has, the newest first, and
/// before them those whose number it names.
///
/// [`Sorts::RUNS`]: mlhub_domain::lists::Sorts::RUNS
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn list(
    conn: &mut Conn,
    project: &Grant<ProjectId, Read>,
    which: Which<'_>,
    query: &ListQuery,
) -> Result<(Vec<Run>, u64), Error> {
    let shown = format!(
        "r.project_id = $1 AND ($2::text IS NULL OR m.name = $2) \
           AND ($3::text IS NULL OR e.name = $3) AND ($4::text IS NULL OR r.status = $4) AND {}",
        found("'run ' || r.number || ' ' || e.name || ' ' || coalesce(m.name, '')", "$5")
    );
    let order = format!("{}{}", named(query, "$5"), order(query, "-run"));
    let page = select_page(&shown, &order, "OFFSET $6 LIMIT $7");
    let (offset, limit) = range(query);
    let rows: Vec<Row> = diesel::sql_query(page)
        .bind::<BigInt, _>(project.id().0)
        .bind::<Nullable<Text>, _>(which.model)
        .bind::<Nullable<Text>, _>(which.experiment)
        .bind::<Nullable<Text>, _>(which.status.map(RunStatus::as_str))
        .bind::<Text, _>(query.q.as_deref().unwrap_or_default())
        .bind::<BigInt, _>(offset)
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?;
    let total = total(&rows, |row| row.total);
    let runs = rows.into_iter().map(Run::try_from).collect::<Result<_, _>>()?;
    Ok((runs, total))
}

/// Events after `after`, at most `limit`, in order.
///
/// # Errors
/// [`Error::Corrupt`] when a stored event cannot be read.
pub async fn events(
    conn: &mut Conn,
    run: &Grant<RunId, Read>,
    after: u64,
    limit: u32,
) -> Result<Vec<NumberedEvent>, Error> {
    events::after(conn, run.id(), after, limit).await
}

/// Lines of a run's log after event `after`, at most `limit`, in order.
///
/// # Errors
/// [`Error::Corrupt`] when a stored event cannot be read.
pub async fn lines(
    conn: &mut Conn,
    run: &Grant<RunId, Read>,
    after: u64,
    limit: u32,
) -> Result<Vec<LogLine>, Error> {
    events::lines(conn, run.id(), after, limit).await
}

/// The newest lines of a run's log, at most `newest`, and the phase it is in.
///
/// # Errors
/// [`Error::Corrupt`] when a stored event cannot be read.
pub async fn log(conn: &mut Conn, run: &Grant<RunId, Read>, newest: u32) -> Result<RunLog, Error> {
    events::log(conn, run.id(), newest).await
}

/// What stays of a part of a long curve: the first point, the last, the lowest, the highest, and the
/// first that is no number, so that a gap stays a gap.
const STAYS: [&str; 5] = [
    "ORDER BY step",
    "ORDER BY step DESC",
    "AND abs(value) < 'Infinity' ORDER BY value, step",
    "AND abs(value) < 'Infinity' ORDER BY value DESC, step",
    "AND NOT abs(value) < 'Infinity' ORDER BY step",
];

/// The points of the curves `$2` of run `$1` (all, where none is named); of one with more than `$3`,
/// what [`STAYS`] of each of `$4` equally long parts. A part is read by itself, along the primary
/// key: a curve of a million points is neither sorted nor sent as a whole.
fn points() -> String {
    let stays = STAYS.map(|which| {
        format!(
            "(SELECT step, value FROM metric_points WHERE run_id = $1 AND key = p.key \
                AND step BETWEEN p.first AND p.last {which} LIMIT 1)"
        )
    });
    format!(
        "WITH curves AS ( \
             SELECT key, count(*) AS points, min(step) AS first, max(step) AS last \
             FROM metric_points WHERE run_id = $1 AND (cardinality($2) = 0 OR key = ANY ($2)) \
             GROUP BY key \
         ), parts AS ( \
             SELECT key, (first + div((last - first + 1::numeric) * n, $4))::bigint AS first, \
                    (first + div((last - first + 1::numeric) * (n + 1), $4) - 1)::bigint AS last \
             FROM curves, generate_series(0, $4 - 1) AS n WHERE points > $3 \
         ) \
         SELECT p.key, m.step, m.value FROM parts p, LATERAL ({}) m \
         UNION ALL \
         SELECT m.key, m.step, m.value FROM metric_points m JOIN curves c ON c.key = m.key \
         WHERE m.run_id = $1 AND c.points <= $3 \
         ORDER BY key, step",
        stays.join(" UNION ")
    )
}

/// A row of [`points`].
#[derive(QueryableByName)]
struct Point {
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = BigInt)]
    step: i64,
    #[diesel(sql_type = Double)]
    value: f64,
}

/// The logged values of a run's metrics, each by step: all of them, or only `keys`. A curve of more
/// than `most` points, at least five, is thinned to so many; its ends and its extremes stay.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn series(
    conn: &mut Conn,
    run: &Grant<RunId, Read>,
    keys: &[String],
    most: usize,
) -> Result<Vec<Series>, Error> {
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let read: Vec<Point> = diesel::sql_query(points())
        .bind::<BigInt, _>(run.id().0)
        .bind::<Array<Text>, _>(keys)
        .bind::<BigInt, _>(count(most))
        .bind::<BigInt, _>(count((most / STAYS.len()).max(1)))
        .load(conn)
        .await?;
    let mut by_key: BTreeMap<String, Vec<(u64, Num)>> = BTreeMap::new();
    for Point { key, step, value } in read {
        by_key.entry(key).or_default().push((step.unsigned_abs(), Num(value)));
    }
    Ok(by_key.into_iter().map(|(key, points)| Series { key, points }).collect())
}

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
