//! A data engine that knows no table.

use mlhub_domain::digest::Digest;
use mlhub_domain::tables::{RejectedPage, Rows, RowsQuery};
use mlhub_hub::tables::{Answer, Format, TableError, Tables};
use std::path::PathBuf;

/// Answers that every table is broken: for tests that are not about what is in a table.
pub struct NoTables;

fn broken<T: Send + 'static>(table: &Digest) -> Answer<T> {
    let text = format!("{table} is not read in this test");
    Box::pin(async { Err(TableError::Broken(text)) })
}

impl Tables for NoTables {
    fn page(&self, table: Digest, _: RowsQuery) -> Answer<Rows> {
        broken(&table)
    }

    fn rejected(&self, listing: Digest, _: u64, _: u32) -> Answer<RejectedPage> {
        broken(&listing)
    }

    fn export(&self, table: Digest, _: Format) -> Answer<PathBuf> {
        broken(&table)
    }
}
