//! The border to the data engine: `hub` says what it wants to know of a table, and is handed
//! something that knows. The engine itself (Arrow, Parquet) lives in `data`; the server brings
//! the two together.

use mlhub_domain::digest::Digest;
use mlhub_domain::problem::Problem;
use mlhub_domain::tables::{RejectedPage, Rows, RowsQuery};
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;

/// What comes back, later.
pub type Answer<T> = Pin<Box<dyn Future<Output = Result<T, TableError>> + Send>>;

/// Why a table could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// What was asked for does not fit the table: the problem says why.
    #[error(transparent)]
    Asked(#[from] Problem),
    /// The table itself cannot be read.
    #[error("{0}")]
    Broken(String),
}

/// The formats in which a table can be downloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated, quoted where needed, missing cells empty.
    Csv,
    /// One JSON object for each row and line.
    Json,
    /// As it is stored.
    Parquet,
    /// Arrow IPC file.
    Arrow,
}

/// Looks at tables that are stored as Parquet objects.
pub trait Tables: Send + Sync {
    /// Rows of the table.
    fn page(&self, table: Digest, query: RowsQuery) -> Answer<Rows>;

    /// Rejected cells and rows, as the ingest listed them.
    fn rejected(&self, listing: Digest, offset: u64, limit: u32) -> Answer<RejectedPage>;

    /// Writes the table in another format to a temporary file that the caller removes.
    fn export(&self, table: Digest, format: Format) -> Answer<PathBuf>;
}
