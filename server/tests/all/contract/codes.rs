//! Codes that only a full disk, an unreachable database or somebody at the same moment can raise; and
//! that no code stands in the table for nothing.

use super::keys;
use crate::browser::{Browser, serve};
use crate::served::{Said, Served};
use mlhub_db::AsyncConnection as _;
use mlhub_db::idempotency::{Request, hold};
use mlhub_domain::problem::Code;
use mlhub_testing::TestHub;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Where tests ask the server or `hub`: in folders of their own, and at the end of what they test.
const TESTS: [&str; 4] = ["tests/all", "../crates/hub/tests/all", "src", "../crates/hub/src"];

#[test]
fn every_code_of_the_table_is_expected_by_some_test() {
    let mut tests = String::new();
    for folder in TESTS {
        gather(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut tests);
    }
    let named = |code: &&Code| {
        let (quoted, name) = (format!("\"{}\"", code.as_str()), format!("Code::{code:?}"));
        let whole = |found: &str| !found.starts_with(|next: char| next.is_alphanumeric());
        tests.contains(&quoted) || tests.split(&name).skip(1).any(whole)
    };
    let forgotten: Vec<&Code> = Code::ALL.iter().filter(|code| !named(code)).collect();
    assert!(forgotten.is_empty(), "no test expects {forgotten:?}");
}

fn gather(folder: &Path, tests: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, tests);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let whole = path.components().any(|part| part.as_os_str() == "tests");
            let inner = || text.split_once("#[cfg(test)]").map_or("", |(_, tests)| tests);
            tests.push_str(if whole { &text } else { inner() });
        }
    }
}

#[tokio::test]
async fn a_model_that_cannot_be_trained_and_a_name_that_is_taken_are_refused() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let at = hub.project("ada/titanic").await.api();
    let mut ada = Browser::script(&app, &hub, &hub.user("ada").await, "edit").await;
    let model = |kind: &str| {
        let spec = json!({"task": "regression", "target": "age", "algorithm": {"kind": kind}});
        json!({"name": "age", "spec": spec})
    };
    let wrong = ada.post(&format!("{at}/models"), model("logistic")).await;
    assert_eq!((wrong.status.as_u16(), wrong.code()), (422, "invalid-spec"));
    assert_eq!(wrong.json["fields"][0]["field"], "spec.algorithm.kind", "{wrong:?}");
    let mut nameless = model("ridge");
    nameless["spec"]["target"] = "".into();
    let nameless = ada.post(&format!("{at}/models"), nameless).await;
    assert_eq!(nameless.json["detail"], "“spec.target”: name the column to predict.");
    assert_eq!(ada.post(&format!("{at}/models"), model("ridge")).await.status, 201);
    let taken = ada.post(&format!("{at}/models"), model("ridge")).await;
    assert_eq!((taken.status.as_u16(), taken.code()), (409, "model-name-taken"));
    assert_eq!(taken.json["fields"][0]["field"], "name");
}

#[tokio::test]
async fn who_repeats_a_request_that_never_ends_is_told_to_wait() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let ada = hub.user("ada").await;
    let mut script = Browser::script(&app, &hub, &ada, "edit").await.with("idempotency-key", "k");
    let mut conn = hub.pool().get().await.unwrap();
    let request = Request { user: ada.id().unwrap(), key: "k", fingerprint: &[] };
    conn.transaction(async |conn| {
        assert!(hold(conn, &request).await?);
        let busy = script.post("/api/v1/projects", json!({"name": "titanic"})).await;
        assert_eq!((busy.status.as_u16(), busy.code()), (409, "idempotency-busy"));
        Ok::<_, mlhub_db::Error>(())
    })
    .await
    .unwrap();
    let made = script.post("/api/v1/projects", json!({"name": "titanic"})).await;
    assert_eq!(made.status, 201, "nothing was made before: {made:?}");
}

#[tokio::test]
async fn while_the_database_is_away_scripts_and_people_are_told_to_try_again() {
    let hub = TestHub::start().await;
    hub.admin("root").await;
    let app = serve(&hub, None);
    let ada = hub.user("ada").await;
    let mut script = Browser::script(&app, &hub, &ada, "edit").await;
    hub.database().close().await;
    let away = script.get("/api/v1/projects").await;
    assert_eq!((away.status.as_u16(), away.code()), (503, "unavailable"));
    assert_eq!(away.header("retry-after"), "5");
    assert!(!away.text.contains("connection"), "{}", away.text);

    let mut person = script.with("accept", "text/html");
    let page = person.get("/explore").await;
    assert_eq!((page.status.as_u16(), page.header("retry-after")), (503, "5"));
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.text.contains("The database does not answer"), "{}", page.text);
    assert!(page.text.contains("href=\"/explore\""), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_for_which_there_is_no_room_is_refused_and_nothing_of_it_stays() {
    let served = Served::told(Said { cramped: true, ..Said::default() }).await;
    let dataset = served.dataset("passengers").await;
    let answer = served.upload_request(&dataset, "a\n".repeat(50_000)).send().await.unwrap();
    assert_eq!(answer.status(), 507);
    let problem: Value = answer.json().await.unwrap();
    keys(&problem, "type title status detail code fields request_id");
    assert_eq!(problem["code"], "storage-full");
    assert!(problem["detail"].as_str().unwrap().contains("Tell the administrator"), "{problem}");
    let left = fs::read_dir(served.data().join("objects/tmp")).unwrap().count();
    assert_eq!(
        (left, served.count("objects").await, served.count("dataset_versions").await),
        (0, 0, 0)
    );
    served.upload(&dataset, "a\n1\n").await;
}
