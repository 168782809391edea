//! Which row a path names, and which role somebody holds on it. What follows from that is decided
//! in `hub::access`.

use crate::{Conn, Error};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text};
use diesel_async::RunQueryDsl;
use mlhub_domain::access::{Role, Visibility};
use mlhub_domain::datasets::DatasetPath;
use mlhub_domain::ids::{DatasetId, JobId, ModelId, ProjectId, RunId, UserId};
use mlhub_domain::models::ModelPath;
use mlhub_domain::names::{DatasetName, OwnerName, ProjectName};
use mlhub_domain::projects::ProjectPath;
use mlhub_domain::runs::RunPath;
use std::collections::BTreeSet;

/// Who asks for a list, as far as what they came with reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asker {
    /// Their account.
    pub user: UserId,
    /// Whether they may edit where their role lets them.
    pub may_edit: bool,
}

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
        let role = self.role.as_deref().map(str::parse).transpose();
        Ok(Found {
            id: id(self.id),
            project: ProjectId(self.project),
            role: role.map_err(Error::corrupt("role"))?,
            visibility: open(&self.visibility, self.own_visibility.as_deref())?,
        })
    }
}

/// The more open of a thing's own visibility and its project's.
pub(crate) fn open(project: &str, own: Option<&str>) -> Result<Visibility, Error> {
    let parse = |word: &str| word.parse::<Visibility>().map_err(Error::corrupt("visibility"));
    let project = parse(project)?;
    Ok(own.map(parse).transpose()?.map_or(project, |own| own.max(project)))
}

/// The address of a project, as it is stored.
pub(crate) fn path(owner: &str, project: &str) -> Result<ProjectPath, Error> {
    Ok(ProjectPath {
        owner: owner.parse().map_err(Error::corrupt("owner name"))?,
        project: project.parse().map_err(Error::corrupt("project name"))?,
    })
}

/// A statement that finds a [`Row`].
type Lookup<'a> = BoxedSqlQuery<'a, Pg, SqlQuery>;

/// Things of one kind: the columns `id` and `own_visibility`, how they hang on the project `p`,
/// and what `$4` says of the one that is meant.
struct Things {
    columns: &'static str,
    join: &'static str,
    named: &'static str,
}

const PROJECT: Things =
    Things { columns: "p.id, NULL::text AS own_visibility", join: "", named: "" };
const DATASET: Things = Things {
    columns: "d.id, d.visibility AS own_visibility",
    join: "JOIN datasets d ON d.project_id = p.id",
    named: "AND d.name = $4 AND d.deleted_at IS NULL",
};
const DATASETS: Things = Things {
    columns: "d.id, d.visibility AS own_visibility, d.name",
    join: "JOIN datasets d ON d.project_id = p.id",
    named: "AND d.name = ANY ($4) AND d.deleted_at IS NULL",
};
const MODEL: Things = Things {
    columns: "m.id, m.visibility AS own_visibility",
    join: "JOIN models m ON m.project_id = p.id",
    named: "AND m.name = $4 AND m.deleted_at IS NULL",
};
const RUN: Things = Things {
    columns: "r.id, NULL::text AS own_visibility",
    join: "JOIN runs r ON r.project_id = p.id",
    named: "AND r.number = $4",
};

/// What the one who asks may be told of a thing, wherever it is looked up.
const ASKED: &str = "p.id AS project, role_on_project($1, p.id) AS role, p.visibility";

impl Things {
    fn lookup<'a>(
        &self,
        asker: Option<UserId>,
        owner: &'a OwnerName,
        project: &'a ProjectName,
    ) -> Lookup<'a> {
        let Self { columns, join, named } = self;
        diesel::sql_query(format!(
            "SELECT {columns}, {ASKED} FROM projects p JOIN owners o ON o.id = p.owner_id {join} \
             WHERE o.name = $2 AND p.name = $3 AND p.deleted_at IS NULL {named}"
        ))
        .into_boxed::<Pg>()
        .bind::<Nullable<BigInt>, _>(asker.map(|user| user.0))
        .bind::<Text, _>(owner.as_str())
        .bind::<Text, _>(project.as_str())
    }
}

async fn find<Id>(
    conn: &mut Conn,
    lookup: Lookup<'_>,
    id: impl FnOnce(i64) -> Id,
) -> Result<Option<Found<Id>>, Error> {
    let row: Option<Row> = lookup.get_result(conn).await.optional()?;
    row.map(|row| row.found(id)).transpose()
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
    find(conn, PROJECT.lookup(asker, &path.owner, &path.project), ProjectId).await
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
    let lookup = DATASET.lookup(asker, &path.owner, &path.project);
    find(conn, lookup.bind::<Text, _>(path.name.as_str()), DatasetId).await
}

#[derive(QueryableByName)]
struct NamedRow {
    #[diesel(embed)]
    place: Row,
    #[diesel(sql_type = Text)]
    name: String,
}

/// Those of the datasets called `names` that are in the project at `path`.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn datasets(
    conn: &mut Conn,
    asker: Option<UserId>,
    path: &ProjectPath,
    names: &BTreeSet<DatasetName>,
) -> Result<Vec<(DatasetName, Found<DatasetId>)>, Error> {
    let names: Vec<&str> = names.iter().map(DatasetName::as_str).collect();
    let lookup = DATASETS.lookup(asker, &path.owner, &path.project);
    let rows: Vec<NamedRow> = lookup.bind::<Array<Text>, _>(names).load(conn).await?;
    let found = |NamedRow { place, name }: NamedRow| {
        Ok((name.parse().map_err(Error::corrupt("dataset name"))?, place.found(DatasetId)?))
    };
    rows.into_iter().map(found).collect()
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
    let lookup = MODEL.lookup(asker, &path.owner, &path.project);
    find(conn, lookup.bind::<Text, _>(path.name.as_str()), ModelId).await
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
    let lookup = RUN.lookup(asker, &path.owner, &path.project);
    let number = i32::try_from(path.run).unwrap_or(i32::MAX);
    find(conn, lookup.bind::<Integer, _>(number), RunId).await
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
    let lookup = diesel::sql_query(format!(
        "SELECT j.id, NULL::text AS own_visibility, {ASKED} \
         FROM jobs j JOIN projects p ON p.id = j.project_id \
         WHERE j.id = $2 AND p.deleted_at IS NULL"
    ))
    .into_boxed::<Pg>()
    .bind::<Nullable<BigInt>, _>(asker.map(|user| user.0))
    .bind::<BigInt, _>(job.0);
    find(conn, lookup, JobId).await
}
