//! POSTs that are repeated with their `Idempotency-Key`.

use crate::browser::{Answer, Browser, serve};
use axum::body::Body;
use axum::http::Method;
use mlhub_testing::TestHub;
use serde_json::{Value, json};

const PROJECT: &str = "/api/v1/projects/ada/titanic";
const VERSIONS: &str = "/api/v1/projects/ada/titanic/datasets/passengers/versions";

/// Ada, in whose project there is a dataset without a version.
async fn ada(hub: &TestHub) -> Browser {
    let mut ada = Browser::signed_up(&serve(hub, None), "ada").await;
    ada.post("/api/v1/projects", json!({"name": "titanic"})).await;
    ada.post(&format!("{PROJECT}/datasets"), json!({"name": "passengers"})).await;
    ada
}

async fn upload(ada: &mut Browser, text: &'static str) -> Answer {
    ada.send(Method::POST, &format!("{VERSIONS}?name=a.csv"), Body::from(text)).await
}

#[tokio::test]
async fn a_model_is_made_trained_and_stopped_once() {
    let hub = TestHub::start().await;
    let mut ada = ada(&hub).await;
    upload(&mut ada, "a,lived\n1,yes\n").await;
    let ready = "UPDATE jobs SET state = 'finished'; \
                 UPDATE dataset_versions SET state = 'ready', table_sha256 = original_sha256, \
                     columns = '[{\"name\":\"a\",\"type\":\"integer\"},{\"name\":\"lived\",\"type\":\"text\"}]', \
                     profile = '{\"rows\":1,\"columns\":[],\"warnings\":[]}'; \
                 UPDATE datasets SET current = 1";
    hub.database().execute(ready).await;

    let twice = async |key: &str, path: &str, body: Value| {
        let mut browser = ada.clone().with("idempotency-key", key);
        let first = browser.post(path, body.clone()).await;
        let second = browser.post(path, body).await;
        assert!(first.status.is_success(), "{first:?}");
        assert_eq!((first.status, &first.json), (second.status, &second.json));
        first.json
    };
    let spec =
        json!({"task": "classification", "target": "lived", "algorithm": {"kind": "baseline"}});
    let models = format!("{PROJECT}/models");
    twice("one", &models, json!({"name": "survival", "spec": spec})).await;
    let train = format!("{models}/survival/train");
    let started = twice("two", &train, json!({"dataset": "passengers"})).await;
    assert_eq!(started["run"], 1);
    let stopped = twice("three", &format!("{PROJECT}/runs/1/cancel"), Value::Null).await;
    assert_eq!(stopped["status"], "cancelled");
    assert_eq!(ada.get(&format!("{PROJECT}/runs")).await.json["total"], 1);

    let mut other = ada.with("idempotency-key", "two");
    let reused = other.post(&train, json!({"dataset": "other"})).await;
    assert_eq!((reused.status.as_u16(), reused.code()), (409, "idempotency-reuse"));
}

#[tokio::test]
async fn the_reading_of_a_file_is_stopped_once() {
    let hub = TestHub::start().await;
    let mut ada = ada(&hub).await;
    for _ in 0..2 {
        assert_eq!(upload(&mut ada, "a\n1\n").await.status, 202);
    }
    let mut script = ada.clone().with("idempotency-key", "stop");
    let stopped = script.post(&format!("{VERSIONS}/1/cancel"), Value::Null).await;
    assert_eq!((stopped.status.as_u16(), &stopped.json["state"]), (202, &json!("failed")));
    let why = stopped.json["error"]["message"].as_str().unwrap();
    assert!(why.starts_with("Reading it was cancelled by ada."), "{why}");
    let again = script.post(&format!("{VERSIONS}/1/cancel"), Value::Null).await;
    assert_eq!((again.status.as_u16(), &again.json), (202, &stopped.json));
    assert_eq!(hub.audit_lines().await.matches("dataset.cancel").count(), 1);
    let other = script.post(&format!("{VERSIONS}/2/cancel"), Value::Null).await;
    assert_eq!((other.status.as_u16(), other.code()), (409, "idempotency-reuse"));
    assert_eq!(ada.get(&format!("{VERSIONS}/2")).await.json["state"], "processing");
    let missing = ada.post(&format!("{VERSIONS}/3/cancel"), Value::Null).await;
    assert_eq!(missing.status, 404);
}
