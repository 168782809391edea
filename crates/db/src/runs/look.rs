//! Runs as people see them.

use crate::grant::{Grant, Level, Read};
use crate::orders::{self, Order, found, range, total};
use crate::{Conn, Error, access, json};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use mlhub_domain::ids::{JobId, ProjectId, RunId};
use mlhub_domain::lists::ListQuery;
use mlhub_domain::models::{DatasetRef, ModelRef};
use mlhub_domain::projects::ProjectPath;
use mlhub_domain::runs::{Run, RunStatus};
use serde_json::Value;
use uuid::Uuid;

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
