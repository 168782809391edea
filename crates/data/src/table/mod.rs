//! Looking at a table: pages of rows, filters, search, order, export, and frames for training.

mod export;
mod filter;
mod frame;
pub(crate) mod json;
mod order;
mod read;
mod rejects;
mod rows;

pub use export::Format;
pub use rejects::rejected;

use crate::{Error, schema};
use mlhub_domain::schema::Column;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::file::metadata::PageIndexPolicy;
use read::SharedFile;
use std::path::Path;

/// A table on disk, opened: its footer is in memory, its rows are not. May be used by many
/// threads at once.
#[derive(Clone, Debug)]
pub struct Table {
    file: SharedFile,
    metadata: ArrowReaderMetadata,
    columns: Vec<Column>,
    /// The first row of each row group, and the number of rows at the end.
    starts: Vec<u64>,
}

impl Table {
    /// Opens the Parquet file at `path`.
    ///
    /// # Errors
    /// When it is not there or no Parquet file.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let file = SharedFile::open(path)?;
        let options = ArrowReaderOptions::new().with_offset_index_policy(PageIndexPolicy::Optional);
        let metadata = ArrowReaderMetadata::load(&file, options)?;
        let columns = metadata.schema().fields().iter().map(|f| schema::column(f)).collect();
        let mut starts = vec![0];
        for group in metadata.metadata().row_groups() {
            let before = starts.last().copied().unwrap_or(0);
            starts.push(before + u64::try_from(group.num_rows()).unwrap_or(0));
        }
        Ok(Self { file, metadata, columns, starts })
    }

    /// The columns, in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// How many rows there are.
    pub fn rows_count(&self) -> u64 {
        self.starts.last().copied().unwrap_or(0)
    }

    /// How the column at `index` is kept.
    pub(crate) fn arrow_type(&self, index: usize) -> arrow_schema::DataType {
        self.metadata.schema().field(index).data_type().clone()
    }

    /// The place of the column called `name`.
    pub(crate) fn index(&self, name: &str) -> Result<usize, Error> {
        let found = self.columns.iter().position(|column| column.name == name);
        found.ok_or_else(|| Error::NoColumn(name.into()))
    }
}
