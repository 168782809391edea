//! The data engine from outside: files in, tables, profiles and pages out.

#![expect(clippy::unwrap_used, reason = "in a test, what fails ends the test")]

mod bad_input;
mod fixtures;
mod golden;
mod hostile;
mod pages;
mod round_trip;
mod strays;

use mlhub_data::{Ingest, IngestError, IngestOptions, Table, ingest};
use mlhub_domain::tables::{RowsQuery, Sort};
use serde_json::Value;
use std::ops::ControlFlow;
use std::path::Path;
use tempfile::TempDir;

/// A file that was read, with the folder that holds its table.
struct Read {
    ingest: Ingest,
    table: Table,
    _folder: TempDir,
}

impl Read {
    /// The cells of all rows, as JSON.
    fn cells(&self) -> Vec<Vec<Value>> {
        (0..self.ingest.rows)
            .step_by(1_000)
            .flat_map(|offset| {
                let query = RowsQuery { offset, limit: 1_000, ..RowsQuery::default() };
                self.table.rows(&query).unwrap().rows
            })
            .collect()
    }

    fn types(&self) -> Vec<&'static str> {
        self.ingest.columns.iter().map(|column| column.kind.as_str()).collect()
    }
}

/// Small blocks, so that small files have several.
fn small() -> IngestOptions {
    IngestOptions { threads: 2, block_bytes: 64, ..IngestOptions::default() }
}

fn read(content: &[u8], options: &IngestOptions) -> Result<Read, IngestError> {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("input");
    std::fs::write(&input, content).unwrap();
    read_file(&input, options, folder)
}

fn read_file(input: &Path, options: &IngestOptions, folder: TempDir) -> Result<Read, IngestError> {
    let go_on = |done: u64, total: u64| {
        assert!(done <= total, "{done} of {total}");
        ControlFlow::Continue(())
    };
    let ingest = ingest(input, "input.csv", folder.path(), options, &go_on)?;
    let table = Table::open(&ingest.table).unwrap();
    assert_eq!(table.rows_count(), ingest.rows);
    assert_eq!(ingest.profile.rows, ingest.rows);
    assert_eq!(ingest.profile.columns.len(), ingest.columns.len());
    Ok(Read { ingest, table, _folder: folder })
}

fn sort(column: &str, descending: bool) -> Sort {
    Sort { column: column.into(), descending }
}
