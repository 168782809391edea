//! Killed at random, again and again: nothing is stuck, nothing is there twice, and what was
//! acknowledged is there.

use crate::jobs::many;
use crate::served::Served;
use nix::sys::signal::{Signal, kill};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use std::collections::BTreeMap;
use std::time::Duration;

const ROUNDS: u64 = 20;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_killed_whenever_every_acknowledged_upload_becomes_one_version() {
    let seed = rand::random::<u64>();
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let mut served = Served::start().await;
    // A job may be hit more often than would be given up on outside of this test.
    served.database().execute("ALTER TABLE jobs ALTER max_attempts SET DEFAULT 100").await;
    let dataset = served.dataset("many").await;
    let mut acknowledged = BTreeMap::new();
    for round in 0..ROUNDS {
        let rows = random.random_range(100..40_000);
        let upload = served.upload_request(&dataset, many(rows));
        let sending = tokio::spawn(async move {
            let answer = upload.send().await.ok()?;
            assert_eq!(answer.status(), 202);
            answer.json::<serde_json::Value>().await.ok()?["version"].as_u64()
        });
        tokio::time::sleep(Duration::from_millis(random.random_range(0..500))).await;
        if random.random_bool(0.3) {
            for worker in served.workers() {
                // It may have ended meanwhile.
                let _ = kill(worker, Signal::SIGKILL);
            }
        } else {
            served.kill();
            served.start_again();
        }
        if let Some(version) = sending.await.unwrap() {
            let twice = acknowledged.insert(version, rows);
            assert_eq!(twice, None, "round {round}: version {version} was given twice");
        }
    }
    assert!(!acknowledged.is_empty());
    for (version, rows) in &acknowledged {
        let seen = served.settled(&dataset, *version).await;
        assert_eq!(seen["state"], "ready", "{seen}");
        assert_eq!(seen["rows"], *rows as u64, "version {version}");
    }
    let count = async |what: &str| {
        served.database().value(&format!("SELECT count(*) FROM {what}")).await.unwrap()
    };
    // Those whose answer was lost on the way are there and read as well.
    let versions: u64 = count("dataset_versions").await.parse().unwrap();
    for version in 1..=versions {
        assert_eq!(served.settled(&dataset, version).await["state"], "ready");
    }
    assert_eq!(count("jobs WHERE state = 'finished'").await, versions.to_string());
    assert_eq!(count("jobs").await, versions.to_string());
    assert_eq!(count("audit WHERE action = 'job.finish'").await, versions.to_string());
    assert_eq!(served.get(&dataset).await["current"], versions);
    served.idle().await;
}
