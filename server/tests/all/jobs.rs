//! From an upload to a table, by processes that are really started, and really killed.

use crate::browser::{Browser, serve};
use crate::served::Served;
use axum::body::Body;
use mlhub_jobs::{Local, Settings};
use mlhub_testing::TestHub;
use nix::sys::signal::{Signal, kill};
use reqwest::{Method, StatusCode};
use serde_json::json;
use std::fmt::Write as _;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

const PASSENGERS: &str =
    "name,age,fare\n\"Braund, Owen\",22,7.25\n\"Cumings, Florence\",38,71.2833\nHeikkinen,,7.925\n";

/// So many rows, to keep a job busy for a moment.
pub(crate) fn many(rows: usize) -> String {
    let mut text = String::from("id,name,value\n");
    for row in 0..rows {
        writeln!(text, "{row},name {},{}.5", row % 97, row % 1_013).unwrap();
    }
    text
}

async fn attempts(served: &Served) -> String {
    served.value("SELECT attempt FROM jobs ORDER BY id DESC LIMIT 1").await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_becomes_a_table_to_look_at_and_to_download() {
    let served = Served::start().await;
    let dataset = served.dataset("passengers").await;
    let taken = served.upload(&dataset, PASSENGERS).await;
    assert_eq!((&taken["version"], &taken["state"]), (&json!(1), &json!("processing")));
    let version = served.settled(&dataset, 1).await;
    assert_eq!((&version["state"], &version["rows"]), (&json!("ready"), &json!(3)), "{version}");
    let columns = json!([
        {"name": "name", "type": "text"},
        {"name": "age", "type": "integer"},
        {"name": "fare", "type": "number"},
    ]);
    assert_eq!(version["columns"], columns);
    assert_eq!(version["original_name"], "passengers.csv");
    let job = served.get(&format!("/api/v1/jobs/{}", taken["job"])).await;
    assert_eq!((&job["state"], &job["kind"]), (&json!("finished"), &json!("ingest")));
    assert_eq!(served.get(&dataset).await["current"], 1);

    let at = format!("{dataset}/versions/1");
    let query = "rows?where=fare:lt:50&where=age:notnull&columns=fare,name&sort=-fare";
    let rows = served.get(&format!("{at}/{query}")).await;
    assert_eq!((&rows["total"], &rows["rows"]), (&json!(1), &json!([[7.25, "Braund, Owen"]])));
    let refused =
        served.request(Method::GET, &format!("{at}/rows?where=fare:lt:much")).send().await.unwrap();
    assert_eq!(refused.status(), 422);
    let profile = served.get(&format!("{at}/profile")).await;
    assert_eq!((&profile["rows"], &profile["columns"][1]["missing"]), (&json!(3), &json!(1)));
    assert_eq!(served.get(&format!("{at}/rejected")).await, json!({"total": 0, "items": []}));

    let csv =
        served.request(Method::GET, &format!("{at}/download?format=csv")).send().await.unwrap();
    let disposition = csv.headers()["content-disposition"].to_str().unwrap();
    assert!(disposition.starts_with("attachment; filename=\"passengers-v1.csv\""), "{disposition}");
    assert_eq!(csv.headers()["content-security-policy"], "sandbox");
    assert_eq!(csv.text().await.unwrap(), PASSENGERS);
    let part = served.request(Method::GET, &format!("{at}/download")).header("range", "bytes=0-3");
    let part = part.send().await.unwrap();
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.headers()["content-range"], format!("bytes 0-3/{}", PASSENGERS.len()));
    assert_eq!(part.text().await.unwrap(), "name");
    assert_eq!(std::fs::read_dir(served.data().join("tmp")).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_table_fails_with_its_reason_and_stays_downloadable() {
    let served = Served::start().await;
    let dataset = served.dataset("broken").await;
    served.upload(&dataset, "").await;
    let version = served.settled(&dataset, 1).await;
    assert_eq!(version["state"], "failed");
    assert!(version["error"]["message"].as_str().unwrap().contains("empty"), "{version}");
    let rows =
        served.request(Method::GET, &format!("{dataset}/versions/1/rows")).send().await.unwrap();
    assert_eq!(rows.status(), 409);
    let original = served
        .request(Method::GET, &format!("{dataset}/versions/1/download"))
        .send()
        .await
        .unwrap();
    assert_eq!((original.status(), original.bytes().await.unwrap().len()), (StatusCode::OK, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_job_of_the_same_user_cannot_read_the_token_of_one() {
    let served = Served::start().await;
    let dataset = served.dataset("many").await;
    served.upload(&dataset, many(600_000)).await;
    let worker = served.worker().await;
    let began = Instant::now();
    // As the user that jobs run as, when the tests run as root. It hides as soon as it starts, and
    // has its token only then.
    let peek = |file: &str| {
        let status = std::fs::read_to_string(format!("/proc/{worker}/status")).unwrap();
        let ids = |key: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap();
            line.split_whitespace().next().unwrap().parse().unwrap()
        };
        let mut cat = std::process::Command::new("cat");
        cat.arg(format!("/proc/{worker}/{file}")).uid(ids("Uid:")).gid(ids("Gid:"));
        let output = cat.output().unwrap();
        output.status.success().then_some(output.stdout)
    };
    while let Some(seen) = peek("environ") {
        let seen = String::from_utf8_lossy(&seen);
        assert!(!seen.contains("mlhj_") && began.elapsed() < Duration::from_secs(2), "{seen}");
    }
    assert!(peek("mem").is_none());
    assert!(peek("cmdline").is_some(), "it is there, and hides only what is secret");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_worker_is_noticed_and_the_file_is_read_again() {
    let served = Served::start().await;
    let dataset = served.dataset("many").await;
    served.upload(&dataset, many(50_000)).await;
    kill(served.worker().await, Signal::SIGKILL).unwrap();
    let version = served.settled(&dataset, 1).await;
    assert_eq!(
        (&version["state"], &version["rows"]),
        (&json!("ready"), &json!(50_000)),
        "{version}"
    );
    assert_eq!(attempts(&served).await, "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_outlives_the_server_and_hands_its_result_to_the_next() {
    let mut served = Served::start().await;
    let dataset = served.dataset("many").await;
    served.upload(&dataset, many(600_000)).await;
    served.worker().await;
    served.kill();
    served.start_again();
    let version = served.settled(&dataset, 1).await;
    assert_eq!(
        (&version["state"], &version["rows"]),
        (&json!("ready"), &json!(600_000)),
        "{version}"
    );
    assert_eq!(attempts(&served).await, "1");
}

/// A program in the place of `mlhub job`. In its first attempt at `job` it never says that it has
/// hidden; else it writes its token down, and ends.
fn hesitant(folder: &Path, job: &str) -> PathBuf {
    let program = folder.join("hesitant");
    let script = format!(
        "#!/bin/sh\ncase \"$(pwd)\" in */{job}-1) exec /bin/sleep 600 ;; esac\n\
         printf x >&0\nexec /bin/cat >{}\n",
        folder.join("token").display()
    );
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
    program
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_does_not_hide_keeps_nobody_waiting_and_loses_its_attempt_alone() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let mut ada = Browser::signed_up(&app, "ada").await;
    ada.post("/api/v1/projects", json!({"name": "p"})).await;
    ada.post("/api/v1/projects/ada/p/datasets", json!({"name": "d"})).await;
    let mut jobs = Vec::new();
    for _ in 0..2 {
        let upload = "/api/v1/projects/ada/p/datasets/d/versions?name=a.csv";
        let taken = ada.send(Method::POST, upload, Body::from("a\n1\n")).await;
        jobs.push(taken.json["job"].to_string());
    }
    let folder = hub.folder().join("jobs");
    let reap_every = Duration::from_millis(50);
    let settings = Settings { slots: 2, reap_every, ..Settings::default() };
    let program = hesitant(hub.folder(), &jobs[0]);
    let local = Local::open(&folder, program, "http://127.0.0.1:9".into(), &settings).unwrap();
    let (node, live, stop) = (hub.hub().clone(), hub.live().clone(), CancellationToken::new());
    let runner = tokio::spawn(mlhub_jobs::run(node, local, live, settings, stop.clone()));
    let began = Instant::now();
    let patience = async |what: &str| {
        assert!(began.elapsed() < Duration::from_secs(60), "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    };

    let first = format!("SELECT state || ' ' || attempt FROM jobs WHERE id = {}", jobs[0]);
    let token = || fs::read_to_string(hub.folder().join("token")).unwrap_or_default();
    while !token().starts_with("mlhj_") {
        patience("the other one has no token").await;
    }
    // The runner looks around meanwhile: it finds what nobody is at work on, and only that.
    fs::create_dir(folder.join("999-1")).unwrap();
    while folder.join("999-1").exists() {
        patience("nobody looks around").await;
    }
    assert_eq!(hub.database().value(&first).await.as_deref(), Some("running 1"));

    while hub.database().value(&first).await.as_deref() == Some("running 1") {
        patience("nobody gives up on the first one").await;
    }
    stop.cancel();
    runner.await.unwrap();
}
