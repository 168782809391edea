//! Rows of `models`, `model_versions` and `model_aliases`.

use crate::grant::{Edit, Grant, Level, Manage, Read};
use crate::orders::{self, Order, found, range, total};
use crate::schema::{model_aliases, model_versions, models};
use crate::{Conn, Error, access, json};
use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Jsonb, Nullable, Text, Timestamptz};
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use mlhub_domain::access::Visibility;
use mlhub_domain::evaluation::{Evaluation, Importance, Metrics, headline};
use mlhub_domain::ids::{ModelId, ProjectId, RunId};
use mlhub_domain::jobs::TrainedModel;
use mlhub_domain::lists::ListQuery;
use mlhub_domain::models::{DatasetRef, Headline, Model, ModelVersion, Spec, Task, VersionRef};
use mlhub_domain::names::{Alias, BadName, ModelName};
use mlhub_domain::num::Num;
use serde_json::Value;

/// Makes a model.
///
/// # Errors
/// [`Error::Taken`] when the project has one of this name (index `models_project_name`).
pub async fn create(
    conn: &mut Conn,
    project: &Grant<ProjectId, Edit>,
    name: &ModelName,
    spec: &Spec,
) -> Result<ModelId, Error> {
    let id = diesel::insert_into(models::table)
        .values((
            models::project_id.eq(project.id().0),
            models::name.eq(name.as_str()),
            models::spec.eq(json::write("spec", spec)?),
        ))
        .returning(models::id)
        .get_result(conn)
        .await?;
    Ok(ModelId(id))
}

/// What can be changed of a model; `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct Change<'a> {
    /// Another name.
    pub name: Option<&'a ModelName>,
    /// What it is for.
    pub description: Option<&'a str>,
    /// The card, as Markdown.
    pub card: Option<&'a str>,
    /// How it is trained from now on.
    pub spec: Option<&'a Spec>,
}

/// Changes a model.
///
/// # Errors
/// [`Error::Missing`] when it was deleted meanwhile; [`Error::Taken`] when the name is.
pub async fn update(
    conn: &mut Conn,
    model: &Grant<ModelId, Edit>,
    change: Change<'_>,
) -> Result<(), Error> {
    let spec = change.spec.map(|spec| json::write("spec", spec)).transpose()?;
    diesel::update(models::table.find(model.id().0))
        .filter(models::deleted_at.is_null())
        .set((
            change.name.map(|name| models::name.eq(name.as_str())),
            change.description.map(|text| models::description.eq(text)),
            change.card.map(|text| models::card.eq(text)),
            spec.map(|spec| models::spec.eq(spec)),
            models::updated_at.eq(diesel::dsl::now),
        ))
        .returning(models::id)
        .get_result::<i64>(conn)
        .await?;
    Ok(())
}

/// Opens or closes a model; `None` lets it follow its project.
///
/// # Errors
/// [`Error::Missing`] when it was deleted meanwhile.
pub async fn set_visibility(
    conn: &mut Conn,
    model: &Grant<ModelId, Manage>,
    visibility: Option<Visibility>,
) -> Result<(), Error> {
    diesel::update(models::table.find(model.id().0))
        .filter(models::deleted_at.is_null())
        .set((
            models::visibility.eq(visibility.map(Visibility::as_str)),
            models::updated_at.eq(diesel::dsl::now),
        ))
        .returning(models::id)
        .get_result::<i64>(conn)
        .await?;
    Ok(())
}

/// Deletes a model: it disappears, its versions stay for the collector.
///
/// # Errors
/// [`Error::Missing`] when it was deleted meanwhile.
pub async fn delete(conn: &mut Conn, model: &Grant<ModelId, Manage>) -> Result<(), Error> {
    diesel::update(models::table.find(model.id().0))
        .filter(models::deleted_at.is_null())
        .set(models::deleted_at.eq(diesel::dsl::now))
        .returning(models::id)
        .get_result::<i64>(conn)
        .await?;
    Ok(())
}

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

#[derive(QueryableByName)]
struct VersionRow {
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Integer)]
    run: i32,
    #[diesel(sql_type = Text)]
    dataset: String,
    #[diesel(sql_type = Integer)]
    dataset_version: i32,
    #[diesel(sql_type = Jsonb)]
    spec: Value,
    #[diesel(sql_type = Jsonb)]
    metrics: Value,
    #[diesel(sql_type = Array<Text>)]
    aliases: Vec<String>,
    #[diesel(sql_type = Jsonb)]
    signature: Value,
    #[diesel(sql_type = Text)]
    artifact_sha256: String,
    #[diesel(sql_type = BigInt)]
    size: i64,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
}

