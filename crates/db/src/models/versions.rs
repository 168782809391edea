//! Versions of a model, and the report on each.

use crate::grant::{Grant, Read};
use crate::orders::{found, range};
use crate::{Conn, Error, json};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Jsonb, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use mlhub_domain::evaluation::{Evaluation, Importance};
use mlhub_domain::ids::ModelId;
use mlhub_domain::lists::ListQuery;
use mlhub_domain::models::{DatasetRef, ModelVersion, VersionRef};
use mlhub_domain::names::BadName;
use serde_json::Value;

#[derive(QueryableByName)]
struct VersionRow {
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Integer)]
    run: i32,
    #[diesel(sql_type = Bool)]
    cancelled: bool,
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
    SELECT v.version, r.number AS run, r.status = 'cancelled' AS cancelled, d.name AS dataset, \
           dv.version AS dataset_version, v.spec, v.metrics, \
           ARRAY(SELECT a.alias FROM model_aliases a WHERE a.model_id = v.model_id \
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
            cancelled: row.cancelled,
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
