//! From an uploaded file to a typed table: nothing lost, nothing guessed in silence.
//!
//! The types of columns follow from the whole file. One optimistic pass reads it with the types
//! that its beginning suggests and notes all that contradicts; only when something did, a second
//! pass reads it with the types that hold everything.

mod block;
mod build;
mod container;
mod cut;
mod encoding;
pub(crate) mod facts;
pub(crate) mod kinds;
mod names;
mod notes;
mod pass;
mod plan;
mod rejects;
mod run;
mod scan;
mod sniff;
mod write;

use crate::Error;
use mlhub_domain::datasets::ReadError;
use mlhub_domain::profile::Profile;
use mlhub_domain::schema::Column;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// How much a file may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most columns.
    pub columns: usize,
    /// The longest record, in bytes; also the longest field.
    pub record_bytes: usize,
    /// The most rows that may be left out.
    pub rejects: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { columns: 10_000, record_bytes: 16 << 20, rejects: 100_000 }
    }
}

/// How a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IngestOptions {
    /// Threads that parse and compress.
    pub threads: usize,
    /// Bytes of the file that a thread takes at a time. Memory is about six times that for each
    /// thread and does not grow with the file.
    pub block_bytes: usize,
    /// What is refused.
    pub limits: Limits,
}

impl Default for IngestOptions {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self { threads: threads.max(2), block_bytes: 16 << 20, limits: Limits::default() }
    }
}

/// A table that was read.
#[derive(Clone, Debug)]
pub struct Ingest {
    /// Rows of the table.
    pub rows: u64,
    /// Rows of the file that are left out because they have too few or too many fields.
    pub rejected_rows: u64,
    /// Cells that became missing because they do not fit the type of their column.
    pub rejected_cells: u64,
    /// The columns.
    pub columns: Vec<Column>,
    /// What was recognised and decided, in sentences.
    pub notes: Vec<String>,
    /// What the columns look like.
    pub profile: Profile,
    /// The table as Parquet.
    pub table: PathBuf,
    /// What is left out, as Parquet with the columns row, line, column, text and reason.
    pub rejected: Option<PathBuf>,
}

/// Why a file did not become a table.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The file is at fault; words for the person who uploaded it.
    #[error("{}", .0.message)]
    Unreadable(ReadError),
    /// Whoever follows the progress said stop.
    #[error("the reading was cancelled")]
    Cancelled,
    /// The disk or the table writer is at fault.
    #[error("the table could not be written")]
    Failed(#[source] Error),
}

impl From<Error> for IngestError {
    fn from(error: Error) -> Self {
        match error {
            Error::Cancelled => Self::Cancelled,
            error => Self::Failed(error),
        }
    }
}

impl From<std::io::Error> for IngestError {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// Reads the delimited text at `input`, which people know as `name`, into `table.parquet` and,
/// when something is left out, `rejected.parquet` in the folder `out`.
///
/// `progress` hears bytes done and bytes to do, and stops the reading by `Break`.
///
/// # Errors
/// [`IngestError::Unreadable`] when the file is no table: empty, binary, of another format, with a
/// record or a number of columns beyond the limits. [`IngestError::Cancelled`] after a `Break`.
pub fn ingest(
    input: &Path,
    name: &str,
    out: &Path,
    options: &IngestOptions,
    progress: &(dyn Fn(u64, u64) -> ControlFlow<()> + Sync),
) -> Result<Ingest, IngestError> {
    run::Run::new(input, name, out, options, progress)?.finish()
}