const SELECT_VERSION: &str = "\
    SELECT v.version, r.number AS run, d.name AS dataset, dv.version AS dataset_version, v.spec, \
           v.metrics, ARRAY(SELECT a.alias FROM model_aliases a WHERE a.model_id = v.model_id \
                            AND a.version = v.version ORDER BY a.alias) AS aliases, \
           v.signature, v.artifact_sha256, ob.size, v.created_at \
    FROM model_versions v \
    JOIN runs r ON r.id = v.run_id \
    JOIN dataset_versions dv ON dv.id = r.dataset_version_id \
    JOIN datasets d ON d.id = dv.dataset_id \
    JOIN objects ob ON ob.sha256 = v.artifact_sha256 ";

/// `$2` is a number, `$3` an alias; one of the two is set.
const NAMED: &str = "v.model_id = $1 AND v.version = coalesce($2, \
    (SELECT a.version FROM model_aliases a WHERE a.model_id = $1 AND a.alias = $3))";

impl TryFrom<VersionRow> for ModelVersion {
    type Error = Error;

    fn try_from(row: VersionRow) -> Result<Self, Error> {
        let bad = |what| Error::corrupt::<BadName>(what);
        let aliases = row.aliases.iter().map(|a| a.parse()).collect::<Result<_, _>>();
        Ok(Self {
            version: row.version.unsigned_abs(),
            run: row.run.unsigned_abs(),
            dataset: DatasetRef {
                name: row.dataset.parse().map_err(bad("dataset name"))?,
                version: row.dataset_version.unsigned_abs(),
            },
            spec: json::read("spec", row.spec)?,
            metrics: json::read("metrics", row.metrics)?,
            aliases: aliases.map_err(bad("alias"))?,
            signature: json::read("signature", row.signature)?,
            sha256: row.artifact_sha256.parse().map_err(Error::corrupt("digest"))?,
            size: row.size.unsigned_abs(),
            created_at: row.created_at,
        })
    }
}

fn parts(version: &VersionRef) -> (Option<i32>, Option<&str>) {
    match version {
        VersionRef::Number(number) => (Some(i32::try_from(*number).unwrap_or(i32::MAX)), None),
        VersionRef::Alias(alias) => (None, Some(alias.as_str())),
    }
}

/// A version by number or alias.
///
/// # Errors
/// [`Error::Missing`] when there is none of that name.
pub async fn version(
    conn: &mut Conn,
    model: &Grant<ModelId, Read>,
    version: &VersionRef,
) -> Result<ModelVersion, Error> {
    let (number, alias) = parts(version);
    diesel::sql_query(format!("{SELECT_VERSION} WHERE {NAMED}"))
        .bind::<BigInt, _>(model.id().0)
        .bind::<Nullable<Integer>, _>(number)
        .bind::<Nullable<Text>, _>(alias)
        .get_result::<VersionRow>(conn)
        .await?
        .try_into()
}

/// The versions with an alias like `query.q`, the newest first, and how many there are.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn versions(
    conn: &mut Conn,
    model: &Grant<ModelId, Read>,
    query: &ListQuery,
) -> Result<(Vec<ModelVersion>, u64), Error> {
    #[derive(QueryableByName)]
    struct Counted {
        #[diesel(sql_type = BigInt)]
        total: i64,
    }
    let which = format!(
        "WHERE v.model_id = $1 AND (trim($2) = '' OR EXISTS (SELECT FROM model_aliases q \
         WHERE q.model_id = $1 AND q.version = v.version AND {}))",
        found("q.alias", "$2")
    );
    let order = if query.sort.as_deref() == Some("version") { "ASC" } else { "DESC" };
    let (q, (offset, limit)) = (query.q.as_deref().unwrap_or_default(), range(query));
    let rows: Vec<VersionRow> = diesel::sql_query(format!(
        "{SELECT_VERSION} {which} ORDER BY v.version {order} OFFSET $3 LIMIT $4"
    ))
    .bind::<BigInt, _>(model.id().0)
    .bind::<Text, _>(q)
    .bind::<BigInt, _>(offset)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    let all = format!("SELECT count(*) AS total FROM model_versions v {which}");
    let counted: Counted = diesel::sql_query(all)
        .bind::<BigInt, _>(model.id().0)
        .bind::<Text, _>(q)
        .get_result(conn)
        .await?;
    let versions = rows.into_iter().map(ModelVersion::try_from).collect::<Result<_, _>>()?;
    Ok((versions, counted.total.unsigned_abs()))
}

/// The report on a version.
///
/// # Errors
/// [`Error::Missing`] when there is none of that name.
pub async fn evaluation(
    conn: &mut Conn,
    model: &Grant<ModelId, Read>,
    version: &VersionRef,
) -> Result<Evaluation, Error> {
    json::read("evaluation", report(conn, model, version, "v.evaluation").await?)
}

