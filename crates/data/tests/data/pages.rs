//! Pages, filters, search, order, exports and frames of a table of many row groups.

use crate::{Read, read, sort};
use mlhub_data::{Error, Format, IngestOptions, Table};
use mlhub_domain::tables::{Filter, RowsQuery};
use mlhub_recipe::Values;
use serde_json::{Value, json};
use std::fmt::Write as _;

const ROWS: u64 = 20_000;

/// 20,000 rows in many row groups: `id` ascends, `score` has ties and gaps, `name` repeats.
fn table() -> Read {
    let mut text = String::from("id,score,name,day,ok,long\n");
    for i in 0..ROWS {
        let score = if i % 11 == 0 { String::new() } else { format!("{}.5", i * 7 % 100) };
        let name =
            if i % 4 == 0 { "\"Ann, Lee\"" } else { ["Bob", "Émile", "\"\""][i as usize % 3] };
        let day = format!("2020-{:02}-{:02}", i % 12 + 1, i % 28 + 1);
        writeln!(text, "{i},{score},{name},{day},{},{}", i % 2 == 0, 9_007_199_254_740_993 + i)
            .unwrap();
    }
    let options = IngestOptions { threads: 2, block_bytes: 1 << 14, ..IngestOptions::default() };
    let read = read(text.as_bytes(), &options).unwrap();
    assert_eq!(read.types(), ["integer", "number", "text", "date", "boolean", "integer"]);
    read
}

fn query(filters: &[&str]) -> RowsQuery {
    let filters = filters.iter().map(|text| text.parse::<Filter>().unwrap()).collect();
    RowsQuery { limit: 5, filters, ..RowsQuery::default() }
}

fn ids(table: &Table, query: &RowsQuery) -> (Vec<i64>, u64) {
    let rows = table.rows(&RowsQuery { columns: vec!["id".into()], ..query.clone() }).unwrap();
    (rows.rows.iter().map(|row| row[0].as_i64().unwrap()).collect(), rows.total)
}

#[test]
fn a_page_is_the_rows_of_the_file_wherever_it_begins() {
    let read = table();
    for offset in [0, 1, 8_191, 8_192, 9_999, ROWS - 3] {
        let (got, total) = ids(&read.table, &RowsQuery { offset, ..query(&[]) });
        let expected: Vec<i64> = (offset..ROWS.min(offset + 5)).map(|i| i as i64).collect();
        assert_eq!((got, total), (expected, ROWS));
    }
    assert!(ids(&read.table, &RowsQuery { offset: ROWS + 5, ..query(&[]) }).0.is_empty());
}

#[test]
fn columns_come_in_the_order_of_asking_and_cells_as_the_contract_says() {
    let read = table();
    let columns = ["long", "name", "day", "id"].map(String::from).to_vec();
    let rows = read.table.rows(&RowsQuery { columns, offset: 4, ..query(&[]) }).unwrap();
    assert_eq!(rows.columns[0].name, "long");
    assert_eq!(
        rows.rows[0],
        [json!("9007199254740997"), json!("Ann, Lee"), json!("2020-05-05"), json!(4)]
    );
}

#[test]
fn filters_are_compared_by_type() {
    let read = table();
    let total = |filters: &[&str]| ids(&read.table, &query(filters)).1;
    assert_eq!(ids(&read.table, &query(&["id:ge:19998"])).0, [19_998, 19_999]);
    assert_eq!(total(&["id:lt:100.5"]), 101);
    assert_eq!(total(&["id:in:1,2,99999"]), 2);
    assert_eq!(total(&["score:null:"]), 1_819);
    assert_eq!(total(&["score:notnull:"]), ROWS - 1_819);
    assert_eq!(total(&["score:gt:50", "score:le:51.5", "id:lt:1000"]), 18);
    assert_eq!(total(&["name:eq:Ann, Lee"]), 5_000);
    assert_eq!(total(&["name:starts:Ann", "ok:eq:true"]), 5_000);
    assert_eq!(total(&["name:contains:mil", "day:ge:2020-02-01", "day:lt:2020-03-01"]), 1_667);
    assert_eq!(total(&["long:eq:9007199254740994"]), 1);
    assert_eq!(total(&["name:eq:"]), 5_000);
}

