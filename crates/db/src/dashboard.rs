//! Rows from many projects at once. Which projects those are is part of each statement: the ones
//! that a person is in, or what everybody sees.

use crate::{Conn, Error};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Double, Integer, Jsonb, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use mlhub_domain::access::Visibility;
use mlhub_domain::dashboard::{Attention, DatasetCard, ModelCard, RunCard, Steps};
use mlhub_domain::datasets::DatasetPath;
use mlhub_domain::evaluation::{Metrics, headline};
use mlhub_domain::ids::UserId;
use mlhub_domain::models::{Headline, ModelPath, Task};
use mlhub_domain::num::Num;
use mlhub_domain::projects::ProjectPath;
use mlhub_domain::runs::RunPath;
use serde_json::Value;

/// Whose things to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Those in the projects that this person is in.
    MemberOf(UserId),
    /// Those that everybody sees.
    Public,
}

impl Whose {
    fn user(self) -> Option<i64> {
        match self {
            Self::MemberOf(user) => Some(user.0),
            Self::Public => None,
        }
    }
}

/// The condition on a thing `t` of the project `p`, for the person `$1` or nobody.
const VISIBLE: &str = "t.deleted_at IS NULL AND p.deleted_at IS NULL AND \
    CASE WHEN $1::bigint IS NULL THEN 'public' IN (t.visibility, p.visibility) \
         ELSE role_on_project($1, p.id) IS NOT NULL END";

#[derive(QueryableByName)]
struct DatasetRow {
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Text)]
    project: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    description: String,
    #[diesel(sql_type = Text)]
    visibility: String,
    #[diesel(sql_type = Nullable<Text>)]
    own_visibility: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    state: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    current: Option<i32>,
    #[diesel(sql_type = BigInt)]
    rows: i64,
    #[diesel(sql_type = BigInt)]
    columns: i64,
    #[diesel(sql_type = Timestamptz)]
    updated_at: DateTime<Utc>,
}

impl TryFrom<DatasetRow> for DatasetCard {
    type Error = Error;

    fn try_from(row: DatasetRow) -> Result<Self, Error> {
        let ProjectPath { owner, project } = path(&row.owner, &row.project)?;
        let name = row.name.parse().map_err(Error::corrupt("dataset name"))?;
        Ok(Self {
            at: DatasetPath { owner, project, name },
            description: row.description,
            visibility: open(&row.visibility, row.own_visibility.as_deref())?,
            state: row
                .state
                .map(|word| word.parse())
                .transpose()
                .map_err(Error::corrupt("state"))?,
            current: row.current.map(i32::unsigned_abs),
            rows: row.rows.unsigned_abs(),
            columns: row.columns.unsigned_abs(),
            updated_at: row.updated_at,
        })
    }
}

fn path(owner: &str, project: &str) -> Result<ProjectPath, Error> {
    Ok(ProjectPath {
        owner: owner.parse().map_err(Error::corrupt("owner name"))?,
        project: project.parse().map_err(Error::corrupt("project name"))?,
    })
}

/// The more open of a thing's own visibility and its project's.
fn open(project: &str, own: Option<&str>) -> Result<Visibility, Error> {
    let parse = |word: &str| word.parse::<Visibility>().map_err(Error::corrupt("visibility"));
    let project = parse(project)?;
    Ok(own.map(parse).transpose()?.map_or(project, |own| own.max(project)))
}

/// Datasets whose name or project contains `q`, the one changed last first.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn datasets(
    conn: &mut Conn,
    whose: Whose,
    q: &str,
    limit: i64,
) -> Result<Vec<DatasetCard>, Error> {
    let rows: Vec<DatasetRow> = diesel::sql_query(format!(
        "SELECT o.name AS owner, p.name AS project, t.name, t.description, p.visibility, \
                t.visibility AS own_visibility, n.state, t.current, coalesce(c.rows, 0) AS rows, \
                coalesce(jsonb_array_length(c.columns), 0)::bigint AS columns, t.updated_at \
         FROM datasets t JOIN projects p ON p.id = t.project_id JOIN owners o ON o.id = p.owner_id \
         LEFT JOIN dataset_versions n ON n.dataset_id = t.id AND n.version = t.last_version \
         LEFT JOIN dataset_versions c ON c.dataset_id = t.id AND c.version = t.current \
         WHERE {VISIBLE} AND strpos(o.name || '/' || p.name || '/' || t.name, lower($2)) > 0 \
         ORDER BY t.updated_at DESC, t.id DESC LIMIT $3"
    ))
    .bind::<Nullable<BigInt>, _>(whose.user())
    .bind::<Text, _>(q)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    rows.into_iter().map(DatasetCard::try_from).collect()
}

