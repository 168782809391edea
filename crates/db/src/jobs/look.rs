//! Jobs as people see them.

use crate::grant::{Grant, Manage};
use crate::schema::{dataset_versions, jobs};
use crate::{Conn, Error, access, json};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Jsonb, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use mlhub_domain::ids::{DatasetId, JobId, ProjectId, UserId};
use mlhub_domain::jobs::{Job, RunningJob};
use mlhub_domain::projects::ProjectPath;
use serde_json::Value;

const JOB: &str = "SELECT j.id, j.kind, j.state, j.progress, j.error, j.created_at, j.finished_at, \
        j.cancel_requested_at IS NOT NULL AND j.finished_at IS NULL AS cancelling, \
        o.name AS owner, p.name AS project, d.name AS dataset, v.version, m.name AS model, \
        r.number AS run \
    FROM jobs j JOIN projects p ON p.id = j.project_id JOIN owners o ON o.id = p.owner_id \
    LEFT JOIN dataset_versions v ON v.job_id = j.id LEFT JOIN datasets d ON d.id = v.dataset_id \
    LEFT JOIN runs r ON r.job_id = j.id LEFT JOIN models m ON m.id = r.model_id";

/// The states of a job that has not ended.
const OPEN: [&str; 3] = ["ready", "running", "paused"];

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Nullable<Jsonb>)]
    progress: Option<Value>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    error: Option<Value>,
    #[diesel(sql_type = Bool)]
    cancelling: bool,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    finished_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Text)]
    project: String,
    #[diesel(sql_type = Nullable<Text>)]
    dataset: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    version: Option<i32>,
    #[diesel(sql_type = Nullable<Text>)]
    model: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    run: Option<i32>,
}

impl Row {
    /// What it works on, in words, and the page that shows it.
    fn place(&self) -> (String, String) {
        let project = format!("/{}/{}", self.owner, self.project);
        match (&self.dataset, self.version, &self.model, self.run) {
            (Some(dataset), Some(version), _, _) => {
                (format!("{dataset} · v{version}"), format!("{project}/datasets/{dataset}"))
            }
            (_, _, Some(model), Some(run)) => {
                (format!("{model} · run {run}"), format!("{project}/runs/{run}"))
            }
            (_, _, None, Some(run)) => (format!("run {run}"), format!("{project}/runs/{run}")),
            _ => (format!("job {}", self.id), project),
        }
    }
}

impl TryFrom<Row> for Job {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: JobId(row.id),
            kind: row.kind.parse().map_err(Error::corrupt("job kind"))?,
            state: row.state.parse().map_err(Error::corrupt("job state"))?,
            progress: json::read_some("progress", row.progress)?,
            error: json::read_some("error", row.error)?,
            cancelling: row.cancelling,
            created_at: row.created_at,
            finished_at: row.finished_at,
        })
    }
}

/// A job and the project it belongs to; `None` when there is no such job.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn find(conn: &mut Conn, job: JobId) -> Result<Option<(ProjectPath, Job)>, Error> {
    let row: Option<Row> = diesel::sql_query(format!("{JOB} WHERE j.id = $1"))
        .bind::<BigInt, _>(job.0)
        .get_result(conn)
        .await
        .optional()?;
    row.map(|row| Ok((access::path(&row.owner, &row.project)?, row.try_into()?))).transpose()
}

/// The jobs of a project that have not ended, in the order of their making.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn open_in(
    conn: &mut Conn,
    project: &Grant<ProjectId, Manage>,
) -> Result<Vec<JobId>, Error> {
    let ids: Vec<i64> = jobs::table
        .filter(jobs::project_id.eq(project.id().0))
        .filter(jobs::state.eq_any(OPEN))
        .order(jobs::id)
        .select(jobs::id)
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(JobId).collect())
}

/// The jobs that read versions of a dataset and have not ended, in the order of their making.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn reading(
    conn: &mut Conn,
    dataset: &Grant<DatasetId, Manage>,
) -> Result<Vec<JobId>, Error> {
    let ids: Vec<i64> = jobs::table
        .inner_join(dataset_versions::table)
        .filter(dataset_versions::dataset_id.eq(dataset.id().0))
        .filter(jobs::state.eq_any(OPEN))
        .order(jobs::id)
        .select(jobs::id)
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(JobId).collect())
}

/// The newest `limit` jobs of a user that have not ended, of the projects that they see.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn open_of(conn: &mut Conn, user: UserId, limit: u32) -> Result<Vec<RunningJob>, Error> {
    let rows: Vec<Row> = diesel::sql_query(format!(
        "{JOB} WHERE j.user_id = $1 AND j.state IN ('ready', 'running', 'paused') \
           AND p.deleted_at IS NULL \
           AND (p.visibility <> 'private' OR role_on_project($1, p.id) IS NOT NULL) \
         ORDER BY j.id DESC LIMIT $2"
    ))
    .bind::<BigInt, _>(user.0)
    .bind::<BigInt, _>(i64::from(limit))
    .load(conn)
    .await?;
    let open = |row: Row| {
        let (title, page) = row.place();
        Ok(RunningJob { job: row.try_into()?, title, page })
    };
    rows.into_iter().map(open).collect()
}
