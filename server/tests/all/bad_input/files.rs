//! Files that are odd, and texts that cannot be stored.

use crate::served::Served;
use reqwest::Method;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// What becomes of a file.
enum Outcome {
    /// It is no table, for a reason that says this.
    Refused(&'static str),
    /// It is one.
    Table(Table),
}

/// What is expected of a table.
struct Table {
    /// `name:type` of each column, as far as they are looked at.
    columns: &'static [&'static str],
    /// Its first rows.
    rows: Value,
    /// How many there are.
    total: u64,
    /// The cells and rows that are listed instead.
    rejected: Value,
}

fn table(columns: &'static [&'static str], rows: Value) -> Table {
    let total = rows.as_array().unwrap().len() as u64;
    Table { columns, rows, total, rejected: json!([]) }
}

fn read(columns: &'static [&'static str], rows: Value) -> Outcome {
    Outcome::Table(table(columns, rows))
}

/// `name`, its bytes, what becomes of it.
fn files() -> Vec<(&'static str, Vec<u8>, Outcome)> {
    use Outcome::{Refused, Table as Is};
    let utf16: Vec<u8> = "\u{feff}a,ä\n1,ö\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        ("empty.csv", Vec::new(), Refused("“empty.csv” is empty.")),
        ("header.csv", "a,b\n".into(), Refused("has a header (a, b) but no rows below it")),
        (
            "ragged.csv",
            [&b"a,b\n"[..], &b"1,x\n".repeat(200), b"2\n3,y\n"].concat(),
            Is(Table {
                total: 201,
                rejected: json!([{
                    "row": 201, "line": 202, "column": null, "text": "2",
                    "reason": "1 field, 2 expected",
                }]),
                ..table(&["a:integer", "b:text"], json!([[1, "x"]]))
            }),
        ),
        (
            "unclosed.csv",
            "id,text\n1,\"abc\n2,def\n".into(),
            read(&["id:integer", "text:text"], json!([[1, "\"abc"], [2, "def"]])),
        ),
        (
            "picture.csv",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\x01\0\x08\x06\0\0\0".to_vec(),
            Refused("“picture.csv” is a PNG image, which cannot be read yet: upload a table."),
        ),
        (
            "noise.csv",
            (0..4_096_u32).map(|n| (n * 7 % 256) as u8).collect(),
            Refused("“noise.csv” is a binary file, not a table: save the table as CSV"),
        ),
        (
            "nul.csv",
            [&b"a,b\n"[..], &b"1,xyz\n".repeat(400), b"2,x\0y\n"].concat(),
            Is(Table { total: 401, ..table(&["a:integer", "b:text"], json!([[1, "xyz"]])) }),
        ),
        ("wide.csv", wide(5_000), read(&["c0:integer", "c1:integer"], json!([[0, 1], [1, 2]]))),
        (
            "twice.csv",
            "a,a,b\n1,2,3\n".into(),
            read(&["a:integer", "a_2:integer", "b:integer"], json!([[1, 2, 3]])),
        ),
        (
            "nameless.csv",
            "a,,c,\n1,2,3,4\n".into(),
            read(
                &["a:integer", "column_2:integer", "c:integer", "column_4:integer"],
                json!([[1, 2, 3, 4]]),
            ),
        ),
        (
            "bom.csv",
            b"\xef\xbb\xbfa,b\n1,x\n".to_vec(),
            read(&["a:integer", "b:text"], json!([[1, "x"]])),
        ),
        ("utf16.csv", utf16, read(&["a:integer", "ä:text"], json!([[1, "ö"]]))),
        ("crlf.csv", "a,b\r\n1,x\r\n".into(), read(&["a:integer", "b:text"], json!([[1, "x"]]))),
        ("cr.csv", "a,b\r1,x\r".into(), read(&["a:integer", "b:text"], json!([[1, "x"]]))),
        (
            "german.csv",
            "a;b\n1,5;x\n1.234,25;y\n".into(),
            read(&["a:number", "b:text"], json!([[1.5, "x"], [1234.25, "y"]])),
        ),
        (
            "latin1.csv",
            b"name,stadt\nM\xfcller,K\xf6ln\nJ\xe4ger,F\xfcrth\n".to_vec(),
            read(&["name:text", "stadt:text"], json!([["Müller", "Köln"], ["Jäger", "Fürth"]])),
        ),
        (
            "zeros.csv",
            "zip,n\n00501,1\n10001,2\n".into(),
            read(&["zip:text", "n:integer"], json!([["00501", 1], ["10001", 2]])),
        ),
        (
            "big.csv",
            "id,long\n9007199254740993,123456789012345678901234567890\n2,3\n".into(),
            read(
                &["id:integer", "long:decimal"],
                json!([["9007199254740993", "123456789012345678901234567890"], [2, "3"]]),
            ),
        ),
        (
            "dates.csv",
            "d,n\n01/02/2020,1\n03/04/2020,2\n".into(),
            read(&["d:text", "n:integer"], json!([["01/02/2020", 1], ["03/04/2020", 2]])),
        ),
        (
            "late.csv",
            late(400_000, 300_000),
            Is(Table {
                total: 400_000,
                rejected: json!([{
                    "row": 300_000, "line": 300_001, "column": "n", "text": "many",
                    "reason": "not an integer",
                }]),
                ..table(&["n:integer"], json!([[1], [2]]))
            }),
        ),
    ]
}