#[derive(QueryableByName)]
struct ModelRow {
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Text)]
    project: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    description: String,
    #[diesel(sql_type = Text)]
    visibility: String,
    #[diesel(sql_type = Nullable<Text>)]
    own_visibility: Option<String>,
    #[diesel(sql_type = Jsonb)]
    task: Value,
    #[diesel(sql_type = Text)]
    target: String,
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Jsonb)]
    metrics: Value,
    #[diesel(sql_type = Nullable<Jsonb>)]
    baseline: Option<Value>,
    #[diesel(sql_type = Timestamptz)]
    updated_at: DateTime<Utc>,
}

impl TryFrom<ModelRow> for ModelCard {
    type Error = Error;

    fn try_from(row: ModelRow) -> Result<Self, Error> {
        let ProjectPath { owner, project } = path(&row.owner, &row.project)?;
        let name = row.name.parse().map_err(Error::corrupt("model name"))?;
        let task = json("task", row.task)?;
        Ok(Self {
            at: ModelPath { owner, project, name },
            description: row.description,
            visibility: open(&row.visibility, row.own_visibility.as_deref())?,
            task,
            target: row.target,
            version: Some(row.version.unsigned_abs()),
            headline: first_of(task, row.metrics, row.baseline)?,
            updated_at: row.updated_at,
        })
    }
}

fn json<T: serde::de::DeserializeOwned>(what: &'static str, value: Value) -> Result<T, Error> {
    serde_json::from_value(value).map_err(Error::corrupt(what))
}

/// The metric by which a model for `task` is first judged, if it was measured.
fn first_of(
    task: Task,
    metrics: Value,
    baseline: Option<Value>,
) -> Result<Option<Headline>, Error> {
    let metric = headline(task);
    let metrics: Metrics = json("metrics", metrics)?;
    let baseline: Option<Metrics> = baseline.map(|value| json("baseline", value)).transpose()?;
    let Some(value) = metrics.get(metric).copied() else { return Ok(None) };
    let baseline = baseline.and_then(|all| all.get(metric).copied());
    Ok(Some(Headline { metric: metric.into(), value, baseline }))
}

/// Models with a version whose name or project contains `q`, the one changed last first.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn models(
    conn: &mut Conn,
    whose: Whose,
    q: &str,
    limit: i64,
) -> Result<Vec<ModelCard>, Error> {
    let rows: Vec<ModelRow> = diesel::sql_query(format!(
        "SELECT o.name AS owner, p.name AS project, t.name, t.description, p.visibility, \
                t.visibility AS own_visibility, s.spec -> 'task' AS task, \
                s.spec ->> 'target' AS target, s.version, s.metrics, s.baseline, t.updated_at \
         FROM models t JOIN projects p ON p.id = t.project_id JOIN owners o ON o.id = p.owner_id \
         JOIN LATERAL ( \
             SELECT v.version, v.spec, v.metrics, v.evaluation -> 'baseline' AS baseline \
             FROM model_versions v LEFT JOIN model_aliases a \
                 ON a.model_id = v.model_id AND a.version = v.version AND a.alias = 'champion' \
             WHERE v.model_id = t.id ORDER BY a.alias IS NULL, v.version DESC LIMIT 1 \
         ) s ON true \
         WHERE {VISIBLE} AND strpos(o.name || '/' || p.name || '/' || t.name, lower($2)) > 0 \
         ORDER BY t.updated_at DESC, t.id DESC LIMIT $3"
    ))
    .bind::<Nullable<BigInt>, _>(whose.user())
    .bind::<Text, _>(q)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    rows.into_iter().map(ModelCard::try_from).collect()
}

#[derive(QueryableByName)]
struct RunRow {
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Text)]
    project: String,
    #[diesel(sql_type = Integer)]
    number: i32,
    #[diesel(sql_type = Jsonb)]
    status: Value,
    #[diesel(sql_type = Nullable<Text>)]
    trains: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    dataset: Option<String>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    task: Option<Value>,
    #[diesel(sql_type = Jsonb)]
    metrics: Value,
    #[diesel(sql_type = Nullable<Double>)]
    took: Option<f64>,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
}

impl TryFrom<RunRow> for RunCard {
    type Error = Error;

    fn try_from(row: RunRow) -> Result<Self, Error> {
        let ProjectPath { owner, project } = path(&row.owner, &row.project)?;
        let trains = row.trains.map(|name| name.parse()).transpose();
        let headline = match row.task {
            Some(task) => first_of(json("task", task)?, row.metrics, None)?,
            None => None,
        };
        Ok(Self {
            at: RunPath { owner, project, run: row.number.unsigned_abs() },
            status: json("run status", row.status)?,
            trains: trains.map_err(Error::corrupt("model name"))?,
            dataset: row.dataset,
            headline,
            took: row.took.map(Num),
            created_at: row.created_at,
        })
    }
}

