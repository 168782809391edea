//! Killed at random, again and again: nothing is stuck, nothing is there twice, and what was
//! acknowledged is there.

use crate::jobs::many;
use crate::served::Served;
use nix::sys::signal::{Signal, kill};
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use reqwest::Method;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

const ROUNDS: u64 = 20;

/// The seed of a test: another one each time, printed so that it can be tried again.
#[expect(clippy::disallowed_methods, reason = "given on the command line, to try a seed again")]
#[expect(clippy::print_stdout, reason = "shown when the test fails")]
fn random() -> StdRng {
    let given = std::env::var("SEED").ok().map(|seed| seed.parse().unwrap());
    let seed = given.unwrap_or_else(rand::random::<u64>);
    println!("seed {seed}");
    StdRng::seed_from_u64(seed)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_killed_whenever_every_acknowledged_upload_becomes_one_version() {
    let mut random = random();
    let mut served = Served::start().await;
    // A job may be hit more often than would be given up on outside of this test.
    served.value("ALTER TABLE jobs ALTER max_attempts SET DEFAULT 100").await;
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
    // Those whose answer was lost on the way are there and read as well.
    let versions = served.count("dataset_versions").await;
    for version in 1..=versions {
        assert_eq!(served.settled(&dataset, version).await["state"], "ready");
    }
    assert_eq!(served.count("jobs WHERE state = 'finished'").await, versions);
    assert_eq!(served.count("jobs").await, versions);
    assert_eq!(served.count("audit WHERE action = 'job.finish'").await, versions);
    assert_eq!(served.get(&dataset).await["current"], versions);
    served.idle().await;
    nothing_is_lost_and_nothing_left(&mut served).await;
}

/// Whom a round kills.
#[derive(Clone, Copy, Debug)]
enum Victim {
    Server,
    Worker,
    Both,
    Postgres,
}

/// The rounds of a test in which trainings are hit: everybody often enough, in any order.
const VICTIMS: [(Victim, usize); 4] =
    [(Victim::Server, 6), (Victim::Worker, 6), (Victim::Both, 3), (Victim::Postgres, 5)];

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_killed_during_a_training_every_acknowledged_run_publishes_one_version() {
    let mut random = random();
    let mut served = Served::start_alone().await;
    served.value("ALTER TABLE jobs ALTER max_attempts SET DEFAULT 100").await;
    let dataset = served.dataset("points").await;
    served.upload(&dataset, points(2_000)).await;
    assert_eq!(served.settled(&dataset, 1).await["state"], "ready");
    let models = models(&served).await;
    let mut victims: Vec<Victim> =
        VICTIMS.iter().flat_map(|(victim, times)| vec![*victim; *times]).collect();
    victims.shuffle(&mut random);
    let mut acknowledged = BTreeSet::new();
    for (round, victim) in victims.into_iter().enumerate() {
        served.ready().await;
        let train = format!("{}/train", models[round % models.len()]);
        let body = serde_json::json!({"dataset": "points"});
        let train = served.request(Method::POST, &train).json(&body);
        let sending = tokio::spawn(async move {
            let answer = train.send().await.ok()?;
            // Without its database the server may say that it cannot.
            if answer.status() == 503 {
                return None;
            }
            assert_eq!(answer.status(), 202);
            answer.json::<serde_json::Value>().await.ok()?["run"].as_u64()
        });
        tokio::time::sleep(Duration::from_millis(random.random_range(0..700))).await;
        strike(&mut served, victim);
        hurry(&served).await;
        if let Some(run) = sending.await.unwrap() {
            assert!(acknowledged.insert(run), "round {round}: run {run} was given twice");
        }
    }
    served.ready().await;
    let began = Instant::now();
    while served.count("jobs WHERE state IN ('ready', 'running')").await > 0 {
        hurry(&served).await;
        let logs = || served.job_logs();
        assert!(began.elapsed() < Duration::from_secs(45), "some jobs do not end: {}", logs());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(!acknowledged.is_empty());
    let runs = served.count("runs").await;
    for run in 1..=runs {
        let seen = served.ended(run).await;
        assert_eq!(seen["status"], "finished", "{seen}");
    }
    assert!(acknowledged.iter().all(|run| *run <= runs), "{acknowledged:?} of {runs}");

    assert_eq!(served.count("jobs WHERE state <> 'finished'").await, 0);
    assert_eq!(served.count("jobs").await, runs + 1, "and the one that read the table");
    assert_eq!(served.count("audit WHERE action = 'job.finish'").await, runs + 1);
    let once = "(SELECT DISTINCT run_id FROM model_versions) one";
    assert_eq!(served.count(once).await, runs, "each run published");
    assert_eq!(served.count("model_versions").await, runs, "and none twice");
    let numbered = "(SELECT FROM model_versions GROUP BY model_id \
                     HAVING max(version) <> count(*) OR min(version) <> 1) gaps";
    assert_eq!(served.count(numbered).await, 0, "versions are numbered without a gap");
    let numbered =
        "runs WHERE last_seq <> (SELECT count(*) FROM run_events WHERE run_id = runs.id)";
    assert_eq!(served.count(numbered).await, 0, "events are numbered without a gap");
    served.idle().await;
    nothing_is_lost_and_nothing_left(&mut served).await;
}

/// The pauses before further attempts are for others.
async fn hurry(served: &Served) {
    served.value("UPDATE jobs SET run_at = now() WHERE state = 'ready'").await;
}

fn strike(served: &mut Served, victim: Victim) {
    if matches!(victim, Victim::Server | Victim::Both) {
        served.kill();
    }
    let hit = match victim {
        Victim::Server => Vec::new(),
        Victim::Worker | Victim::Both => served.workers(),
        Victim::Postgres => served.postmaster().into_iter().collect(),
    };
    for process in hit {
        // It may have ended meanwhile.
        let _ = kill(process, Signal::SIGKILL);
    }
    if matches!(victim, Victim::Server | Victim::Both) {
        served.start_again();
    }
}

/// Two classes that overlap, so that there is something to learn.
fn points(rows: u32) -> String {
    let mut text = String::from("x,y,class\n");
    for row in 0..rows {
        let (x, y) = (row * 7_919 % 1_009, row * 104_729 % 1_013);
        let class = if x + y + row % 97 * 5 > 1_200 { "far" } else { "near" };
        writeln!(text, "{x},{y},{class}").unwrap();
    }
    text
}

/// Models that take a second or two to train; their addresses.
async fn models(served: &Served) -> Vec<String> {
    let all = "/api/v1/projects/ada/titanic/models";
    let mut made = Vec::new();
    for (kind, params) in [
        ("lightgbm", json!({"trees": 200, "early_stopping": 0})),
        ("mlp", json!({"epochs": 10, "early_stopping": 0})),
    ] {
        let algorithm = json!({"kind": kind, "params": params});
        let spec = json!({"task": "classification", "target": "class", "algorithm": algorithm});
        served.post(all, json!({"name": kind, "spec": spec})).await;
        made.push(format!("{all}/{kind}"));
    }
    made
}

/// A day later, when what was begun in vain may go: the store holds what something points at, whole,
/// and nothing else.
async fn nothing_is_lost_and_nothing_left(served: &mut Served) {
    served.kill();
    let store = served.data().join("objects");
    let two_days_ago = SystemTime::now() - Duration::from_secs(2 * 24 * 3_600);
    for file in files(&store) {
        File::open(file).unwrap().set_modified(two_days_ago).unwrap();
    }
    for earlier in [
        "UPDATE objects SET created_at = now() - interval '2 days'",
        "UPDATE jobs SET finished_at = now() - interval '2 days'",
    ] {
        served.value(earlier).await;
    }
    served.start_again();
    let wanted = "SELECT string_agg(sha256, ' ' ORDER BY sha256) FROM ( \
        SELECT original_sha256 FROM dataset_versions UNION \
        SELECT table_sha256 FROM dataset_versions UNION \
        SELECT rejected_sha256 FROM dataset_versions WHERE rejected_sha256 IS NOT NULL UNION \
        SELECT artifact_sha256 FROM model_versions) all_of (sha256)";
    let wanted = served.value(wanted).await.unwrap();
    let wanted: BTreeSet<String> = wanted.split(' ').map(str::to_owned).collect();
    let name = |file: &PathBuf| file.file_name().unwrap().to_str().unwrap().to_owned();
    let began = Instant::now();
    loop {
        let there: BTreeSet<String> = files(&store).iter().map(name).collect();
        assert!(wanted.is_subset(&there), "lost: {:?}", wanted.difference(&there));
        if wanted == there {
            break;
        }
        let orphans: Vec<_> = there.difference(&wanted).collect();
        assert!(began.elapsed() < Duration::from_secs(30), "left behind: {orphans:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for file in files(&store) {
        let digest = Sha256::digest(std::fs::read(&file).unwrap());
        assert_eq!(hex::encode(digest), name(&file));
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    // What the server removes meanwhile is not there.
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}
