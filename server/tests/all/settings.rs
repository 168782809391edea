//! What the operator decides: where it is said, and that it holds.

use crate::jobs::many;
use crate::served::{Said, Served};
use mlhub_testing::TestHub;
use nix::unistd::Pid;
use reqwest::Method;
use serde_json::json;
use std::fs;
use std::time::{Duration, Instant};

/// What bounds a process, by the name that the kernel has for it.
fn limit(process: Pid, name: &str) -> Option<u64> {
    let limits = fs::read_to_string(format!("/proc/{process}/limits")).ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flag_goes_before_a_variable_before_the_file_and_each_of_them_holds() {
    let served = Served::told(Said {
        flags: &["--upload-limit", "20000000"],
        variables: &[("MLHUB_JOB_SCRATCH", "3000000000"), ("MLHUB_UPLOAD_LIMIT", "10")],
        file: "registration = \"closed\"\njob-memory = 2000000000\njob-scratch = 4000000000\n\
               upload-limit = 11\n",
        ..Said::default()
    })
    .await;
    // The file alone, though people on this machine could sign up by default.
    let account = TestHub::account("eve");
    let account = json!({"email": account.email, "password": account.password, "username": "eve"});
    let answer = served.request(Method::POST, "/api/v1/signup").json(&account).send().await;
    assert_eq!(answer.unwrap().status(), 403);

    let dataset = served.dataset("many").await;
    let answer = served.upload_request(&dataset, "x".repeat(20_000_001)).send().await.unwrap();
    assert_eq!(answer.status(), 413, "the flag bounds it");
    served.upload(&dataset, many(600_000)).await;
    let worker = served.worker().await;
    let began = Instant::now();
    let seen = || (limit(worker, "Max data size"), limit(worker, "Max file size"));
    // As soon as it has been told, and before it reads anything.
    while seen() != (Some(2_000_000_000), Some(3_000_000_000)) {
        assert!(began.elapsed() < Duration::from_secs(20), "it may use {:?}", seen());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let version = served.settled(&dataset, 1).await;
    assert_eq!(version["state"], "ready", "{version}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_needs_more_memory_than_is_set_fails_alone_and_says_so() {
    let served =
        Served::told(Said { flags: &["--job-memory", "40000000"], ..Said::default() }).await;
    let dataset = served.dataset("many").await;
    served.upload(&dataset, many(600_000)).await;
    let version = served.settled(&dataset, 1).await;
    assert_eq!(version["state"], "failed", "{version}");
    let message = version["error"]["message"].as_str().unwrap();
    assert!(message.contains("more memory than a job may use"), "{message}");
    served.upload(&dataset, "a\n1\n").await;
    let version = served.settled(&dataset, 2).await;
    assert_eq!(version["state"], "ready", "{version}");
}
