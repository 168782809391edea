//! What the end of an ingest means for its version. Called by `jobs`, in the transaction that
//! ends the job.

use crate::{Error, db};
use db::Conn;
use mlhub_domain::datasets::ReadError;
use mlhub_domain::ids::JobId;
use mlhub_domain::jobs::{Failure, Ingested};

/// The version is ready, and current unless a newer one is.
///
/// # Errors
/// `Internal` when the version had ended: its job cannot have been at work then.
pub(crate) async fn publish(conn: &mut Conn, job: JobId, read: &Ingested) -> Result<(), Error> {
    db::datasets::publish_version(conn, job, read).await?;
    Ok(())
}

/// The version failed, with file, row, column and reason where the job knows them.
///
/// # Errors
/// As [`publish`].
pub(crate) async fn fail(conn: &mut Conn, job: JobId, failure: Failure) -> Result<(), Error> {
    let Failure { message, hint, read, .. } = failure;
    let why = read.unwrap_or_else(|| plain(format!("{message} {hint}")));
    Ok(db::datasets::fail_version(conn, job, &why).await?)
}

/// The version will never be ready, because somebody wished so.
///
/// # Errors
/// As [`publish`].
pub(crate) async fn cancelled(conn: &mut Conn, job: JobId) -> Result<(), Error> {
    let why = plain("It was cancelled. Upload the file again to read it.".into());
    Ok(db::datasets::fail_version(conn, job, &why).await?)
}

fn plain(message: String) -> ReadError {
    ReadError { message, row: None, line: None, column: None }
}
