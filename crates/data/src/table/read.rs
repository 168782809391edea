//! Reading columns and rows of the Parquet file.

use super::Table;
use crate::Error;
use arrow_array::RecordBatch;
use bytes::{Buf, Bytes};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowSelection, RowSelector,
};
use parquet::errors::Result as ParquetResult;
use parquet::file::reader::{ChunkReader, Length};
use std::fs::File;
use std::io::{BufReader, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

/// A file read at offsets, without a position that threads would share.
#[derive(Clone, Debug)]
pub(crate) struct SharedFile {
    file: Arc<File>,
    length: u64,
}

impl SharedFile {
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok(Self { file: Arc::new(file), length })
    }

    /// Reads the file from its beginning.
    pub(crate) fn reader(&self) -> impl Read {
        At { file: Arc::clone(&self.file), at: 0 }
    }
}

/// A reader with a position of its own.
pub(crate) struct At {
    file: Arc<File>,
    at: u64,
}

impl Read for At {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Length for SharedFile {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for SharedFile {
    type T = BufReader<At>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(BufReader::new(At { file: Arc::clone(&self.file), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        // The length comes from the file: a damaged one must not ask for memory without end.
        let length = length.min(usize::try_from(self.length).unwrap_or(length));
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, start)?;
        Ok(Bytes::from(bytes).copy_to_bytes(length))
    }
}

/// Rows decoded at once when a whole column is read.
const BATCH_ROWS: usize = 8_192;

impl Table {
    /// Reads whole columns, in batches; they come in the table's order.
    pub(crate) fn scan(&self, columns: &[usize]) -> Result<ParquetRecordBatchReader, Error> {
        Ok(self.builder(columns).with_batch_size(BATCH_ROWS).build()?)
    }

    /// The columns of `batch` that [`Table::scan`] was asked for, in the order of asking.
    pub(crate) fn places(columns: &[usize]) -> Vec<usize> {
        let mut sorted = columns.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let place = |column: &usize| sorted.binary_search(column).expect("it is one of them");
        columns.iter().map(place).collect()
    }

    fn builder(&self, columns: &[usize]) -> ParquetRecordBatchReaderBuilder<SharedFile> {
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(
            self.file.clone(),
            self.metadata.clone(),
        );
        let mask = ProjectionMask::roots(builder.parquet_schema(), columns.iter().copied());
        builder.with_projection(mask)
    }

    /// Reads the rows `ids`, which ascend. Only their row groups are opened, and of those only the
    /// pages that hold them.
    pub(crate) fn take(&self, columns: &[usize], ids: &[u64]) -> Result<Vec<RecordBatch>, Error> {
        if ids.is_empty() || columns.is_empty() {
            return Ok(Vec::new());
        }
        let (mut groups, mut selectors) = (Vec::new(), Vec::new());
        let mut rest = ids;
        for (group, bounds) in self.starts.windows(2).enumerate() {
            let (mine, others) = rest.split_at(rest.partition_point(|&id| id < bounds[1]));
            rest = others;
            if mine.is_empty() {
                continue;
            }
            groups.push(group);
            let mut at = bounds[0];
            for &id in mine {
                if id > at {
                    selectors.push(RowSelector::skip((id - at) as usize));
                }
                selectors.push(RowSelector::select(1));
                at = id + 1;
            }
            if bounds[1] > at {
                selectors.push(RowSelector::skip((bounds[1] - at) as usize));
            }
        }
        // `From` joins neighbours of the same sort.
        let reader = self
            .builder(columns)
            .with_row_groups(groups)
            .with_row_selection(RowSelection::from(selectors))
            .with_batch_size(ids.len())
            .build()?;
        Ok(reader.collect::<Result<_, _>>()?)
    }
}
