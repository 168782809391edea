//! Which row a path names, and which role somebody holds on it. What follows from that is decided
//! in `hub::access`.

use crate::{Conn, Error};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel_async::RunQueryDsl;
use mlhub_domain::access::{Role, Visibility};
use mlhub_domain::datasets::DatasetPath;
use mlhub_domain::ids::{DatasetId, JobId, ModelId, ProjectId, RunId, UserId};
use mlhub_domain::models::ModelPath;
use mlhub_domain::projects::ProjectPath;
use mlhub_domain::runs::RunPath;

/// What was found at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found<Id> {
    /// The row.
    pub id: Id,
    /// The project it is in.
    pub project: ProjectId,
    /// What the one who asks is in the project.
    pub role: Option<Role>,
    /// How open the thing is: the more open of its own visibility and the project's.
    pub visibility: Visibility,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    project: i64,
    #[diesel(sql_type = Nullable<Text>)]
    role: Option<String>,
    #[diesel(sql_type = Text)]
    visibility: String,
    #[diesel(sql_type = Nullable<Text>)]
    own_visibility: Option<String>,
}

impl Row {
    fn found<Id>(self, id: impl FnOnce(i64) -> Id) -> Result<Found<Id>, Error> {
        let parse = |word: &str| word.parse().map_err(Error::corrupt("visibility"));
        let project: Visibility = parse(&self.visibility)?;
        let own = self.own_visibility.as_deref().map(parse).transpose()?;
        let role = self.role.as_deref().map(str::parse).transpose();
        Ok(Found {
            id: id(self.id),
            project: ProjectId(self.project),
            role: role.map_err(Error::corrupt("role"))?,
            visibility: own.map_or(project, |own| own.max(project)),
        })
    }
}

/// The project at `path`.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn project(
    conn: &mut Conn,
    asker: Option<UserId>,
    path: &ProjectPath,
) -> Result<Option<Found<ProjectId>>, Error> {
    let row: Option<Row> = diesel::sql_query(
        "SELECT p.id, p.id AS project, role_on_project($1, p.id) AS role, p.visibility, \
                NULL::text AS own_visibility \
         FROM projects p JOIN owners o ON o.id = p.owner_id \
         WHERE o.name = $2 AND p.name = $3 AND p.deleted_at IS NULL",
    )
    .bind::<Nullable<BigInt>, _>(asker.map(|u| u.0))
    .bind::<Text, _>(path.owner.as_str())
    .bind::<Text, _>(path.project.as_str())
    .get_result(conn)
    .await
    .optional()?;
    row.map(|row| row.found(ProjectId)).transpose()
}

/// The dataset at `path`.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn dataset(
    conn: &mut Conn,
    asker: Option<UserId>,
    path: &DatasetPath,
) -> Result<Option<Found<DatasetId>>, Error> {
    let row: Option<Row> = diesel::sql_query(
        "SELECT d.id, p.id AS project, role_on_project($1, p.id) AS role, p.visibility, \
                d.visibility AS own_visibility \
         FROM datasets d JOIN projects p ON p.id = d.project_id JOIN owners o ON o.id = p.owner_id \
         WHERE o.name = $2 AND p.name = $3 AND d.name = $4 \
           AND p.deleted_at IS NULL AND d.deleted_at IS NULL",
    )
    .bind::<Nullable<BigInt>, _>(asker.map(|u| u.0))
    .bind::<Text, _>(path.owner.as_str())
    .bind::<Text, _>(path.project.as_str())
    .bind::<Text, _>(path.name.as_str())
    .get_result(conn)
    .await
    .optional()?;
    row.map(|row| row.found(DatasetId)).transpose()
}

/// The model at `path`.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn model(
    conn: &mut Conn,
    asker: Option<UserId>,
    path: &ModelPath,
) -> Result<Option<Found<ModelId>>, Error> {
    let row: Option<Row> = diesel::sql_query(
        "SELECT m.id, p.id AS project, role_on_project($1, p.id) AS role, p.visibility, \
                m.visibility AS own_visibility \
         FROM models m JOIN projects p ON p.id = m.project_id JOIN owners o ON o.id = p.owner_id \
         WHERE o.name = $2 AND p.name = $3 AND m.name = $4 \
           AND p.deleted_at IS NULL AND m.deleted_at IS NULL",
    )
    .bind::<Nullable<BigInt>, _>(asker.map(|u| u.0))
    .bind::<Text, _>(path.owner.as_str())
    .bind::<Text, _>(path.project.as_str())
    .bind::<Text, _>(path.name.as_str())
    .get_result(conn)
    .await
    .optional()?;
    row.map(|row| row.found(ModelId)).transpose()
}

/// The run at `path`.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn run(
    conn: &mut Conn,
    asker: Option<UserId>,
    path: &RunPath,
) -> Result<Option<Found<RunId>>, Error> {
    let row: Option<Row> = diesel::sql_query(
        "SELECT r.id, p.id AS project, role_on_project($1, p.id) AS role, p.visibility, \
                NULL::text AS own_visibility \
         FROM runs r JOIN projects p ON p.id = r.project_id JOIN owners o ON o.id = p.owner_id \
         WHERE o.name = $2 AND p.name = $3 AND r.number = $4 AND p.deleted_at IS NULL",
    )
    .bind::<Nullable<BigInt>, _>(asker.map(|u| u.0))
    .bind::<Text, _>(path.owner.as_str())
    .bind::<Text, _>(path.project.as_str())
    .bind::<diesel::sql_types::Integer, _>(i32::try_from(path.run).unwrap_or(i32::MAX))
    .get_result(conn)
    .await
    .optional()?;
    row.map(|row| row.found(RunId)).transpose()
}

/// The project that the job belongs to.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn job(
    conn: &mut Conn,
    asker: Option<UserId>,
    job: JobId,
) -> Result<Option<Found<JobId>>, Error> {
    let row: Option<Row> = diesel::sql_query(
        "SELECT j.id, p.id AS project, role_on_project($1, p.id) AS role, p.visibility, \
                NULL::text AS own_visibility \
         FROM jobs j JOIN projects p ON p.id = j.project_id \
         WHERE j.id = $2 AND p.deleted_at IS NULL",
    )
    .bind::<Nullable<BigInt>, _>(asker.map(|u| u.0))
    .bind::<BigInt, _>(job.0)
    .get_result(conn)
    .await
    .optional()?;
    row.map(|row| row.found(JobId)).transpose()
}
