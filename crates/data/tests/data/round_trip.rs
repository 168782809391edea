//! What is written as CSV comes back cell for cell.

use crate::{Read, read, small};
use mlhub_data::Format;
use proptest::prelude::*;
use serde_json::Value;

#[derive(Clone, Copy, Debug)]
enum Kind {
    Boolean,
    Integer,
    Number,
    Text,
    Date,
}

/// A cell as it stands in a CSV file and as it comes back; none is a missing one.
fn cell(kind: Kind) -> BoxedStrategy<Option<(String, Value)>> {
    let some: BoxedStrategy<(String, Value)> = match kind {
        Kind::Boolean => any::<bool>().prop_map(|b| (b.to_string(), b.into())).boxed(),
        Kind::Integer => any::<i64>()
            .prop_map(|n| {
                let shown = n.unsigned_abs() <= 1 << 53;
                (n.to_string(), if shown { n.into() } else { n.to_string().into() })
            })
            .boxed(),
        Kind::Number => {
            prop::num::f64::NORMAL.prop_map(|x| (format!("{x:e}"), Value::from(x))).boxed()
        }
        Kind::Text => "[a-zA-Zäé,;\"' \n\r0-9-]{0,12}"
            .prop_map(|text| (format!("\"{}\"", text.replace('"', "\"\"")), text.into()))
            .boxed(),
        Kind::Date => (0..4_000i32, 1..13u32, 1..29u32)
            .prop_map(|(y, m, d)| format!("{y:04}-{m:02}-{d:02}"))
            .prop_map(|text| (text.clone(), text.into()))
            .boxed(),
    };
    prop_oneof![9 => some.prop_map(Some), 1 => Just(None)].boxed()
}

type Table = (Vec<Kind>, Vec<Vec<Option<(String, Value)>>>);

fn table() -> impl Strategy<Value = Table> {
    let kind = prop::sample::select(vec![
        Kind::Boolean,
        Kind::Integer,
        Kind::Number,
        Kind::Text,
        Kind::Date,
    ]);
    prop::collection::vec(kind, 1..5).prop_flat_map(|kinds| {
        let row: Vec<_> = kinds.iter().map(|&kind| cell(kind)).collect();
        (Just(kinds), prop::collection::vec(row, 1..30))
    })
}

fn write(kinds: &[Kind], rows: &[Vec<Option<(String, Value)>>]) -> String {
    // A first text column with words makes header and quotes unmistakable.
    let mut csv = String::from("key");
    for i in 0..kinds.len() {
        csv += &format!(",column {i}");
    }
    csv.push('\n');
    for (i, row) in rows.iter().enumerate() {
        csv += &format!("row-{i}");
        for cell in row {
            csv.push(',');
            csv += cell.as_ref().map_or("", |(text, _)| text);
        }
        csv.push('\n');
    }
    csv
}

/// What stands in the table, said the same way whatever type the column got.
fn said(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), String::from)
}

fn same(read: &Read, rows: &[Vec<Option<(String, Value)>>]) -> Result<(), TestCaseError> {
    prop_assert_eq!(read.ingest.rejected_rows + read.ingest.rejected_cells, 0);
    let cells = read.cells();
    prop_assert_eq!(cells.len(), rows.len());
    for (i, (got, row)) in cells.iter().zip(rows).enumerate() {
        prop_assert_eq!(&got[0], &Value::from(format!("row-{i}")));
        for (column, (got, cell)) in got[1..].iter().zip(row).enumerate() {
            let kind = read.ingest.columns[column + 1].kind.as_str();
            match cell {
                None => prop_assert_eq!(got, &Value::Null),
                // Texts that all look like numbers are numbers: an empty one is missing then.
                Some((_, value)) if kind != "text" && said(value).trim().is_empty() => {
                    prop_assert_eq!(got, &Value::Null);
                }
                Some((_, value)) if kind != "text" && value.is_string() => {
                    prop_assert!(same_value(got, value), "{got} for {value} as {kind}");
                }
                Some((text, value)) => {
                    prop_assert!(
                        got == value || said(got) == *text,
                        "{got} for {value} ({text}) as {kind}"
                    );
                }
            }
        }
    }
    Ok(())
}

/// Texts such as ` 5` or `12` that were read as something better.
fn same_value(got: &Value, text: &Value) -> bool {
    let (got, text) = (said(got), said(text));
    let text = text.trim();
    let number = |text: &str| text.parse::<f64>().ok();
    got == text || number(&got).is_some_and(|n| Some(n) == number(text)) || got == "null"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_table_comes_back_cell_for_cell((kinds, rows) in table()) {
        let csv = write(&kinds, &rows);
        let read = read(csv.as_bytes(), &small()).unwrap();
        same(&read, &rows)?;
        // And once more, through our own export.
        let mut export = Vec::new();
        read.table.export(Format::Csv, &mut export).unwrap();
        let again = crate::read(&export, &small()).unwrap();
        prop_assert_eq!(again.cells(), read.cells());
        prop_assert_eq!(again.types(), read.types());
    }
}

/// Found by the test above, once in some thousands of tables.
#[test]
fn texts_that_look_like_numbers_stay_texts_among_numbers() {
    let read = read(b"key,code,n\nrow-0,\"0\",0\nrow-1,\"12\",7\n", &small()).unwrap();
    assert_eq!(read.types(), ["text", "text", "integer"]);
    let mut export = Vec::new();
    read.table.export(Format::Csv, &mut export).unwrap();
    assert_eq!(export, b"key,code,n\nrow-0,\"0\",0\nrow-1,\"12\",7\n");
    let again = crate::read(&export, &small()).unwrap();
    assert_eq!((again.types(), again.cells()), (read.types(), read.cells()));
}
