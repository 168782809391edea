//! The life of a version: it begins with its job and ends, once, with it.

use crate::grant::{Edit, Grant};
use crate::schema::{dataset_versions, datasets};
use crate::{Conn, Error, json};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Jsonb};
use diesel_async::RunQueryDsl;
use mlhub_domain::datasets::ReadError;
use mlhub_domain::digest::Digest;
use mlhub_domain::ids::{DatasetId, DatasetVersionId, JobId, ProjectId, UserId};
use mlhub_domain::jobs::Ingested;
use mlhub_domain::schema::Column;
use serde_json::Value;

/// A version that begins.
pub struct NewVersion<'a> {
    /// The uploaded bytes: a registered object.
    pub original: &'a Digest,
    /// What the file was called.
    pub original_name: &'a str,
    /// Who uploaded it.
    pub by: UserId,
}

/// A version that began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The row.
    pub id: DatasetVersionId,
    /// Its number.
    pub version: u32,
    /// The project of its dataset.
    pub project: ProjectId,
}

/// Gives the next number to a version in state `processing`, read by `job`.
///
/// # Errors
/// [`Error::Missing`] when the dataset was deleted meanwhile.
pub async fn begin_version(
    conn: &mut Conn,
    dataset: &Grant<DatasetId, Edit>,
    new: &NewVersion<'_>,
) -> Result<Begun, Error> {
    let (version, project): (i32, i64) = diesel::update(datasets::table.find(dataset.id().0))
        .filter(datasets::deleted_at.is_null())
        .set((
            datasets::last_version.eq(datasets::last_version + 1),
            datasets::updated_at.eq(diesel::dsl::now),
        ))
        .returning((datasets::last_version, datasets::project_id))
        .get_result(conn)
        .await?;
    let id: i64 = diesel::insert_into(dataset_versions::table)
        .values((
            dataset_versions::dataset_id.eq(dataset.id().0),
            dataset_versions::version.eq(version),
            dataset_versions::original_sha256.eq(new.original.as_str()),
            dataset_versions::original_name.eq(new.original_name),
            dataset_versions::created_by.eq(new.by.0),
        ))
        .returning(dataset_versions::id)
        .get_result(conn)
        .await?;
    Ok(Begun {
        id: DatasetVersionId(id),
        version: version.unsigned_abs(),
        project: ProjectId(project),
    })
}

/// Names the job that reads a version.
///
/// # Errors
/// [`Error::Stale`] when the version is not `processing`.
pub async fn job_version(
    conn: &mut Conn,
    version: DatasetVersionId,
    job: JobId,
) -> Result<(), Error> {
    let changed = diesel::update(dataset_versions::table.find(version.0))
        .filter(dataset_versions::state.eq("processing"))
        .set(dataset_versions::job_id.eq(job.0))
        .execute(conn)
        .await?;
    if changed == 1 { Ok(()) } else { Err(Error::Stale) }
}

#[derive(QueryableByName)]
struct Before {
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Jsonb)]
    columns: Value,
}

/// The number and the columns of the version that the one `job` reads will take the place of;
/// `None` where that is the first, or older than the current one.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn columns_before(
    conn: &mut Conn,
    job: JobId,
) -> Result<Option<(u32, Vec<Column>)>, Error> {
    let before: Option<Before> = diesel::sql_query(
        "SELECT c.version, c.columns FROM dataset_versions v JOIN datasets d ON d.id = v.dataset_id \
         JOIN dataset_versions c ON c.dataset_id = d.id AND c.version = d.current \
         WHERE v.job_id = $1 AND c.version < v.version",
    )
    .bind::<BigInt, _>(job.0)
    .get_result(conn)
    .await
    .optional()?;
    let columns = |before: Before| {
        Ok((before.version.unsigned_abs(), json::read("columns", before.columns)?))
    };
    before.map(columns).transpose()
}

/// Publishes what `job` read: the version is ready, and current unless a newer one is.
///
/// # Errors
/// [`Error::Stale`] when the version is not `processing`: nothing is published twice.
pub async fn publish_version(
    conn: &mut Conn,
    job: JobId,
    read: &Ingested,
) -> Result<(DatasetId, u32), Error> {
    let big = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let published: Option<(i64, i32)> = diesel::update(dataset_versions::table)
        .filter(dataset_versions::job_id.eq(job.0))
        .filter(dataset_versions::state.eq("processing"))
        .set((
            dataset_versions::state.eq("ready"),
            dataset_versions::rows.eq(big(read.rows)),
            dataset_versions::rejected_rows.eq(big(read.rejected_rows)),
            dataset_versions::rejected_cells.eq(big(read.rejected_cells)),
            dataset_versions::columns_.eq(json::write("columns", &read.columns)?),
            dataset_versions::notes.eq(json::write("notes", &read.notes)?),
            dataset_versions::profile.eq(Some(json::write("profile", &read.profile)?)),
            dataset_versions::table_sha256.eq(Some(read.table.sha256.as_str())),
            dataset_versions::rejected_sha256
                .eq(read.rejected.as_ref().map(|output| output.sha256.as_str())),
        ))
        .returning((dataset_versions::dataset_id, dataset_versions::version))
        .get_result(conn)
        .await
        .optional()?;
    let (dataset_id, version) = published.ok_or(Error::Stale)?;
    diesel::sql_query(
        "UPDATE datasets SET current = greatest(current, $2), updated_at = now() WHERE id = $1",
    )
    .bind::<BigInt, _>(dataset_id)
    .bind::<Integer, _>(version)
    .execute(conn)
    .await?;
    Ok((DatasetId(dataset_id), version.unsigned_abs()))
}

/// Writes down why the version that `job` was to read will never be ready.
///
/// # Errors
/// [`Error::Stale`] when the version is not `processing`.
pub async fn fail_version(conn: &mut Conn, job: JobId, why: &ReadError) -> Result<(), Error> {
    let why = json::write("read error", why)?;
    let changed = diesel::update(dataset_versions::table)
        .filter(dataset_versions::job_id.eq(job.0))
        .filter(dataset_versions::state.eq("processing"))
        .set((dataset_versions::state.eq("failed"), dataset_versions::error.eq(Some(why))))
        .execute(conn)
        .await?;
    if changed == 1 { Ok(()) } else { Err(Error::Stale) }
}
