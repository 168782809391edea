//! Versions as people see them, and the objects behind one.

use crate::grant::{Grant, Level, Read};
use crate::orders::{found, range, total};
use crate::schema::dataset_versions;
use crate::{Conn, Error, json};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Jsonb, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use mlhub_domain::datasets::{DatasetVersion, VersionState};
use mlhub_domain::digest::Digest;
use mlhub_domain::ids::{DatasetId, DatasetVersionId, JobId};
use mlhub_domain::lists::{List, ListQuery};
use mlhub_domain::profile::Profile;
use serde_json::Value;
use std::collections::HashMap;

const VERSION: &str = "SELECT v.dataset_id, v.version, v.state, v.job_id, v.rows, v.rejected_rows, \
        v.rejected_cells, v.columns, v.notes, v.error, \
        v.state = 'failed' AND coalesce(j.state = 'cancelled', false) AS cancelled, \
        v.original_sha256, v.original_name, \
        o.size AS original_size, coalesce(t.size, 0) AS size, w.name AS created_by, v.created_at, \
        count(*) OVER () AS total \
    FROM dataset_versions v JOIN objects o ON o.sha256 = v.original_sha256 \
    LEFT JOIN jobs j ON j.id = v.job_id \
    LEFT JOIN objects t ON t.sha256 = v.table_sha256 JOIN owners w ON w.id = v.created_by";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    dataset_id: i64,
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    job_id: Option<i64>,
    #[diesel(sql_type = BigInt)]
    rows: i64,
    #[diesel(sql_type = BigInt)]
    rejected_rows: i64,
    #[diesel(sql_type = BigInt)]
    rejected_cells: i64,
    #[diesel(sql_type = Jsonb)]
    columns: Value,
    #[diesel(sql_type = Jsonb)]
    notes: Value,
    #[diesel(sql_type = Nullable<Jsonb>)]
    error: Option<Value>,
    #[diesel(sql_type = Bool)]
    cancelled: bool,
    #[diesel(sql_type = Text)]
    original_sha256: String,
    #[diesel(sql_type = Text)]
    original_name: String,
    #[diesel(sql_type = BigInt)]
    original_size: i64,
    #[diesel(sql_type = BigInt)]
    size: i64,
    #[diesel(sql_type = Text)]
    created_by: String,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

impl TryFrom<Row> for DatasetVersion {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let state = row.state.parse().map_err(Error::corrupt("version state"))?;
        let job = (state == VersionState::Processing).then_some(row.job_id).flatten();
        Ok(Self {
            version: row.version.unsigned_abs(),
            state,
            job: job.map(JobId),
            rows: row.rows.unsigned_abs(),
            rejected_rows: row.rejected_rows.unsigned_abs(),
            rejected_cells: row.rejected_cells.unsigned_abs(),
            columns: json::read("columns", row.columns)?,
            sha256: row.original_sha256.parse().map_err(Error::corrupt("digest"))?,
            original_size: row.original_size.unsigned_abs(),
            original_name: row.original_name,
            size: row.size.unsigned_abs(),
            notes: json::read("notes", row.notes)?,
            error: json::read_some("read error", row.error)?,
            cancelled: row.cancelled,
            created_by: row.created_by.parse().map_err(Error::corrupt("owner name"))?,
            created_at: row.created_at,
        })
    }
}

/// One version.
///
/// # Errors
/// [`Error::Missing`] when the dataset has no such version.
pub async fn version<L: Level>(
    conn: &mut Conn,
    dataset: &Grant<DatasetId, L>,
    version: u32,
) -> Result<DatasetVersion, Error> {
    let row: Row =
        diesel::sql_query(format!("{VERSION} WHERE v.dataset_id = $1 AND v.version = $2"))
            .bind::<BigInt, _>(dataset.id().0)
            .bind::<Integer, _>(i32::try_from(version).unwrap_or(i32::MAX))
            .get_result(conn)
            .await?;
    row.try_into()
}

