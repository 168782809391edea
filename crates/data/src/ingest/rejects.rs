//! What of the file is not in the table: listed row by row, nothing is lost silently.

use super::facts::Facts;
use super::kinds::Kind;
use super::plan::Plan;
use super::write::properties;
use crate::Error;
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use mlhub_domain::tables::Rejected;
use parquet::arrow::ArrowWriter;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// Moves a place counted within a block to where the block begins.
pub(crate) fn shift(rejected: Rejected, row: u64, line: u64) -> Rejected {
    Rejected { row: rejected.row + row, line: rejected.line + line, ..rejected }
}

/// The cells that became missing because they do not fit their column.
pub(crate) fn cells(plan: &Plan, facts: &[Facts]) -> Vec<Rejected> {
    let columns = plan.columns.iter().zip(facts);
    columns
        .filter(|(column, _)| !matches!(column.kind, Kind::Text | Kind::Empty))
        .flat_map(|(column, facts)| {
            facts.misfits.iter().map(|misfit| Rejected {
                row: misfit.row + 1,
                line: misfit.line + 1,
                column: Some(column.name.name.clone()),
                text: misfit.text.clone(),
                reason: format!("not {}", words(column.kind)),
            })
        })
        .collect()
}

/// What a cell of the kind is, with its article.
pub(crate) fn words(kind: Kind) -> &'static str {
    match kind {
        Kind::Boolean => "true or false",
        Kind::Integer(_) => "an integer",
        Kind::Number(_) | Kind::Decimal { .. } => "a number",
        Kind::Empty | Kind::Text => "a text",
        Kind::Date(_) => "a date",
        Kind::Datetime(_) => "a date with a time",
        Kind::Time => "a time of day",
    }
}

/// Writes the list, in order of the rows.
pub(crate) fn write(path: &Path, mut rejected: Vec<Rejected>) -> Result<(), Error> {
    rejected.sort_by_key(|rejected| rejected.row);
    let numbers = |of: fn(&Rejected) -> u64| -> ArrayRef {
        Arc::new(rejected.iter().map(|r| i64::try_from(of(r)).ok()).collect::<Int64Array>())
    };
    let texts = |of: fn(&Rejected) -> Option<&str>| -> ArrayRef {
        Arc::new(rejected.iter().map(of).collect::<StringArray>())
    };
    let batch = RecordBatch::try_from_iter_with_nullable([
        ("row", numbers(|r| r.row), false),
        ("line", numbers(|r| r.line), false),
        ("column", texts(|r| r.column.as_deref()), true),
        ("text", texts(|r| Some(&r.text)), false),
        ("reason", texts(|r| Some(&r.reason)), false),
    ])?;
    let settings = properties().build();
    let mut writer = ArrowWriter::try_new(File::create(path)?, batch.schema(), Some(settings))?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(())
}
