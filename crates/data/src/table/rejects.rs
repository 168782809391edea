//! The list of what is left out of a table.

use super::{Table, json};
use crate::Error;
use mlhub_domain::tables::{MAX_ROWS, Rejected, RejectedPage};
use serde_json::Value;
use std::path::Path;

/// A page of the list that an ingest wrote to `path`, in order of the rows.
///
/// # Errors
/// [`Error::TooMany`] for a limit beyond [`MAX_ROWS`]; when the file is not there or no such list.
pub fn rejected(path: &Path, offset: u64, limit: u32) -> Result<RejectedPage, Error> {
    if limit > MAX_ROWS {
        return Err(Error::TooMany(format!("at most {MAX_ROWS} rows can be asked for")));
    }
    let table = Table::open(path)?;
    let total = table.rows_count();
    let end = offset.saturating_add(limit.into()).min(total);
    let columns: Vec<usize> = ["row", "line", "column", "text", "reason"]
        .iter()
        .map(|name| table.index(name))
        .collect::<Result<_, _>>()?;
    let ids: Vec<u64> = (offset.min(end)..end).collect();
    let text = |value: Value| value.as_str().map(String::from);
    let mut items = Vec::with_capacity(ids.len());
    for batch in table.take(&columns, &ids)? {
        items.extend((0..batch.num_rows()).map(|row| {
            let cell = |place: usize| json::cell(batch.column(place), row);
            Rejected {
                row: cell(0).as_u64().unwrap_or(0),
                line: cell(1).as_u64().unwrap_or(0),
                column: text(cell(2)),
                text: text(cell(3)).unwrap_or_default(),
                reason: text(cell(4)).unwrap_or_default(),
            }
        }));
    }
    Ok(RejectedPage { total, items })
}