/// The versions of a dataset whose file was called like `query.q`, the newest first.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn versions(
    conn: &mut Conn,
    dataset: &Grant<DatasetId, Read>,
    query: &ListQuery,
) -> Result<List<DatasetVersion>, Error> {
    let order = if query.sort.as_deref() == Some("version") { "ASC" } else { "DESC" };
    let (offset, limit) = range(query);
    let rows: Vec<Row> = diesel::sql_query(format!(
        "{VERSION} WHERE v.dataset_id = $1 AND {} \
         ORDER BY v.version {order} OFFSET $3 LIMIT $4",
        found("lower(v.original_name)", "$2")
    ))
    .bind::<BigInt, _>(dataset.id().0)
    .bind::<Text, _>(query.q.as_deref().unwrap_or_default())
    .bind::<BigInt, _>(offset)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    let total = total(&rows, |row| row.total);
    let items: Result<_, Error> = rows.into_iter().map(DatasetVersion::try_from).collect();
    Ok(query.page(items?, total))
}

/// Which version stands for its dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// The newest, however far it is.
    Latest,
    /// The one in use; the newest where none is yet.
    Current,
}

/// The version that stands for each of these datasets.
pub(super) async fn shown_of(
    conn: &mut Conn,
    datasets: &[i64],
    shown: Shown,
) -> Result<HashMap<i64, DatasetVersion>, Error> {
    let number = match shown {
        Shown::Latest => "d.last_version",
        Shown::Current => "coalesce(d.current, d.last_version)",
    };
    let rows: Vec<Row> = diesel::sql_query(format!(
        "{VERSION} JOIN datasets d ON d.id = v.dataset_id AND {number} = v.version \
         WHERE v.dataset_id = ANY($1)"
    ))
    .bind::<Array<BigInt>, _>(datasets)
    .load(conn)
    .await?;
    rows.into_iter().map(|row| Ok((row.dataset_id, row.try_into()?))).collect()
}

/// The objects of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The row.
    pub id: DatasetVersionId,
    /// How far the version is.
    pub state: VersionState,
    /// The uploaded bytes.
    pub original: Digest,
    /// The table as Parquet, when it is ready.
    pub table: Option<Digest>,
    /// The list of rejected cells and rows, when there are any.
    pub rejected: Option<Digest>,
}

#[derive(HasQuery)]
#[diesel(table_name = dataset_versions)]
struct FilesRow {
    id: i64,
    state: String,
    original_sha256: String,
    table_sha256: Option<String>,
    rejected_sha256: Option<String>,
}

impl TryFrom<FilesRow> for Files {
    type Error = Error;

    fn try_from(row: FilesRow) -> Result<Self, Error> {
        let digest = |text: String| text.parse().map_err(Error::corrupt("digest"));
        Ok(Self {
            id: DatasetVersionId(row.id),
            state: row.state.parse().map_err(Error::corrupt("version state"))?,
            original: digest(row.original_sha256)?,
            table: row.table_sha256.map(digest).transpose()?,
            rejected: row.rejected_sha256.map(digest).transpose()?,
        })
    }
}

/// The objects of one version.
///
/// # Errors
/// [`Error::Missing`] when the dataset has no such version.
pub async fn files<L: Level>(
    conn: &mut Conn,
    dataset: &Grant<DatasetId, L>,
    version: u32,
) -> Result<Files, Error> {
    let row: FilesRow = FilesRow::query()
        .filter(dataset_versions::dataset_id.eq(dataset.id().0))
        .filter(dataset_versions::version.eq(i32::try_from(version).unwrap_or(i32::MAX)))
        .first(conn)
        .await?;
    row.try_into()
}

/// The statistics of one version; `None` until it is ready.
///
/// # Errors
/// [`Error::Missing`] when the dataset has no such version.
pub async fn profile(
    conn: &mut Conn,
    dataset: &Grant<DatasetId, Read>,
    version: u32,
) -> Result<Option<Profile>, Error> {
    let profile: Option<Value> = dataset_versions::table
        .filter(dataset_versions::dataset_id.eq(dataset.id().0))
        .filter(dataset_versions::version.eq(i32::try_from(version).unwrap_or(i32::MAX)))
        .select(dataset_versions::profile)
        .first(conn)
        .await?;
    json::read_some("profile", profile)
}
