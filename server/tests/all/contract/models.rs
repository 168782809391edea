//! From a definition to predictions: models, runs, evaluations, versions.

use super::{keys, moment, number, plain};
use crate::served::Served;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

const P: &str = "/api/v1/projects/ada/titanic";
const CLASSIFICATION: &str = "accuracy balanced_accuracy precision_macro recall_macro f1_macro \
    precision_weighted recall_weighted f1_weighted log_loss roc_auc pr_auc mcc";
const REGRESSION: &str = "rmse mae r2 median_ae";

/// Passengers whose age and port decide, nearly, whether they lived, in which class and what they
/// paid.
fn passengers() -> String {
    let mut text = String::from("lived,class,fare,age,port,note\n");
    for n in 0..300_u32 {
        let (age, port) = (n * 37 % 80, ["S", "C", "Q"][n as usize % 3]);
        let lived = if (age < 40) ^ (n % 11 == 0) { "yes" } else { "no" };
        let class = 1 + u32::from(age < 25) + u32::from(port == "Q");
        let fare = f64::from(age) * 1.5 + f64::from(n % 7);
        writeln!(text, "{lived},{class},{fare},{age},{port},n{n}").unwrap();
    }
    text
}

fn spec(task: &str, target: &str, kind: &str) -> Value {
    json!({
        "task": task, "target": target, "features": ["age", "port"],
        "algorithm": {"kind": kind, "params": {}},
    })
}

/// Makes the model and trains it; the run that has ended.
async fn trained(served: &Served, name: &str, spec: &Value) -> Value {
    served.post(&format!("{P}/models"), json!({"name": name, "spec": spec})).await;
    let train = json!({"dataset": "passengers", "version": 1});
    let started = served.post(&format!("{P}/models/{name}/train"), train).await;
    keys(&started, "run job");
    let run = served.ended(started["run"].as_u64().unwrap()).await;
    assert_eq!(run["status"], "finished", "{run}");
    run
}