/// Two rows of so many integers.
fn wide(columns: u32) -> Vec<u8> {
    let line = |cell: &dyn Fn(u32) -> String| (0..columns).map(cell).collect::<Vec<_>>().join(",");
    let rows = [0, 1].map(|row| line(&|column| (row + column).to_string()));
    format!("{}\n{}\n{}\n", line(&|column| format!("c{column}")), rows[0], rows[1]).into()
}

/// So many integers, of which one is a word.
fn late(rows: u32, at: u32) -> Vec<u8> {
    let mut text = String::from("n\n");
    for row in 1..=rows {
        if row == at { text.push_str("many\n") } else { writeln!(text, "{row}").unwrap() }
    }
    text.into()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_odd_file_becomes_what_it_means_or_says_why_not() {
    let served = Served::start().await;
    let mut sent = Vec::new();
    for (name, bytes, outcome) in files() {
        let dataset = served.dataset(name).await;
        let upload = format!("{dataset}/versions?name={name}");
        let answer = served.request(Method::POST, &upload).body(bytes).send().await.unwrap();
        assert_eq!(answer.status(), 202, "{name}");
        sent.push((name, dataset, outcome));
    }
    for (name, dataset, outcome) in sent {
        let version = served.settled(&dataset, 1).await;
        match outcome {
            Outcome::Refused(reason) => {
                assert_eq!(version["state"], "failed", "{name}: {version}");
                let said = version["error"]["message"].as_str().unwrap();
                assert!(said.contains(reason), "{name}: {said}");
            }
            Outcome::Table(expected) => {
                assert_eq!(version["state"], "ready", "{name}: {version}");
                is(&served, &dataset, &version, &expected).await;
            }
        }
    }
}

async fn is(served: &Served, dataset: &str, version: &Value, expected: &Table) {
    let name = dataset.rsplit('/').next().unwrap();
    let columns = version["columns"].as_array().unwrap();
    let column = |column: &Value| {
        format!("{}:{}", column["name"].as_str().unwrap(), column["type"].as_str().unwrap())
    };
    let seen: Vec<String> = columns.iter().take(expected.columns.len()).map(column).collect();
    assert_eq!(seen, expected.columns, "{name}");
    assert_eq!(version["rows"], expected.total, "{name}");
    let (rows, cells) = (expected.rows.as_array().unwrap().len(), expected.columns.len());
    let page = served.get(&format!("{dataset}/versions/1/rows?limit={rows}")).await;
    assert_eq!(page["total"], expected.total, "{name}");
    let first: Vec<Vec<Value>> = serde_json::from_value(page["rows"].clone()).unwrap();
    let first: Vec<&[Value]> = first.iter().map(|row| &row[..cells]).collect();
    assert_eq!(json!(first), expected.rows, "{name}");
    let rejected = served.get(&format!("{dataset}/versions/1/rejected")).await;
    assert_eq!(rejected["items"], expected.rejected, "{name}");
    let profile = served.get(&format!("{dataset}/versions/1/profile")).await;
    assert_eq!(profile["rows"], expected.total, "{name}");
    assert_eq!(profile["columns"].as_array().unwrap().len(), columns.len(), "{name}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_cannot_be_stored_is_refused_as_a_value() {
    let served = Served::start().await;
    let dataset = served.dataset("plain").await;
    let nul = json!({"description": "a\0b"});
    let answer = served.request(Method::PATCH, &dataset).json(&nul).send().await.unwrap();
    assert_eq!(answer.status(), 422);
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["code"], "invalid-value", "{answer}");
    let upload = format!("{dataset}/versions?name=a%00b.csv");
    let answer = served.request(Method::POST, &upload).body("a\n1\n").send().await.unwrap();
    assert_eq!(answer.status(), 202);
    let version = served.settled(&dataset, 1).await;
    assert_eq!((&version["state"], &version["original_name"]), (&json!("ready"), &json!("ab.csv")));
}