#[test]
fn a_wrong_filter_names_the_column_and_the_value() {
    let read = table();
    let error = |filter: &str| read.table.rows(&query(&[filter])).unwrap_err();
    match error("day:ge:yesterday") {
        Error::Filter { column, value, message } => {
            assert_eq!((column.as_str(), value.as_str()), ("day", "yesterday"));
            assert!(message.contains("2020-12-31"), "{message}");
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(error("id:contains:1"), Error::Filter { .. }));
    assert!(matches!(error("nobody:eq:1"), Error::NoColumn(name) if name == "nobody"));
}

#[test]
fn search_looks_into_every_text_whatever_the_case() {
    let read = table();
    let search =
        |text: &str| ids(&read.table, &RowsQuery { search: Some(text.into()), ..query(&[]) }).1;
    assert_eq!(search("ann, l"), 5_000);
    assert_eq!(search("éMILE"), 5_000);
    assert_eq!(search("nobody"), 0);
    assert_eq!(search("  "), ROWS);
}

#[test]
fn order_keeps_ties_in_file_order_and_missing_cells_last() {
    let read = table();
    let by = |keys: &[(&str, bool)], offset| {
        let sort = keys.iter().map(|&(column, descending)| sort(column, descending)).collect();
        ids(&read.table, &RowsQuery { sort, offset, ..query(&[]) })
    };
    assert_eq!(by(&[("id", true)], 0), (vec![19_999, 19_998, 19_997, 19_996, 19_995], ROWS));
    let scores: Vec<Option<u64>> =
        (0..ROWS).map(|i| (i % 11 != 0).then_some(i * 7 % 100)).collect();
    for descending in [false, true] {
        let mut expected: Vec<u64> = (0..ROWS).collect();
        expected.sort_by_key(|&i| match scores[i as usize] {
            Some(score) => (false, if descending { 100 - score } else { score }),
            None => (true, 0),
        });
        for offset in [0, 10_000, ROWS - 5] {
            let want: Vec<i64> =
                expected[offset as usize..][..5].iter().map(|&i| i as i64).collect();
            assert_eq!(by(&[("score", descending)], offset).0, want, "{descending} {offset}");
        }
    }
    let mut filtered = query(&["id:lt:10"]);
    filtered.sort = vec![sort("name", false), sort("id", true)];
    assert_eq!(ids(&read.table, &filtered), (vec![5, 2, 8, 4, 0], 10));
}

#[test]
fn exports_hold_the_same_cells() {
    let read = table();
    let export = |format| {
        let mut bytes = Vec::new();
        read.table.export(format, &mut bytes).unwrap();
        bytes
    };
    let json: Vec<Value> = serde_json::from_slice(&export(Format::Json)).unwrap();
    assert_eq!(json.len() as u64, ROWS);
    assert_eq!(json[4]["name"], json!("Ann, Lee"));
    assert_eq!(json[0]["score"], Value::Null);
    let again = crate::read(&export(Format::Csv), &IngestOptions::default()).unwrap();
    assert_eq!(again.cells(), read.cells());
    assert_eq!(export(Format::Parquet), std::fs::read(&read.ingest.table).unwrap());
    assert_eq!(&export(Format::Arrow)[..6], b"ARROW1");
}

#[test]
fn a_frame_holds_the_columns_for_training() {
    let read = table();
    let columns = ["name", "score", "day", "ok"].map(String::from);
    let frame = read.table.frame(&columns).unwrap();
    assert_eq!(frame.rows() as u64, ROWS);
    let Some(Values::Text(names)) = frame.column("name") else { panic!("text stays text") };
    assert_eq!((names.levels.len(), names.get(0)), (4, Some("Ann, Lee")));
    assert!(frame.column("score").unwrap().is_missing(11));
    let Some(Values::Time(_, days)) = frame.column("day") else { panic!("dates are times") };
    assert_eq!(days[0], Some(1_577_836_800_000_000));
    assert!(read.table.frame(&["nobody".into()]).is_err());
}
