//! Models as people see them.

use crate::grant::{Edit, Grant, Level, Read};
use crate::orders::{self, Order, found, range, total};
use crate::schema::models;
use crate::{Conn, Error, access, json};
use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Jsonb, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use mlhub_domain::evaluation::{Metrics, headline};
use mlhub_domain::ids::{ModelId, ProjectId};
use mlhub_domain::lists::ListQuery;
use mlhub_domain::models::{Headline, Model, Spec, Task};
use mlhub_domain::names::BadName;
use mlhub_domain::num::Num;
use serde_json::Value;

/// A row of [`SELECT`].
#[derive(QueryableByName)]
pub(crate) struct Row {
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Text)]
    project: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    description: String,
    #[diesel(sql_type = Text)]
    card: String,
    #[diesel(sql_type = Text)]
    visibility: String,
    #[diesel(sql_type = Nullable<Text>)]
    own_visibility: Option<String>,
    #[diesel(sql_type = Jsonb)]
    spec: Value,
    #[diesel(sql_type = BigInt)]
    versions: i64,
    #[diesel(sql_type = Nullable<Integer>)]
    shown: Option<i32>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    metrics: Option<Value>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    baseline: Option<Value>,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    updated_at: DateTime<Utc>,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

/// Models `m` of projects `p`. The version shown, `s`, is `champion`, else the newest.
pub(crate) const SELECT: &str = "\
    SELECT o.name AS owner, p.name AS project, m.name, m.description, m.card, p.visibility, \
           m.visibility AS own_visibility, m.spec, \
           (SELECT count(*) FROM model_versions v WHERE v.model_id = m.id) AS versions, \
           s.version AS shown, s.metrics, s.evaluation -> 'baseline' AS baseline, \
           m.created_at, m.updated_at, count(*) OVER () AS total \
    FROM models m \
    JOIN projects p ON p.id = m.project_id \
    JOIN owners o ON o.id = p.owner_id \
    LEFT JOIN LATERAL ( \
        SELECT v.version, v.metrics, v.evaluation FROM model_versions v \
        LEFT JOIN model_aliases a ON a.model_id = v.model_id AND a.version = v.version AND a.alias = 'champion' \
        WHERE v.model_id = m.id ORDER BY a.alias IS NULL, v.version DESC LIMIT 1 \
    ) s ON true ";

impl TryFrom<Row> for Model {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let bad = |what| Error::corrupt::<BadName>(what);
        let spec: Spec = json::read("spec", row.spec)?;
        let key = headline(spec.task);
        let pick = |all: Option<Value>| -> Result<Option<Num>, Error> {
            let all: Option<Metrics> = json::read_some("metrics", all)?;
            Ok(all.and_then(|all| all.get(key).copied()))
        };
        let (value, baseline) = (pick(row.metrics)?, pick(row.baseline)?);
        Ok(Self {
            owner: row.owner.parse().map_err(bad("owner"))?,
            project: row.project.parse().map_err(bad("project"))?,
            name: row.name.parse().map_err(bad("model name"))?,
            description: row.description,
            card: row.card,
            visibility: access::open(&row.visibility, row.own_visibility.as_deref())?,
            spec,
            versions: u32::try_from(row.versions).unwrap_or(u32::MAX),
            shown: row.shown.map(i32::unsigned_abs),
            headline: value.map(|value| Headline { metric: key.into(), value, baseline }),
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// A model.
///
/// # Errors
/// [`Error::Missing`] when it was deleted meanwhile.
pub async fn get<L: Level>(conn: &mut Conn, model: &Grant<ModelId, L>) -> Result<Model, Error> {
    diesel::sql_query(format!("{SELECT} WHERE m.id = $1 AND m.deleted_at IS NULL"))
        .bind::<BigInt, _>(model.id().0)
        .get_result::<Row>(conn)
        .await?
        .try_into()
}

/// The order that `query` asks for of [`SELECT`], or the one changed last first.
pub(crate) fn order(query: &ListQuery) -> String {
    let (key, falling) = query.order("-updated");
    let good = orders::goodness("m.spec", "s.metrics");
    let order = match key {
        "name" => Order::by(["o.name", "p.name", "m.name"]),
        "target" => Order::by(["m.spec ->> 'target'"]),
        "measured" => Order::measured("m.spec", good),
        "against" => Order::measured("m.spec", beside_the_baseline(&good)),
        "version" => Order::by(["s.version"]),
        "visibility" => Order::by([&orders::openness("m")]),
        "created" => Order::by(["m.id"]),
        _ => Order::by(["m.updated_at", "m.id"]),
    };
    order.sql(falling, "o.name, p.name, m.name")
}

/// How much better than the baseline the version shown is.
fn beside_the_baseline(good: &str) -> String {
    let baseline = orders::goodness("m.spec", "s.evaluation -> 'baseline'");
    format!("nullif({good} - {baseline}, 'NaN')")
}

/// Models of a project, all or those for one task, and how many there are; the one changed last
/// first when the query says nothing that [`Sorts::MODELS`] has.
///
/// [`Sorts::MODELS`]: mlhub_domain::lists::Sorts::MODELS
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn list(
    conn: &mut Conn,
    project: &Grant<ProjectId, Read>,
    task: Option<Task>,
    query: &ListQuery,
) -> Result<(Vec<Model>, u64), Error> {
    let (offset, limit) = range(query);
    let rows: Vec<Row> = diesel::sql_query(format!(
        "{SELECT} WHERE m.project_id = $1 AND m.deleted_at IS NULL \
           AND {} AND ($5::text IS NULL OR m.spec ->> 'task' = $5) \
         ORDER BY {} OFFSET $3 LIMIT $4",
        found("m.name", "$2"),
        order(query)
    ))
    .bind::<BigInt, _>(project.id().0)
    .bind::<Text, _>(query.q.as_deref().unwrap_or_default())
    .bind::<BigInt, _>(offset)
    .bind::<BigInt, _>(limit)
    .bind::<Nullable<Text>, _>(task.map(Task::as_str))
    .load(conn)
    .await?;
    page(rows)
}

/// The names of the models of a project that begin with `start`.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn names_from(
    conn: &mut Conn,
    project: &Grant<ProjectId, Edit>,
    start: &str,
) -> Result<Vec<String>, Error> {
    let begins = sql::<Bool>("starts_with(models.name, ").bind::<Text, _>(start).sql(")");
    Ok(models::table
        .filter(models::project_id.eq(project.id().0))
        .filter(models::deleted_at.is_null())
        .filter(begins)
        .select(models::name)
        .load(conn)
        .await?)
}

/// The models of these rows, and how many there are on all pages.
pub(crate) fn page(rows: Vec<Row>) -> Result<(Vec<Model>, u64), Error> {
    let total = total(&rows, |row| row.total);
    Ok((rows.into_iter().map(Model::try_from).collect::<Result<_, _>>()?, total))
}
