//! Files that are too large for a fixture, and what is promised about them.

use crate::{Read, read, small};
use mlhub_data::{IngestError, IngestOptions, Limits, ingest, rejected};
use mlhub_domain::profile::WarningKind;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::ops::ControlFlow;

fn medium() -> IngestOptions {
    IngestOptions { threads: 3, block_bytes: 1 << 16, ..IngestOptions::default() }
}

fn refusal(result: Result<Read, IngestError>) -> String {
    match result {
        Err(IngestError::Unreadable(error)) => error.message,
        Err(other) => panic!("{other:?}"),
        Ok(read) => panic!("{:?} was read", read.ingest.columns),
    }
}

/// `n`, and `x,n` with a text instead of the number in row 300,000.
fn late(at: u64, rows: u64) -> String {
    let mut text = String::from("x,n\n");
    for row in 1..=rows {
        let cell = if row == at { "oops".to_owned() } else { row.to_string() };
        writeln!(text, "a{row},{cell}").unwrap();
    }
    text
}

#[test]
fn a_text_in_row_300_000_of_integers_is_listed_and_its_row_stays() {
    let read = read(late(300_000, 320_000).as_bytes(), &medium()).unwrap();
    assert_eq!(read.types(), ["text", "integer"]);
    assert_eq!((read.ingest.rows, read.ingest.rejected_rows), (320_000, 0));
    assert_eq!(read.ingest.rejected_cells, 1);
    let list = rejected(read.ingest.rejected.as_ref().unwrap(), 0, 10).unwrap();
    assert_eq!(list.total, 1);
    let item = &list.items[0];
    assert_eq!((item.row, item.line, item.column.as_deref()), (300_000, 300_001, Some("n")));
    assert_eq!((item.text.as_str(), item.reason.as_str()), ("oops", "not an integer"));
    assert_eq!(read.cells()[299_999], [json!("a300000"), Value::Null]);
    assert!(read.ingest.profile.warnings.iter().any(|w| w.kind == WarningKind::Rejected));
}

#[test]
fn many_late_texts_make_the_whole_column_text_and_lose_nothing() {
    let mut text = late(0, 60_000);
    for row in 0..30 {
        writeln!(text, "b{row},word{row}").unwrap();
    }
    let read = read(text.as_bytes(), &medium()).unwrap();
    assert_eq!(read.types(), ["text", "text"]);
    assert_eq!((read.ingest.rows, read.ingest.rejected_cells), (60_030, 0));
    let cells = read.cells();
    assert_eq!((&cells[0][1], &cells[60_029][1]), (&json!("1"), &json!("word29")));
}

#[test]
fn late_fractions_and_late_huge_numbers_widen_without_loss() {
    let mut text = late(0, 60_000);
    text += "z,0.5\n";
    let number = read(text.as_bytes(), &medium()).unwrap();
    assert_eq!(number.types(), ["text", "number"]);
    assert_eq!(number.cells()[60_000][1], json!(0.5));
    text += "z,12345678901234567890123\n";
    let decimal = read(text.as_bytes(), &medium()).unwrap();
    assert_eq!(decimal.types(), ["text", "decimal"]);
    assert_eq!(decimal.cells()[60_001][1], json!("12345678901234567890123.0"));
}

#[test]
fn five_thousand_columns_are_read() {
    let header: Vec<String> = (0..5_000).map(|i| format!("c{i}")).collect();
    let row: Vec<String> = (0..5_000).map(|i| i.to_string()).collect();
    let text = format!("{}\n{1}\n{1}\n", header.join(","), row.join(","));
    let read = read(text.as_bytes(), &medium()).unwrap();
    assert_eq!(read.ingest.columns.len(), 5_000);
    assert_eq!(read.cells()[1][4_999], json!(4_999));
}

#[test]
fn limits_are_refused_in_words() {
    let limits = Limits { columns: 3, record_bytes: 1_000, rejects: 5 };
    let options = IngestOptions { limits, ..small() };
    let columns = refusal(read(b"a,b,c,d\n1,2,3,4\n", &options));
    assert_eq!(columns, "“input.csv” has 4 columns; the most are 3.");
    let rejects = format!("a,b,c\n{}1,2,3\n", "1,2\n".repeat(6));
    let message = refusal(read(rejects.as_bytes(), &options));
    assert!(message.starts_with("6 rows do not have the 3 fields of the table"), "{message}");
    let long = format!("a,b\n1,2\n{},3\n{}", "x".repeat(3_000), "1,2\n".repeat(2_000));
    match read(long.as_bytes(), &options) {
        Err(IngestError::Unreadable(error)) => assert_eq!(error.line, Some(3)),
        other => panic!("{:?}", other.map(|read| read.ingest.rows)),
    }
}

#[test]
fn a_late_byte_that_is_not_utf_8_changes_the_encoding_of_the_whole_file() {
    let mut bytes = late(0, 100_000).into_bytes();
    bytes.extend_from_slice(b"M\xfcller,7\nJ\xe4ger,8\n");
    let read = read(&bytes, &medium()).unwrap();
    assert_eq!(read.ingest.rows, 100_002);
    assert_eq!(read.cells()[100_000][0], json!("Müller"));
    assert!(read.ingest.notes.iter().any(|note| note.contains("windows-1252")));
}

#[test]
fn a_quote_that_is_never_closed_costs_nothing_but_its_own_cell() {
    let mut text = String::from("id,text\n");
    for row in 0..5_000 {
        let quote = if row == 10 { "\"" } else { "" };
        writeln!(text, "{row},{quote}word {row}").unwrap();
    }
    for options in [small(), medium()] {
        let read = read(text.as_bytes(), &options).unwrap();
        assert_eq!(read.ingest.rows, 5_000);
        assert_eq!(read.cells()[10][1], json!("\"word 10"));
        assert_eq!(read.cells()[11][1], json!("word 11"));
    }
}

#[test]
fn whoever_follows_the_progress_can_stop_it() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("input.csv");
    std::fs::write(&input, late(0, 50_000)).unwrap();
    let stop = |_, _| ControlFlow::Break(());
    let result = ingest(&input, "input.csv", folder.path(), &medium(), &stop);
    assert!(matches!(result, Err(IngestError::Cancelled)));
}

#[test]
fn progress_never_goes_back_and_ends_at_the_size_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("input.csv");
    // The first pass takes `n` for integers, so there are two.
    let text = late(0, 50_000) + "z,0.5\n";
    std::fs::write(&input, &text).unwrap();
    let last = std::sync::atomic::AtomicU64::new(0);
    let order = std::sync::atomic::Ordering::SeqCst;
    let see = |done, total| {
        assert_eq!(total, text.len() as u64);
        last.fetch_max(done, order);
        ControlFlow::Continue(())
    };
    ingest(&input, "input.csv", folder.path(), &medium(), &see).unwrap();
    assert_eq!(last.into_inner(), text.len() as u64);
}
