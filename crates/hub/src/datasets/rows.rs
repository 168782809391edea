//! Rows and rejected cells of a version.

use super::{no_version, not_ready};
use crate::tables::TableError;
use crate::{Actor, Error, Hub, access, db};
use db::datasets::Files;
use db::grant::Read;
use mlhub_domain::datasets::{DatasetPath, VersionState};
use mlhub_domain::tables::{MAX_ROWS, RejectedPage, Rows, RowsQuery};

/// Rows of a version.
///
/// # Errors
/// `NotFound` from [`access::dataset`] and for an unknown version; `Conflict` when it is not
/// ready; `Invalid` when the query does not fit the table.
pub async fn rows(
    hub: &Hub,
    actor: &Actor,
    at: &DatasetPath,
    version: u32,
    query: RowsQuery,
) -> Result<Rows, Error> {
    if query.limit > MAX_ROWS {
        let given = query.limit.to_string();
        return Err(Error::invalid("limit", format!("at most {MAX_ROWS} rows"), Some(&given)));
    }
    let files = ready(hub, actor, at, version).await?;
    let table = files.table.ok_or_else(|| not_ready(version, files.state))?;
    hub.tables().page(table, query).await.map_err(looked)
}

/// Rejected cells and rows of a version.
///
/// # Errors
/// As [`rows`].
pub async fn rejected(
    hub: &Hub,
    actor: &Actor,
    at: &DatasetPath,
    version: u32,
    (offset, limit): (u64, u32),
) -> Result<RejectedPage, Error> {
    let files = ready(hub, actor, at, version).await?;
    match files.rejected {
        None => Ok(RejectedPage { total: 0, items: Vec::new() }),
        Some(listing) => {
            hub.tables().rejected(listing, offset, limit.min(MAX_ROWS)).await.map_err(looked)
        }
    }
}

/// The objects of a version that is ready.
pub(super) async fn ready(
    hub: &Hub,
    actor: &Actor,
    at: &DatasetPath,
    version: u32,
) -> Result<Files, Error> {
    let mut conn = hub.conn().await?;
    let dataset = access::dataset::<Read>(&mut conn, actor, at).await?;
    let files =
        db::datasets::files(&mut conn, &dataset, version).await.map_err(no_version(at, version))?;
    if files.state == VersionState::Ready {
        Ok(files)
    } else {
        Err(not_ready(version, files.state))
    }
}

pub(super) fn looked(error: TableError) -> Error {
    match error {
        TableError::Asked(problem) => problem.into(),
        TableError::Broken(why) => Error::internal(why),
    }
}