async fn sent(served: &Served, method: Method, path: &str, body: Value) -> (u16, Value) {
    let answer = served.request(method, path).json(&body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_training_is_answered_as_the_contract_says() {
    let served = Served::start().await;
    let dataset = served.dataset("passengers").await;
    served.upload(&dataset, passengers()).await;
    served.settled(&dataset, 1).await;
    definitions(&served).await;
    let run = trained(&served, "survival", &spec("classification", "lived", "logistic")).await;
    runs(&served, &run).await;
    files(&served, &run).await;
    versions(&served, &run).await;
    predictions(&served).await;
    let classes = trained(&served, "class", &spec("classification", "class", "logistic")).await;
    keys(&classes["metrics"], CLASSIFICATION);
    many_classes(&served).await;
    let fare = trained(&served, "fare", &spec("regression", "fare", "ridge")).await;
    keys(&fare["metrics"], REGRESSION);
    numbers(&served).await;
}

async fn definitions(served: &Served) {
    let plain_spec = json!({
        "task": "classification", "target": "lived", "algorithm": {"kind": "lightgbm"},
    });
    let new = json!({"name": "bare", "spec": plain_spec});
    let (status, model) = sent(served, Method::POST, &format!("{P}/models"), new.clone()).await;
    assert_eq!(status, 201);
    keys(
        &model,
        "owner project name description card visibility spec versions shown headline created_at \
         updated_at",
    );
    assert_eq!(
        model["spec"],
        json!({
            "task": "classification", "target": "lived", "features": null,
            "algorithm": {"kind": "lightgbm", "params": {}},
            "validation": {"holdout": 0.2, "refit": true}, "seed": 42,
        })
    );
    assert_eq!(sent(served, Method::POST, &format!("{P}/models"), new).await.0, 409);
    let at = format!("{P}/models/bare");
    let (status, patched) = sent(served, Method::PATCH, &at, json!({"description": "new"})).await;
    assert_eq!((status, &patched["description"]), (200, &json!("new")));
    for (task, kind) in [("regression", "logistic"), ("classification", "ridge")] {
        let new = json!({"name": "wrong", "spec": spec(task, "lived", kind)});
        let (status, problem) = sent(served, Method::POST, &format!("{P}/models"), new).await;
        assert_eq!(status, 422, "{kind} {task}: {problem}");
        plain(problem["detail"].as_str().unwrap());
    }
    for (body, status) in [
        (json!({"dataset": "nowhere"}), 404),
        (json!({"dataset": "passengers", "version": 9}), 404),
        (json!({}), 422),
    ] {
        let (seen, problem) =
            sent(served, Method::POST, &format!("{at}/train"), body.clone()).await;
        assert_eq!(seen, status, "{body}: {problem}");
    }
    let gone = served.request(Method::DELETE, &at).send().await.unwrap();
    assert_eq!(gone.status(), 204);
    assert_eq!(served.request(Method::GET, &at).send().await.unwrap().status(), 404);
}

async fn runs(served: &Served, run: &Value) {
    keys(
        run,
        "run id experiment status trains dataset spec params metrics timing progress seq job \
         created_by created_at started_at finished_at model error",
    );
    assert_eq!(run["dataset"], json!({"name": "passengers", "version": 1}));
    assert_eq!(run["model"], json!({"name": "survival", "version": 1}));
    assert_eq!(run["id"].as_str().unwrap().len(), 36);
    assert_eq!(run["error"], Value::Null);
    keys(&run["metrics"], CLASSIFICATION);
    run["metrics"].as_object().unwrap().values().for_each(number);
    run["timing"].as_object().unwrap().values().for_each(number);
    assert!(run["metrics"]["accuracy"].as_f64().unwrap() > 0.7, "{run}");
    ["created_at", "started_at", "finished_at"].iter().for_each(|at| moment(&run[at]));
    for key in ["done", "total", "unit"] {
        assert!(run["progress"].get(key).is_some(), "{run}");
    }
    let at = format!("{P}/runs/{}", run["run"]);
    let events = served.get(&format!("{at}/events?after=0")).await;
    let items = events["items"].as_array().unwrap();
    for (before, event) in items.iter().enumerate() {
        keys(event, "seq at event");
        assert_eq!(event["seq"], before as u64 + 1, "without a gap");
    }
    let last = items.last().unwrap()["seq"].clone();
    assert_eq!(last, run["seq"]);
    assert_eq!(served.get(&format!("{at}/events?after={last}")).await["items"], json!([]));
    let series = served.get(&format!("{at}/metrics?points=50")).await;
    for one in series["items"].as_array().unwrap() {
        keys(one, "key points");
    }
    for query in ["events?after=x", "events?before=1", "metrics?points=x", "metrics?key=a"] {
        let answer = served.request(Method::GET, &format!("{at}/{query}")).send().await.unwrap();
        assert_eq!(answer.status(), 422, "{query}");
    }
    let (status, problem) = sent(served, Method::POST, &format!("{at}/cancel"), Value::Null).await;
    assert_eq!((status, &problem["code"]), (409, &json!("run-ended")));
    let job = served.get(&format!("/api/v1/jobs/{}", run["job"])).await;
    keys(&job, "id kind state progress error created_at finished_at");
    assert_eq!((&job["kind"], &job["state"]), (&json!("train"), &json!("finished")));
    for (query, total) in
        [("model=survival", 1), ("model=nothing", 0), ("status=finished", 1), ("status=failed", 0)]
    {
        assert_eq!(served.get(&format!("{P}/runs?{query}")).await["total"], total, "{query}");
    }
    for query in ["status=odd", "modell=survival"] {
        let path = format!("{P}/runs?{query}");
        assert_eq!(served.request(Method::GET, &path).send().await.unwrap().status(), 422);
    }
}

/// What one can take away of a run: each file is there, and is what is said of it.
async fn files(served: &Served, run: &Value) {
    let at = format!("{P}/runs/{}", run["run"]);
    let list = served.get(&format!("{at}/artifacts")).await;
    keys(&list, "items next total");
    let items = list["items"].as_array().unwrap();
    items.iter().for_each(|item| keys(item, "kind name href size sha256"));
    let kinds: Vec<&Value> = items.iter().map(|item| &item["kind"]).collect();
    assert_eq!((json!(kinds), &list["total"]), (json!(["model", "evaluation", "log"]), &json!(3)));
    let [model, evaluation, log] = &items[..] else { panic!("{list}") };
    let fetched = async |item: &Value| {
        let request = served.request(Method::GET, item["href"].as_str().unwrap());
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{item}");
        answer
    };
    let bytes = fetched(model).await.bytes().await.unwrap();
    let sha256 = hex::encode(Sha256::digest(&bytes));
    assert_eq!((&model["size"], &model["sha256"]), (&json!(bytes.len()), &json!(sha256)));
    assert_eq!(model["name"], "survival-v1.mlhub");
    let report: Value = fetched(evaluation).await.json().await.unwrap();
    assert_eq!((&report["metrics"], &evaluation["size"]), (&run["metrics"], &Value::Null));
    let text = fetched(log).await;
    let header = |name| text.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/plain; charset=utf-8");
    assert!(
        header("content-disposition").starts_with("attachment; filename=\"titanic-run-1.log\"")
    );
    assert_eq!(header("content-security-policy"), "sandbox");
    let text = text.text().await.unwrap();
    let events = served.get(&format!("{at}/events")).await;
    let said = events["items"].as_array().unwrap().iter().map(|event| &event["event"]);
    let said: Vec<&Value> = said.filter(|event| event["kind"] == "log").collect();
    assert!(!said.is_empty() && text.lines().count() == said.len(), "{text}");
    for (line, said) in text.lines().zip(said) {
        assert!(line.ends_with(said["message"].as_str().unwrap()), "{line}: {said}");
    }
}

async fn versions(served: &Served, run: &Value) {
    let at = format!("{P}/models/survival");
    let version = served.get(&format!("{at}/versions/1")).await;
    keys(
        &version,
        "version run cancelled dataset spec metrics aliases signature sha256 size created_at",
    );
    assert_eq!((&version["run"], &version["metrics"]), (&run["run"], &run["metrics"]));
    let bytes = served.request(Method::GET, &format!("{at}/versions/1/download"));
    let bytes = bytes.send().await.unwrap();
    assert_eq!(bytes.headers()["etag"], format!("{}", version["sha256"]));
    assert_eq!(bytes.headers()["content-security-policy"], "sandbox");
    let named = bytes.headers()["content-disposition"].to_str().unwrap();
    assert!(named.starts_with("attachment; filename=\"survival-v1.mlhub\"; filename*="), "{named}");
    assert_eq!(bytes.bytes().await.unwrap().len(), version["size"]);
    for (name, value, status, length) in [
        ("if-none-match", version["sha256"].to_string(), 304, 0),
        ("range", "bytes=1-4".to_owned(), 206, 4),
        ("range", format!("bytes={}-", version["size"]), 416, 0),
    ] {
        let asked = served.request(Method::GET, &format!("{at}/versions/1/download"));
        let answer = asked.header(name, &value).send().await.unwrap();
        assert_eq!(answer.status(), status, "{name}: {value}");
        assert_eq!(answer.bytes().await.unwrap().len(), length, "{name}: {value}");
    }
    let alias = |name: &str| format!("{at}/aliases/{name}");
    let (status, named) =
        sent(served, Method::PUT, &alias("champion"), json!({"version": 1})).await;
    assert_eq!((status, &named["aliases"]), (200, &json!(["champion"])));
    for name in ["champion", "v1", "1"] {
        let seen = served.get(&format!("{at}/versions/{name}")).await;
        assert_eq!((&seen["version"], &seen["sha256"]), (&json!(1), &version["sha256"]), "{name}");
    }
    for name in ["12", "v3", "Upper", "a b"] {
        let (status, problem) =
            sent(served, Method::PUT, &alias(name), json!({"version": 1})).await;
        assert_eq!((status, &problem["fields"][0]["field"]), (422, &json!("alias")), "{name}");
        plain(problem["detail"].as_str().unwrap());
    }
    assert_eq!(sent(served, Method::PUT, &alias("next"), json!({"version": 9})).await.0, 404);
    let (status, named) = sent(served, Method::PUT, &alias("next"), json!({"version": 1})).await;
    assert_eq!((status, &named["aliases"]), (200, &json!(["champion", "next"])));
    let remove = async |name: &str| {
        let answer = served.request(Method::DELETE, &alias(name)).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    assert_eq!(remove("next").await, (204, String::new()));
    for gone in ["next", "never"] {
        let (status, problem) = remove(gone).await;
        assert_eq!(status, 404, "{gone}: {problem}");
        let problem: Value = serde_json::from_str(&problem).unwrap();
        assert_eq!(problem["code"], "not-found", "{gone}");
        plain(problem["detail"].as_str().unwrap());
    }
    assert_eq!(remove("v3").await.0, 422);
    assert_eq!(served.get(&format!("{at}/versions/1")).await["aliases"], json!(["champion"]));
    for name in ["9", "nobody", "0"] {
        let path = format!("{at}/versions/{name}");
        assert_eq!(
            served.request(Method::GET, &path).send().await.unwrap().status(),
            404,
            "{name}"
        );
    }
    for (query, total) in [("q=CHAMP", 1), ("q=other", 0), ("sort=version&cursor=5", 1)] {
        assert_eq!(served.get(&format!("{at}/versions?{query}")).await["total"], total, "{query}");
    }
    let evaluation = served.get(&format!("{at}/versions/champion/evaluation")).await;
    keys(
        &evaluation,
        "task rows measured_on metrics baseline intervals confusion per_class roc pr curves \
         importance residuals",
    );
    assert_eq!((&evaluation["task"], &evaluation["rows"]), (&json!("classification"), &json!(60)));
    assert_eq!(evaluation["metrics"], run["metrics"]);
    keys(&evaluation["baseline"], CLASSIFICATION);
    assert_eq!(evaluation["confusion"]["labels"], json!(["no", "yes"]));
    keys(&evaluation["per_class"][0], "label precision recall f1 support");
    assert_eq!(evaluation["roc"].as_array().unwrap().len(), 1);
    keys(&evaluation["roc"][0], "label auc points");
    keys(&evaluation["roc"][0]["points"][0], "fpr tpr threshold");
    assert_eq!(evaluation["roc"][0]["points"][0]["threshold"], "Infinity");
    assert_eq!(
        (&evaluation["roc"][0]["label"], &evaluation["residuals"]),
        (&json!("yes"), &Value::Null)
    );
    keys(&evaluation["pr"][0], "label average_precision points");
    keys(&evaluation["importance"][0], "feature value");
}

async fn predictions(served: &Served) {
    let at = format!("{P}/models/survival/versions/1/predict");
    let rows = json!({"rows": [
        {"age": 5, "port": "S", "ticket": 1, "note": "x"},
        {"age": null, "port": "Q"},
        {"port": "nowhere"},
        {},
    ]});
    let answer = served.post(&at, rows).await;
    keys(&answer, "predictions ignored");
    let mut ignored: Vec<&str> =
        answer["ignored"].as_array().unwrap().iter().map(|key| key.as_str().unwrap()).collect();
    ignored.sort_unstable();
    assert_eq!(ignored, ["note", "ticket"]);
    let all = answer["predictions"].as_array().unwrap();
    assert_eq!(all.len(), 4);
    for prediction in all {
        keys(prediction, "value probabilities");
        keys(&prediction["probabilities"], "no yes");
        let sum: f64 =
            ["no", "yes"].iter().map(|c| prediction["probabilities"][c].as_f64().unwrap()).sum();
        assert!((sum - 1.0).abs() < 1e-9, "{prediction}");
    }
    assert_eq!(all[0]["value"], "yes");
    assert_eq!(
        served.post(&at, json!({"rows": []})).await,
        json!({"predictions": [], "ignored": []})
    );

    for (rows, field) in [
        (json!([{"age": 5}, {"age": "old"}]), "rows[1].age"),
        (json!([{"age": true}]), "rows[0].age"),
        (json!([{"age": [5]}]), "rows[0].age"),
        (json!([{"port": 5}]), "rows[0].port"),
    ] {
        let (status, problem) = sent(served, Method::POST, &at, json!({"rows": rows})).await;
        assert_eq!((status, &problem["code"]), (422, &json!("invalid-rows")), "{problem}");
        assert_eq!(problem["fields"][0]["field"], field);
        let (row, column) = field.trim_start_matches("rows[").split_once("].").unwrap();
        let detail = problem["detail"].as_str().unwrap();
        let row = (row.parse::<u32>().unwrap() + 1).to_string();
        assert!(detail.contains(&row) && detail.contains(column), "{detail}");
    }
    let rows = json!([{"age": 5}, {"age": "old", "port": 5}, {"age": true}]);
    let (_, problem) = sent(served, Method::POST, &at, json!({"rows": rows})).await;
    let fields: Vec<_> = problem["fields"].as_array().unwrap().iter().collect();
    let fields: Vec<_> = fields.into_iter().map(|field| field["field"].as_str().unwrap()).collect();
    let mut named = fields.clone();
    named.sort_unstable();
    assert_eq!(named, ["rows[1].age", "rows[1].port"], "all columns at once: {problem}");
    for (body, status) in [
        (json!({"rows": vec![json!({}); 10_000]}), 200),
        (json!({"rows": vec![json!({}); 10_001]}), 413),
        (json!({"rows": [5]}), 422),
        (json!({"row": []}), 422),
        (json!([]), 422),
    ] {
        let (seen, answer) = sent(served, Method::POST, &at, body).await;
        assert_eq!(seen, status, "{}", answer["detail"]);
    }
    for (body, code, field) in [
        (json!({"rows": [], "x": 1}), "unknown-key", "x"),
        (json!({"rows": [{}, 5]}), "invalid-value", "rows[1]"),
        (json!({"rows": 5}), "invalid-value", "rows"),
        (json!({}), "invalid-value", "rows"),
    ] {
        let (_, problem) = sent(served, Method::POST, &at, body).await;
        let seen = (&problem["code"], &problem["fields"][0]["field"]);
        assert_eq!(seen, (&json!(code), &json!(field)), "{problem}");
        plain(problem["detail"].as_str().unwrap());
    }
    let csv = |kind: &'static str, body: String| {
        served.request(Method::POST, &at).header("content-type", kind).body(body).send()
    };
    let wide = format!("age,port,note\n5,S,{}\n,Q,\n", "x".repeat(3 << 20));
    let answer = csv("text/csv; charset=utf-8", wide).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "more than other bodies may have");
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["predictions"].as_array().unwrap().len(), 2);
    assert_eq!((&answer["predictions"][0], &answer["ignored"]), (&all[0], &json!(["note"])));
    for (kind, body, status) in [
        ("text/csv", "age\nold\n".to_owned(), 422),
        ("text/csv", "age\n1,2\n".to_owned(), 422),
        ("text/csv", "age\n".to_owned() + &"1\n".repeat(10_001), 413),
        ("text/plain", "age\n1\n".to_owned(), 415),
        ("text/plain", String::new(), 400),
        ("application/json", "{".to_owned(), 400),
        ("application/json", " ".repeat((32 << 20) + 1), 413),
    ] {
        let answer = csv(kind, body).await.unwrap();
        assert_eq!(answer.status(), status, "{kind}");
        let problem: Value = answer.json().await.unwrap();
        keys(&problem, "type title status detail code fields request_id");
    }
}

