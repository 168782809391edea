//! Files and targets that go wrong elsewhere: each becomes the table that it means, or is refused
//! with a reason that names what to do. Nothing breaks, and nothing hangs.

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

/// What becomes of a training.
#[derive(Clone, Copy)]
enum End {
    /// It does not begin, for a reason that says this.
    Refused(&'static str),
    /// It fails, for a reason that says this.
    Fails(&'static str),
    /// There is a model that predicts.
    Learns,
}

const CLASSIFIERS: [&str; 4] = ["lightgbm", "mlp", "logistic", "baseline"];
const REGRESSORS: [&str; 4] = ["lightgbm", "mlp", "ridge", "baseline"];

/// A table; its target is `y`.
fn rows(count: u32, row: impl Fn(u32) -> (String, String)) -> String {
    let mut text = String::from("x,y\n");
    for (x, y) in (0..count).map(row) {
        writeln!(text, "{x},{y}").unwrap();
    }
    text
}

fn word(number: u32) -> String {
    format!("word{number}")
}

/// `name`, the table, the task, what becomes of it, and of the baseline, which needs no columns.
fn targets() -> Vec<(&'static str, String, &'static str, End, End)> {
    use End::{Fails, Learns, Refused};
    let one = Fails("“y” has the same value in every row: there is nothing to predict");
    let none = Fails("every value of “y” is missing");
    // A column without a value is text.
    let text = Refused("“y” is text: regression predicts numbers");
    let few = Fails("only 3 rows have a value in “y”");
    let constant = Fails("there is no column to learn from");
    let classes = Fails("100 000 different values");
    let number = |n: u32| n.to_string();
    vec![
        ("one-class", rows(60, |n| (number(n), "a".into())), "classification", one, one),
        ("one-number", rows(60, |n| (number(n), "7".into())), "regression", one, one),
        ("no-class", rows(60, |n| (number(n), String::new())), "classification", none, none),
        ("no-number", rows(60, |n| (number(n), String::new())), "regression", text, text),
        ("3-rows", rows(3, |n| (number(n), word(n))), "classification", few, few),
        ("3-numbers", rows(3, |n| (number(n), number(n))), "regression", few, few),
        ("constant", rows(60, |n| ("7".into(), word(n % 2))), "classification", constant, Learns),
        ("constant-2", rows(60, |n| ("7".into(), number(n))), "regression", constant, Learns),
        (
            "categories",
            rows(100_000, |n| (word(n), word(n % 2))),
            "classification",
            constant,
            Learns,
        ),
        (
            "categories-2",
            rows(100_000, |n| (word(n), number(n % 9))),
            "regression",
            constant,
            Learns,
        ),
        ("classes", rows(100_000, |n| (number(n), word(n))), "classification", classes, classes),
    ]
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

#[tokio::test(flavor = "multi_thread")]
async fn every_odd_target_is_learnt_or_says_why_not() {
    let served = Served::start().await;
    let models = "/api/v1/projects/ada/titanic/models";
    let mut started = Vec::new();
    for (name, text, task, end, of_baseline) in targets() {
        let dataset = served.dataset(name).await;
        served.upload(&dataset, text).await;
        assert_eq!(served.settled(&dataset, 1).await["state"], "ready", "{name}");
        for kind in if task == "regression" { REGRESSORS } else { CLASSIFIERS } {
            let model = format!("{name}-{kind}");
            let algorithm = json!({"kind": kind});
            let spec = json!({"task": task, "target": "y", "algorithm": algorithm});
            served.post(models, json!({"name": model, "spec": spec})).await;
            let train = json!({"dataset": name});
            let at = format!("{models}/{model}/train");
            let answer = served.request(Method::POST, &at).json(&train).send().await.unwrap();
            let (status, answer) = (answer.status(), answer.json::<Value>().await.unwrap());
            let end = if kind == "baseline" { of_baseline } else { end };
            if let End::Refused(reason) = end {
                assert_eq!(status, 422, "{model}: {answer}");
                assert!(answer["detail"].as_str().unwrap().contains(reason), "{model}: {answer}");
            } else {
                assert_eq!(status, 202, "{model}: {answer}");
                started.push((model, answer["run"].as_u64().unwrap(), end));
            }
        }
    }
    for (model, run, end) in started {
        let run = served.ended(run).await;
        match end {
            End::Refused(_) => unreachable!("it did not begin"),
            End::Fails(reason) => {
                assert_eq!(run["status"], "failed", "{model}: {run}");
                let said = run["error"]["message"].as_str().unwrap();
                assert!(said.contains(reason), "{model}: {said}");
                assert_ne!(run["error"]["hint"], "", "{model}");
            }
            End::Learns => {
                assert_eq!(run["status"], "finished", "{model}: {run}");
                let at = format!("{models}/{model}/versions/1/predict");
                let answer = served.post(&at, json!({"rows": [{"x": null}]})).await;
                assert!(!answer["predictions"][0]["value"].is_null(), "{model}: {answer}");
            }
        }
    }
}

/// What stands beside the field `name` of a form that came back, up to the end of its line.
#[track_caller]
fn said_at<'a>(page: &'a str, name: &str) -> &'a str {
    let id = format!("id=\"models-train-{name}-error\"").replace(['[', ']'], "-");
    let line = page.split_once(&id).unwrap_or_else(|| panic!("{name} has a line: {page}")).1;
    line.split_once("</p>").unwrap().0
}

/// Passengers of one port, each with a number and with `fate`, which says the same as `lived`.
fn passengers() -> String {
    let mut text = String::from("id,lived,fate,age,port\n");
    for n in 0..80 {
        let (lived, fate) = if n * 7 % 10 < 4 { ("yes", "alive") } else { ("no", "dead") };
        writeln!(text, "{n},{lived},{fate},{},S", n * 37 % 50).unwrap();
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_tells_all_that_is_wrong_at_once_and_proposes_what_can_be_learnt() {
    let served = Served::start().await;
    let dataset = served.dataset("passengers").await;
    served.upload(&dataset, passengers()).await;
    assert_eq!(served.settled(&dataset, 1).await["state"], "ready");

    let page = "/ada/titanic/train?dataset=passengers&target=lived";
    let text = served.request(Method::GET, page).send().await.unwrap().text().await.unwrap();
    for (column, reason) in [
        ("id", "A different value in every row looks like a name or a number"),
        ("fate", "Says the same as “lived”: it would give the answer away."),
        ("age", ""),
        ("port", "One value only: nothing to learn from."),
    ] {
        let value = format!("name=\"features[]\" value=\"{column}\"");
        let label = text.split("<label").find(|label| label.contains(&value));
        let label = label.unwrap().split_once("</label>").unwrap().0;
        assert_eq!(label.contains(" checked"), column == "age", "{label}");
        assert!(label.contains(reason), "{label}");
    }

    let form = [
        ("_fn", "models/train"),
        ("at[owner]", "ada"),
        ("at[project]", "titanic"),
        ("name", "Not A Name"),
        ("dataset", "passengers"),
        ("version", "1"),
        ("before[dataset]", "passengers"),
        ("before[target]", "port"),
        ("target", "port"),
        ("task", "regression"),
        ("algorithm", "lightgbm"),
        ("params[lightgbm][trees]", "0"),
        ("params[lightgbm][leaves]", "many"),
        ("params[lightgbm][depth]", "65"),
        ("holdout", "60"),
        ("seed", "-1"),
    ];
    let answer = served.request(Method::POST, page).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), 422);
    let text = answer.text().await.unwrap();
    for (field, reason) in [
        ("name", "use 1 to 64 of the characters"),
        ("params[lightgbm][trees]", "use a whole number from 1 to 10 000"),
        ("params[lightgbm][leaves]", "use a whole number from 2 to 4096"),
        ("params[lightgbm][depth]", "use a whole number from -1 to 64"),
        ("holdout", "use a number from 5 to 50"),
        ("seed", "use a whole number from 0"),
        ("target", "“port” is text: regression predicts numbers"),
    ] {
        let said = said_at(&text, field);
        assert!(said.contains(reason), "{field}: {said}");
        // A sentence begins large, but not the name of a column.
        assert_eq!(said.contains("quoted"), field == "target", "{field}: {said}");
    }
    assert!(text.contains("choose at least one column to predict from"));
    // The depth stands among the settings that are folded away.
    let folded = text.split("<details").find(|fold| fold.contains("More settings")).unwrap();
    assert!(folded.split_once('>').unwrap().0.contains(" open"), "{folded}");
    assert_eq!(served.count("models").await, 0);
}

/// Sends the form that trains a model of the dataset of its name, to predict `y` from `x`.
async fn train(served: &Served, name: &str, task: &str, algorithm: &str) -> (u16, String) {
    let form = [
        ("_fn", "models/train"),
        ("at[owner]", "ada"),
        ("at[project]", "titanic"),
        ("name", name),
        ("dataset", name),
        ("version", "1"),
        ("target", "y"),
        ("task", task),
        ("algorithm", algorithm),
        ("features[]", "x"),
        ("holdout", "20"),
        ("seed", "42"),
    ];
    let page = format!("/ada/titanic/train?dataset={name}&target=y");
    let answer = served.request(Method::POST, &page).form(&form).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_refuses_what_is_certain_to_fail_before_there_is_a_model() {
    let served = Served::start().await;
    let number = |n: u32| n.to_string();
    let one = "“y” has the same value in every row";
    let same = "none of these columns differs from row to row";
    for (name, text, task, field, reason) in [
        ("one-class", rows(60, |n| (number(n), "a".into())), "classification", "target", one),
        ("one-number", rows(60, |n| (number(n), "7".into())), "regression", "target", one),
        (
            "no-class",
            rows(60, |n| (number(n), String::new())),
            "classification",
            "target",
            "every value of “y” is missing",
        ),
        (
            "3-rows",
            rows(3, |n| (number(n), word(n))),
            "classification",
            "target",
            "only 3 rows have a value in “y”: at least 10 are needed",
        ),
        (
            "1-row",
            rows(1, |n| (number(n), word(n))),
            "classification",
            "target",
            "only 1 row has a value in “y”",
        ),
        (
            "classes",
            rows(1_200, |n| (number(n), word(n))),
            "classification",
            "target",
            "“y” has 1200 different values, and at most 1000",
        ),
        ("constant", rows(60, |n| ("7".into(), word(n % 2))), "classification", "features", same),
    ] {
        let dataset = served.dataset(name).await;
        served.upload(&dataset, text).await;
        assert_eq!(served.settled(&dataset, 1).await["state"], "ready", "{name}");
        let (status, text) = train(&served, name, task, "lightgbm").await;
        assert_eq!(status, 422, "{name}: {text}");
        let said = if field == "target" { said_at(&text, field) } else { &text };
        assert!(said.contains(reason), "{name}: {said}");
        assert!(!text.contains(" 1 classes") && !text.contains(" 1 different values"), "{name}");
        let made = (served.count("models").await, served.count("runs").await);
        assert_eq!(made, (0, 0), "{name}");
    }
    // The baseline needs no column.
    let (_, text) = train(&served, "constant", "classification", "baseline").await;
    assert_eq!(served.count("runs").await, 1, "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_that_nobody_named_are_those_that_the_form_proposes() {
    let served = Served::start().await;
    let dataset = served.dataset("passengers").await;
    served.upload(&dataset, passengers()).await;
    assert_eq!(served.settled(&dataset, 1).await["state"], "ready");
    let models = "/api/v1/projects/ada/titanic/models";
    let algorithm = json!({"kind": "logistic"});
    let named = json!(["age", "fate", "port"]);
    for (name, features, inputs) in
        [("proposed", Value::Null, json!(["age"])), ("named", named, json!(["age", "fate"]))]
    {
        let spec = json!({
            "task": "classification", "target": "lived", "features": features,
            "algorithm": algorithm,
        });
        served.post(models, json!({"name": name, "spec": spec})).await;
        let train = json!({"dataset": "passengers"});
        let run = served.post(&format!("{models}/{name}/train"), train).await["run"].as_u64();
        let run = served.ended(run.unwrap()).await;
        assert_eq!(run["status"], "finished", "{run}");
        assert_eq!(run["spec"]["features"], features, "a copy of the definition");
        let version = served.get(&format!("{models}/{name}/versions/1")).await;
        let seen = version["signature"]["inputs"].as_array().unwrap().iter();
        assert_eq!(json!(seen.map(|input| &input["name"]).collect::<Vec<_>>()), inputs, "{name}");
        let events = format!("/api/v1/projects/ada/titanic/runs/{}/events?after=0", run["run"]);
        let events = served.get(&events).await["items"].to_string();
        let twin = "“fate” is left out. Says the same as “lived”: it would give the answer away.";
        assert_eq!(events.contains(twin), name == "proposed", "{events}");
    }
}
