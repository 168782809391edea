//! Every case below `fixtures/ingest` is read and compared with what stands beside it.

use crate::{read_file, small};
use mlhub_data::{IngestError, IngestOptions, rejected};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Rows of a case that its expectation shows.
const SHOWN: usize = 12;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/ingest")
}

/// What the engine makes of the file: the answer or the refusal.
fn outcome(input: &Path, options: &IngestOptions) -> Value {
    let out = tempfile::tempdir().unwrap();
    let read = match read_file(input, options, out) {
        Ok(read) => read,
        Err(IngestError::Unreadable(error)) => return json!({ "error": error }),
        Err(other) => panic!("{}: {other:?}", input.display()),
    };
    let ingest = &read.ingest;
    let list = ingest.rejected.as_ref().map(|path| rejected(path, 0, 100).unwrap());
    json!({
        "rows": ingest.rows,
        "rejected_rows": ingest.rejected_rows,
        "rejected_cells": ingest.rejected_cells,
        "columns": ingest.columns.iter().map(|c| format!("{}: {}", c.name, c.kind)).collect::<Vec<_>>(),
        "cells": read.cells().into_iter().take(SHOWN).map(|row| Value::from(row).to_string()).collect::<Vec<_>>(),
        "rejected": list.map(|list| list.items),
        "notes": ingest.notes,
        "warnings": ingest.profile.warnings.iter().map(|w| &w.message).collect::<Vec<_>>(),
    })
}

#[test]
fn every_fixture_is_read_as_expected() {
    #[expect(clippy::disallowed_methods, reason = "a switch for whoever changes the cases")]
    let update = std::env::var_os("UPDATE").is_some();
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("input.csv").exists() && !path.join("numpy.json").exists())
        .collect();
    cases.sort();
    assert!(cases.len() > 50, "the fixtures are there");
    let mut wrong = Vec::new();
    for case in cases {
        let input = case.join("input.csv");
        let got = outcome(&input, &IngestOptions { threads: 2, ..IngestOptions::default() });
        // Wherever the blocks are cut, the answer is the same.
        assert_eq!(outcome(&input, &small()), got, "{} in small blocks", case.display());
        let expected = case.join("expected.json");
        if update {
            std::fs::write(&expected, format!("{got:#}\n")).unwrap();
        }
        let said = std::fs::read_to_string(&expected).unwrap_or_default();
        let said: Value = serde_json::from_str(&said).unwrap_or(Value::Null);
        if said != got {
            wrong.push(format!("{}\nexpected {said:#}\ngot {got:#}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