/// Runs in the projects of `user`, the newest first.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn runs(conn: &mut Conn, user: UserId, limit: i64) -> Result<Vec<RunCard>, Error> {
    let rows: Vec<RunRow> = diesel::sql_query(
        "SELECT o.name AS owner, p.name AS project, r.number, to_jsonb(r.status) AS status, \
                m.name AS trains, d.name || ' v' || v.version AS dataset, \
                r.spec -> 'task' AS task, r.metrics, \
                extract(epoch FROM r.finished_at - r.started_at)::double precision AS took, \
                r.created_at \
         FROM runs r JOIN projects p ON p.id = r.project_id JOIN owners o ON o.id = p.owner_id \
         LEFT JOIN models m ON m.id = r.model_id \
         LEFT JOIN dataset_versions v ON v.id = r.dataset_version_id \
         LEFT JOIN datasets d ON d.id = v.dataset_id \
         WHERE p.deleted_at IS NULL AND role_on_project($1, p.id) IS NOT NULL \
         ORDER BY r.id DESC LIMIT $2",
    )
    .bind::<BigInt, _>(user.0)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    rows.into_iter().map(RunCard::try_from).collect()
}

#[derive(QueryableByName)]
struct AttentionRow {
    #[diesel(sql_type = Text)]
    project: String,
    #[diesel(sql_type = Text)]
    what: String,
    #[diesel(sql_type = Text)]
    page: String,
    #[diesel(sql_type = Text)]
    why: String,
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
}

/// What `user` started after `since` and what failed then, unless something newer of the same
/// dataset or model stands in its place: the newest first.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn attention(
    conn: &mut Conn,
    user: UserId,
    since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Attention>, Error> {
    let rows: Vec<AttentionRow> = diesel::sql_query(
        "SELECT o.name || '/' || p.name AS project, f.what, \
                '/' || o.name || '/' || p.name || f.page AS page, f.why, f.at \
         FROM ( \
             SELECT d.project_id, d.name || ' v' || v.version AS what, \
                    '/datasets/' || d.name AS page, \
                    coalesce(v.error ->> 'message', '') AS why, v.created_at AS at \
             FROM dataset_versions v JOIN datasets d ON d.id = v.dataset_id \
             WHERE v.state = 'failed' AND v.created_by = $1 AND v.created_at > $2 \
               AND v.version = d.last_version AND d.deleted_at IS NULL \
             UNION ALL \
             SELECT r.project_id, coalesce(m.name || ' · ', '') || 'run ' || r.number, \
                    '/runs/' || r.number, coalesce(r.error ->> 'message', ''), \
                    coalesce(r.finished_at, r.created_at) \
             FROM runs r LEFT JOIN models m ON m.id = r.model_id \
             WHERE r.status = 'failed' AND r.created_by = $1 AND r.created_at > $2 \
               AND m.deleted_at IS NULL AND NOT EXISTS ( \
                   SELECT FROM runs n WHERE n.model_id = r.model_id AND n.number > r.number) \
         ) f JOIN projects p ON p.id = f.project_id JOIN owners o ON o.id = p.owner_id \
         WHERE p.deleted_at IS NULL AND role_on_project($1, p.id) IS NOT NULL \
         ORDER BY f.at DESC LIMIT $3",
    )
    .bind::<BigInt, _>(user.0)
    .bind::<Timestamptz, _>(since)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    let show = |row: AttentionRow| {
        let AttentionRow { project, what, page, why, at } = row;
        Attention { what, project, why, page, at }
    };
    Ok(rows.into_iter().map(show).collect())
}

#[derive(QueryableByName)]
struct StepsRow {
    #[diesel(sql_type = Bool)]
    project: bool,
    #[diesel(sql_type = Bool)]
    dataset: bool,
    #[diesel(sql_type = Bool)]
    model: bool,
    #[diesel(sql_type = Bool)]
    shared: bool,
}

/// Which of the first steps `user`, or somebody they work with, has taken.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn steps(conn: &mut Conn, user: UserId) -> Result<Steps, Error> {
    let StepsRow { project, dataset, model, shared } = diesel::sql_query(
        "WITH mine AS ( \
             SELECT p.id, p.visibility FROM projects p \
             WHERE p.deleted_at IS NULL AND role_on_project($1, p.id) IS NOT NULL) \
         SELECT EXISTS (SELECT FROM mine) AS project, \
             EXISTS (SELECT FROM mine JOIN datasets d ON d.project_id = mine.id \
                 WHERE d.current IS NOT NULL AND d.deleted_at IS NULL) AS dataset, \
             EXISTS (SELECT FROM mine JOIN models m ON m.project_id = mine.id \
                 WHERE m.last_version > 0 AND m.deleted_at IS NULL) AS model, \
             EXISTS (SELECT FROM mine JOIN models m ON m.project_id = mine.id \
                 WHERE m.last_version > 0 AND m.deleted_at IS NULL \
                   AND (mine.visibility <> 'private' OR m.visibility <> 'private')) AS shared",
    )
    .bind::<BigInt, _>(user.0)
    .get_result(conn)
    .await?;
    Ok(Steps { project, dataset, model, shared })
}
