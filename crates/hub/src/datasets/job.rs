//! What the end of an ingest means for its version. Called by `jobs`, in the transaction that
//! ends the job.

use crate::{Error, db};
use db::Conn;
use mlhub_domain::datasets::ReadError;
use mlhub_domain::ids::{JobId, UserId};
use mlhub_domain::jobs::{Failure, Ingested};
use mlhub_domain::profile::{Warning, WarningKind};
use mlhub_domain::schema::{Column, LogicalType};
use std::collections::BTreeMap;

/// Columns named in one sentence of a warning.
const NAMED: usize = 8;

/// The version is ready, and current unless a newer one is. Where its columns are others than
/// those of the version that was current before, its profile says so.
///
/// # Errors
/// `Internal` when the version had ended: its job cannot have been at work then.
pub(crate) async fn publish(conn: &mut Conn, job: JobId, read: &Ingested) -> Result<(), Error> {
    let before = db::datasets::columns_before(conn, job).await?;
    let changed = before.and_then(|(version, before)| changed(version, &before, &read.columns));
    let Some(message) = changed else {
        db::datasets::publish_version(conn, job, read).await?;
        return Ok(());
    };
    let mut read = read.clone();
    read.notes.insert(0, message.clone());
    let warning = Warning { kind: WarningKind::ColumnsChanged, column: None, message };
    let warnings = &mut read.profile.warnings;
    warnings.insert(warnings.partition_point(|other| other.kind < warning.kind), warning);
    db::datasets::publish_version(conn, job, &read).await?;
    Ok(())
}

/// What is new, gone or of another type in the columns `after`, beside those of `version`. The
/// order of columns does not count: models find them by name.
fn changed(version: u32, before: &[Column], after: &[Column]) -> Option<String> {
    let types = |columns: &[Column]| -> BTreeMap<String, LogicalType> {
        columns.iter().map(|column| (column.name.clone(), column.kind)).collect()
    };
    let (old, new) = (types(before), types(after));
    let quoted = |column: &Column| format!("“{}”", column.name);
    let added: Vec<String> =
        after.iter().filter(|column| !old.contains_key(&column.name)).map(quoted).collect();
    let gone: Vec<String> =
        before.iter().filter(|column| !new.contains_key(&column.name)).map(quoted).collect();
    let retyped: Vec<String> = after
        .iter()
        .filter_map(|column| {
            let was = old.get(&column.name).filter(|was| **was != column.kind)?;
            Some(format!("“{}” (was {was}, is {})", column.name, column.kind))
        })
        .collect();
    let parts: Vec<String> = [("new", added), ("gone", gone), ("of another type", retyped)]
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(what, names)| format!("{what}: {}", list(&names)))
        .collect();
    (!parts.is_empty()).then(|| {
        format!(
            "The columns are not those of version {version}: {}. Models trained on that version \
             may not fit this one.",
            parts.join("; ")
        )
    })
}

/// The first names, and how many more there are.
fn list(names: &[String]) -> String {
    let shown = names[..names.len().min(NAMED)].join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
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

/// The version will never be ready, because somebody wished so: `by`, if that is known.
///
/// # Errors
/// As [`publish`].
pub(crate) async fn cancelled(
    conn: &mut Conn,
    job: JobId,
    by: Option<UserId>,
) -> Result<(), Error> {
    let who = match by {
        Some(by) => format!(" by {}", db::accounts::by_id(conn, by).await?.user.username),
        None => String::new(),
    };
    let why = plain(format!("Reading it was cancelled{who}. Upload the file again to read it."));
    Ok(db::datasets::fail_version(conn, job, &why).await?)
}

fn plain(message: String) -> ReadError {
    ReadError { message, row: None, line: None, column: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(all: &[(&str, LogicalType)]) -> Vec<Column> {
        all.iter().map(|&(name, kind)| Column { name: name.into(), kind }).collect()
    }

    #[test]
    fn what_is_new_gone_and_of_another_type_is_named() {
        let (integer, text) = (LogicalType::Integer, LogicalType::Text);
        let before = columns(&[("id", integer), ("age", integer), ("city", text)]);
        let after = columns(&[("age", text), ("id", integer), ("zip", text)]);
        assert_eq!(
            changed(3, &before, &after).unwrap(),
            "The columns are not those of version 3: new: “zip”; gone: “city”; of another type: \
             “age” (was integer, is text). Models trained on that version may not fit this one."
        );
        let turned: Vec<Column> = before.iter().rev().cloned().collect();
        assert_eq!(changed(3, &before, &turned), None);
    }

    #[test]
    fn only_the_first_names_are_listed() {
        let names: Vec<String> = (0..20).map(|i| format!("c{i}")).collect();
        assert_eq!(list(&names[..2]), "c0, c1");
        assert!(list(&names).ends_with("c7 and 12 more"));
    }
}
