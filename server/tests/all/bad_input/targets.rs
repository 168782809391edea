//! Targets and columns that nothing can be learnt from.

use super::{passengers, rows, word};
use crate::served::Served;
use mlhub_domain::text::sentence;
use reqwest::Method;
use serde_json::{Value, json};

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

fn events_of(run: &Value) -> String {
    format!("/api/v1/projects/ada/titanic/runs/{}/events?after=0", run["run"])
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
                let log = served.get(&events_of(&run)).await.to_string();
                assert!(log.contains(&sentence(said)), "{model}: {log}");
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
        let events = served.get(&events_of(&run)).await["items"].to_string();
        let twin = "“fate” is left out. Says the same as “lived”: it would give the answer away.";
        assert_eq!(events.contains(twin), name == "proposed", "{events}");
    }
}
