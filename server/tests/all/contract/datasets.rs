//! From an upload to rows, profile, rejected cells and downloads.

use super::{keys, moment};
use crate::served::Served;
use reqwest::Method;
use serde_json::{Value, json};

/// Every type that ingest yields; row 4 has a cell that is no integer, line 7 a field too many.
const TYPED: &str = "\
id,flag,share,long,name,day,at,clock,big
1,true,0.5,12345678901234567890.25,ann,2020-01-01,2020-01-01T10:00:00Z,10:00:00,9007199254740993
2,false,1.5,1.5,\"\",2020-02-01,2020-01-02T10:00:00Z,11:30:00,5
3,true,,2.5,bea,2020-03-01,2020-01-03T10:00:00Z,12:00:00,6
4,,2.5,3.5,\"x:y, z\",2020-04-01,2020-01-04T10:00:00Z,13:00:00,7
5,false,3.5,4.5,,2020-05-01,2020-01-05T10:00:00Z,14:00:00,8
6,false,3.5,4.5,too,2020-05-01,2020-01-05T10:00:00Z,14:00:00,8,9
";

async fn answer(served: &Served, path: &str) -> (u16, Value) {
    let answer = served.request(Method::GET, path).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_is_answered_as_the_contract_says() {
    let served = Served::start().await;
    let dataset = served.dataset("typed").await;
    let taken = served.upload(&dataset, TYPED).await;
    keys(&taken, "version state job");
    let version = served.settled(&dataset, 1).await;
    keys(
        &version,
        "version state job rows rejected_rows rejected_cells columns sha256 original_size \
         original_name size notes error created_by created_at",
    );
    assert_eq!((&version["state"], &version["rows"]), (&json!("ready"), &json!(5)), "{version}");
    assert_eq!((&version["rejected_rows"], &version["error"]), (&json!(1), &Value::Null));
    assert_eq!(version["sha256"].as_str().unwrap().len(), 64);
    moment(&version["created_at"]);
    let columns = json!([
        {"name": "id", "type": "integer"}, {"name": "flag", "type": "boolean"},
        {"name": "share", "type": "number"}, {"name": "long", "type": "decimal"},
        {"name": "name", "type": "text"}, {"name": "day", "type": "date"},
        {"name": "at", "type": "datetime"}, {"name": "clock", "type": "time"},
        {"name": "big", "type": "integer"},
    ]);
    assert_eq!(version["columns"], columns);
    let at = format!("{dataset}/versions/1");
    let rows = served.get(&format!("{at}/rows")).await;
    keys(&rows, "columns rows total");
    assert_eq!((&rows["columns"], &rows["total"]), (&columns, &json!(5)));
    assert_eq!(
        rows["rows"][0],
        json!([
            1,
            true,
            0.5,
            "12345678901234567890.25",
            "ann",
            "2020-01-01",
            "2020-01-01T10:00:00Z",
            "10:00:00",
            "9007199254740993",
        ])
    );
    let names: Vec<&Value> = rows["rows"].as_array().unwrap().iter().map(|row| &row[4]).collect();
    assert_eq!(names, [&json!("ann"), &json!(""), &json!("bea"), &json!("x:y, z"), &Value::Null]);
    looks(&served, &at).await;
    rejected_and_profile(&served, &at).await;
    downloads(&served, &at).await;
    currents(&served, &dataset).await;
    let job = served.get(&format!("/api/v1/jobs/{}", taken["job"])).await;
    keys(&job, "id kind state progress error created_at finished_at");
    assert_eq!(
        (&job["id"], &job["kind"], &job["state"]),
        (&taken["job"], &json!("ingest"), &json!("finished"))
    );
}

/// Conditions, orders, parts.
async fn looks(served: &Served, at: &str) {
    for (query, ids) in [
        ("where=id:eq:3", json!([3])),
        ("where=id:ne:3", json!([1, 2, 4, 5])),
        ("where=id:lt:3", json!([1, 2])),
        ("where=id:le:3", json!([1, 2, 3])),
        ("where=id:gt:3", json!([4, 5])),
        ("where=id:ge:3", json!([3, 4, 5])),
        ("where=id:in:1,5", json!([1, 5])),
        ("where=name:contains:e", json!([3])),
        ("where=name:starts:a", json!([1])),
        ("where=name:null", json!([5])),
        ("where=name:notnull", json!([1, 2, 3, 4])),
        ("where=name:eq:", json!([2])),
        ("where=name:eq:x:y, z", json!([4])),
        ("where=flag:eq:true", json!([1, 3])),
        ("where=day:gt:2020-03-01", json!([4, 5])),
        ("where=big:gt:9007199254740992", json!([1])),
        ("where=id:gt:1&where=id:lt:4", json!([2, 3])),
        ("q=BE", json!([3])),
        ("sort=-id", json!([5, 4, 3, 2, 1])),
        ("sort=flag,-id", json!([5, 2, 3, 1, 4])),
        ("sort=share", json!([1, 2, 4, 5, 3])),
        ("offset=1&limit=2", json!([2, 3])),
        ("offset=99", json!([])),
    ] {
        let rows = served.get(&format!("{at}/rows?columns=id&{query}")).await;
        let ids: Vec<Value> = ids.as_array().unwrap().iter().map(|id| json!([id])).collect();
        assert_eq!(rows["rows"], json!(ids), "{query}");
        keys(&rows["columns"][0], "name type");
    }
    assert_eq!(served.get(&format!("{at}/rows?offset=99")).await["total"], 5);
    let two = served.get(&format!("{at}/rows?columns=name,id&limit=1")).await;
    assert_eq!(two["rows"], json!([["ann", 1]]), "in the order asked for");
    for (query, field) in [
        ("limit=1001", "limit"),
        ("limit=0", "limit"),
        ("offset=x", "offset"),
        ("where=id", "where"),
        ("where=id:about:3", "where"),
        ("where=id:gt:many", "where"),
        ("where=pet:eq:3", "column"),
        ("columns=pet", "column"),
        ("sort=pet", "column"),
        ("page=3", "page"),
    ] {
        let (status, problem) = answer(served, &format!("{at}/rows?{query}")).await;
        assert_eq!(
            (status, &problem["fields"][0]["field"]),
            (422, &json!(field)),
            "{query}: {problem}"
        );
        let filter = ["where", "column"].contains(&field);
        assert_eq!(problem["code"] == "invalid-filter", filter, "{query}: {problem}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_file_was_read_as_is_told_where_its_version_and_its_profile_are() {
    let served = Served::start().await;
    let dataset = served.dataset("prices").await;
    let mut table = String::from("price,,price\n");
    for row in 0..400 {
        let price = if row % 16 == 9 { "unknown" } else { "12" };
        table += &format!("{price},{row},{}\n", row % 7);
    }
    served.upload(&dataset, table).await;
    let version = served.settled(&dataset, 1).await;
    let said = "“price” is text although 94 % of its values are whole numbers: the others are \
                “unknown” (25 cells), the first in row 10, line 11. Correct or empty them and \
                upload the file again.";
    let notes = [
        "The fields are separated by commas.",
        "Column 2 is called “column_2”: the file has no name for it.",
        "Column 3 is called “price_2”: column 1 is “price” already.",
        said,
    ];
    assert_eq!(version["notes"], json!(notes));
    let names = version["columns"].as_array().unwrap().iter().map(|column| &column["name"]);
    assert_eq!(names.collect::<Vec<_>>(), ["price", "column_2", "price_2"]);
    let profile = served.get(&format!("{dataset}/versions/1/profile")).await;
    let warning = json!({"kind": "stray-texts", "column": "price", "message": said});
    assert_eq!(profile["warnings"][0], warning);
}

async fn rejected_and_profile(served: &Served, at: &str) {
    let rejected = served.get(&format!("{at}/rejected")).await;
    keys(&rejected, "total items");
    keys(&rejected["items"][0], "row line column text reason");
    assert_eq!(rejected["total"], 1);
    let (row, line) = (&rejected["items"][0]["row"], &rejected["items"][0]["line"]);
    assert_eq!((row, line, &rejected["items"][0]["column"]), (&json!(6), &json!(7), &Value::Null));
    let past = served.get(&format!("{at}/rejected?offset=9&limit=1000")).await;
    assert_eq!(past, json!({"total": 1, "items": []}));
    for query in ["limit=1001", "limit=0", "offset=x", "page=1"] {
        assert_eq!(answer(served, &format!("{at}/rejected?{query}")).await.0, 422, "{query}");
    }
    let profile = served.get(&format!("{at}/profile")).await;
    keys(&profile, "rows columns warnings");
    for column in profile["columns"].as_array().unwrap() {
        keys(
            column,
            "name type missing distinct min max mean sd quantiles top histogram approximate \
             same_as",
        );
    }
    let share = &profile["columns"][2];
    assert_eq!((&share["missing"], &share["distinct"]), (&json!(1), &json!(4)));
    assert_eq!(
        (&share["min"], &share["max"], &share["mean"]),
        (&json!(0.5), &json!(3.5), &json!(2.0))
    );
    keys(&share["quantiles"], "0.01 0.05 0.25 0.5 0.75 0.95 0.99");
    assert_eq!(share["quantiles"]["0.5"], 2.0);
    keys(&share["histogram"], "edges counts");
    assert_eq!(share["histogram"]["edges"].as_array().unwrap().len(), 21);
    keys(&share["top"][0], "value count");
    for warning in profile["warnings"].as_array().unwrap() {
        keys(warning, "kind column message");
    }
}

async fn downloads(served: &Served, at: &str) {
    for (query, kind, begins) in [
        ("", "application/octet-stream", &b"id,flag"[..]),
        ("?format=original", "application/octet-stream", b"id,flag"),
        ("?format=csv", "text/csv; charset=utf-8", b"id,flag"),
        ("?format=json", "application/json", b"["),
        ("?format=parquet", "application/vnd.apache.parquet", b"PAR1"),
        ("?format=arrow", "application/octet-stream", b"ARROW1"),
    ] {
        let path = format!("{at}/download{query}");
        let answer = served.request(Method::GET, &path).send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["content-type"]),
            (200, &kind.parse().unwrap())
        );
        let bytes = answer.bytes().await.unwrap();
        assert!(bytes.starts_with(begins), "{query}: {:?}", &bytes[..20]);
    }
    for query in ["format=xlsx", "as=csv"] {
        assert_eq!(answer(served, &format!("{at}/download?{query}")).await.0, 422, "{query}");
    }
}

async fn currents(served: &Served, dataset: &str) {
    served.upload(dataset, "a\n1\n2\n").await;
    served.settled(dataset, 2).await;
    assert_eq!(served.get(dataset).await["current"], 2);
    let back = served.post(&format!("{dataset}/current"), json!({"version": 1})).await;
    assert_eq!((&back["current"], &back["versions"]), (&json!(1), &json!(2)));
    for (body, status) in [
        (json!({"version": 9}), 404),
        (json!({"version": "one"}), 422),
        (json!({"number": 1}), 422),
    ] {
        let path = format!("{dataset}/current");
        let answer = served.request(Method::POST, &path).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), status, "{body}");
    }
    let versions = served.get(&format!("{dataset}/versions?sort=version&limit=1")).await;
    assert_eq!((&versions["items"][0]["version"], &versions["next"]), (&json!(1), &json!("1")));
    for path in ["versions/9", "versions/9/rows", "versions/9/profile", "versions/x", "versions/0"]
    {
        assert_eq!(answer(served, &format!("{dataset}/{path}")).await.0, 404, "{path}");
    }
    let upload = format!("{dataset}/versions");
    let form = reqwest::multipart::Form::new().text("note", "no file");
    let none = served.request(Method::POST, &upload).multipart(form).send().await.unwrap();
    assert_eq!(none.status(), 422);
    let none: Value = none.json().await.unwrap();
    assert_eq!(none["fields"][0]["field"], "file");
}