/// What a version looks at, the largest first; the rest of its report, which is long, is not read.
///
/// # Errors
/// [`Error::Missing`] when there is none of that name.
pub async fn importance(
    conn: &mut Conn,
    model: &Grant<ModelId, Read>,
    version: &VersionRef,
) -> Result<Vec<Importance>, Error> {
    json::read("importance", report(conn, model, version, "v.evaluation -> 'importance'").await?)
}

async fn report(
    conn: &mut Conn,
    model: &Grant<ModelId, Read>,
    version: &VersionRef,
    part: &str,
) -> Result<Value, Error> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Jsonb)]
        part: Value,
    }
    let (number, alias) = parts(version);
    let row: Row =
        diesel::sql_query(format!("SELECT {part} AS part FROM model_versions v WHERE {NAMED}"))
            .bind::<BigInt, _>(model.id().0)
            .bind::<Nullable<Integer>, _>(number)
            .bind::<Nullable<Text>, _>(alias)
            .get_result(conn)
            .await?;
    Ok(row.part)
}

/// Publishes what a run trained as the model's next version. The number. Called in the
/// transaction that fenced the job; the artifact's row in `objects` is there already.
///
/// # Errors
/// [`Error::Taken`] when the run has published already; [`Error::Missing`] when it trains nothing.
pub async fn publish(
    conn: &mut Conn,
    run: RunId,
    trained: &TrainedModel,
) -> Result<(ModelId, u32), Error> {
    use crate::schema::runs;
    let (model, spec): (Option<i64>, Option<Value>) =
        runs::table.find(run.0).select((runs::model_id, runs::spec)).first(conn).await?;
    let (model, spec) = model.zip(spec).ok_or(Error::Missing)?;
    let version: i32 = diesel::update(models::table.find(model))
        .set((
            models::last_version.eq(models::last_version + 1),
            models::updated_at.eq(diesel::dsl::now),
        ))
        .returning(models::last_version)
        .get_result(conn)
        .await?;
    diesel::insert_into(model_versions::table)
        .values((
            model_versions::model_id.eq(model),
            model_versions::version.eq(version),
            model_versions::run_id.eq(run.0),
            model_versions::spec.eq(spec),
            model_versions::signature.eq(json::write("signature", &trained.signature)?),
            model_versions::metrics.eq(json::write("metrics", &trained.metrics)?),
            model_versions::evaluation.eq(json::write("evaluation", &trained.evaluation)?),
            model_versions::artifact_sha256.eq(trained.artifact.sha256.as_str()),
        ))
        .execute(conn)
        .await?;
    Ok((ModelId(model), version.unsigned_abs()))
}

/// Lets `alias` point at a version, wherever it pointed before.
///
/// # Errors
/// [`Error::Missing`] when there is no such version.
pub async fn set_alias(
    conn: &mut Conn,
    model: &Grant<ModelId, Edit>,
    alias: &Alias,
    version: u32,
) -> Result<(), Error> {
    let version = i32::try_from(version).unwrap_or(i32::MAX);
    let set = diesel::insert_into(model_aliases::table)
        .values((
            model_aliases::model_id.eq(model.id().0),
            model_aliases::alias.eq(alias.as_str()),
            model_aliases::version.eq(version),
        ))
        .on_conflict((model_aliases::model_id, model_aliases::alias))
        .do_update()
        .set((
            model_aliases::version.eq(excluded(model_aliases::version)),
            model_aliases::updated_at.eq(diesel::dsl::now),
        ))
        .execute(conn)
        .await;
    match set {
        Ok(_) => touch(conn, model).await,
        Err(diesel::result::Error::DatabaseError(
            diesel::result::DatabaseErrorKind::ForeignKeyViolation,
            _,
        )) => Err(Error::Missing),
        Err(other) => Err(other.into()),
    }
}

/// Takes `alias` away from the version that it points at.
///
/// # Errors
/// [`Error::Missing`] when the model has no such alias.
pub async fn remove_alias(
    conn: &mut Conn,
    model: &Grant<ModelId, Edit>,
    alias: &Alias,
) -> Result<(), Error> {
    let pointing = model_aliases::table.find((model.id().0, alias.as_str()));
    match diesel::delete(pointing).execute(conn).await? {
        0 => Err(Error::Missing),
        _ => touch(conn, model).await,
    }
}

/// Notes that a model has changed.
async fn touch(conn: &mut Conn, model: &Grant<ModelId, Edit>) -> Result<(), Error> {
    let touch = diesel::update(models::table.find(model.id().0));
    touch.set(models::updated_at.eq(diesel::dsl::now)).execute(conn).await?;
    Ok(())
}