/// The target's own type, and one curve for each class.
async fn many_classes(served: &Served) {
    let at = format!("{P}/models/class/versions/v1");
    let answer =
        served.post(&format!("{at}/predict"), json!({"rows": [{"age": 30, "port": "S"}]})).await;
    let prediction = &answer["predictions"][0];
    assert!(prediction["value"].is_u64(), "{prediction}");
    keys(&prediction["probabilities"], "1 2 3");
    let evaluation = served.get(&format!("{at}/evaluation")).await;
    assert_eq!(evaluation["confusion"]["labels"], json!(["1", "2", "3"]));
    for of in ["roc", "pr", "per_class"] {
        let labels: Vec<&Value> =
            evaluation[of].as_array().unwrap().iter().map(|one| &one["label"]).collect();
        assert_eq!(labels, ["1", "2", "3"], "{of}");
    }
}

async fn numbers(served: &Served) {
    let at = format!("{P}/models/fare/versions/1");
    let answer =
        served.post(&format!("{at}/predict"), json!({"rows": [{"age": 30, "port": "S"}]})).await;
    let prediction = &answer["predictions"][0];
    assert!((prediction["value"].as_f64().unwrap() - 48.0).abs() < 2.0, "{prediction}");
    assert_eq!(prediction["probabilities"], Value::Null);
    let evaluation = served.get(&format!("{at}/evaluation")).await;
    keys(&evaluation["baseline"], REGRESSION);
    keys(&evaluation["residuals"], "points edges counts");
    assert_eq!((&evaluation["confusion"], &evaluation["roc"]), (&Value::Null, &json!([])));
}
