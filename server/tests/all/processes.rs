//! Processes, as the kernel sees them: what the server and its jobs gave up, and how they end.

use crate::browser::{Browser, serve};
use crate::crashes::{files, points};
use crate::jobs::many;
use crate::served::Served;
use axum::body::Body;
use futures_util::{StreamExt as _, stream};
use mlhub_db::cluster::Cluster;
use mlhub_jobs::{Local, Settings};
use mlhub_testing::{TestHub, database};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, geteuid};
use reqwest::Method;
use serde_json::json;
use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until something is so; `what` is said of it when it does not come.
async fn until(what: &str, mut done: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !done().await {
        assert!(began.elapsed() < PATIENCE, "{what}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// What the kernel says of a process.
fn told(process: Pid, file: &str) -> String {
    fs::read_to_string(format!("/proc/{process}/{file}")).unwrap()
}

/// The words behind `key` in what the kernel says of a process.
fn words(process: Pid, file: &str, key: &str) -> Vec<String> {
    let text = told(process, file);
    let line = text.lines().find_map(|line| line.strip_prefix(key));
    line.unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}

/// Says why a test looked at less than it could have.
#[expect(clippy::print_stdout, reason = "shown with --nocapture")]
fn skipped(why: &str) {
    println!("skipped: {why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_root_starts_is_somebody_else_and_so_are_its_database_and_its_jobs() {
    if !geteuid().is_root() {
        return skipped("whoever is not root has nothing to give up");
    }
    let served = Served::start_alone().await;
    let dataset = served.dataset("many").await;
    served.upload(&dataset, many(600_000)).await;
    let job = served.worker().await;
    for process in [served.pid(), served.postmaster().unwrap(), job] {
        let owner = fs::metadata(served.data()).unwrap();
        let owner = std::os::unix::fs::MetadataExt::uid(&owner).to_string();
        assert_ne!(owner, "0");
        // Real, effective, saved, of the file system: none of them leads back.
        assert_eq!(words(process, "status", "Uid:"), vec![owner; 4]);
        assert!(!words(process, "status", "Gid:").contains(&"0".into()));
        assert!(!words(process, "status", "Groups:").contains(&"0".into()));
    }
}

/// What the kernel lets a process do.
#[derive(Debug, PartialEq)]
struct Bounds {
    /// Whether it may become more than it is.
    more_privileges: bool,
    /// Whether it ends when the server's terminal hangs up.
    hangs_up: bool,
    /// The largest core dump, file and data in bytes, each as it is and as it may be made.
    limits: [[Option<u64>; 2]; 3],
}

impl Bounds {
    fn of(process: Pid) -> Self {
        let word = |key| words(process, "status", key).remove(0);
        let blocked = u64::from_str_radix(&word("SigBlk:"), 16).unwrap();
        let limit = |key| {
            let words = words(process, "limits", key);
            [0, 1].map(|i| words[i].parse().ok())
        };
        Self {
            more_privileges: word("NoNewPrivs:") != "1",
            hangs_up: blocked >> (Signal::SIGHUP as i32 - 1) & 1 == 0,
            limits: ["Max core file size", "Max file size", "Max data size"].map(limit),
        }
    }
}

/// Bytes of the machine's memory.
fn memory() -> u64 {
    let meminfo = fs::read_to_string("/proc/meminfo").unwrap();
    let total = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:")).unwrap();
    total.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_has_given_up_what_it_never_needs_and_knows_nothing_of_the_server() {
    let served = Served::start().await;
    let dataset = served.dataset("many").await;
    served.upload(&dataset, many(600_000)).await;
    let job = served.worker().await;
    let scratch = Some(64 << 30);
    let mut bounds = Bounds::of(job);
    // It has hidden and has its token; the rest it does at once.
    until("it restrains itself", async || {
        bounds = Bounds::of(job);
        bounds.limits[2][0].is_some()
    })
    .await;
    let [_, _, data] = bounds.limits;
    let wanted = Bounds {
        more_privileges: false,
        hangs_up: false,
        limits: [[Some(0); 2], [scratch; 2], [data[0]; 2]],
    };
    assert_eq!(bounds, wanted);
    assert!(data[0].unwrap() <= memory() / 10 * 9, "{data:?} of {}", memory());

    if !geteuid().is_root() {
        return skipped("its environment is hidden from everybody but root");
    }
    let environment = told(job, "environ");
    let names = environment.split_terminator('\0').map(|line| line.split_once('=').unwrap().0);
    let known = [
        "CANDLE_NUM_THREADS",
        "MLHUB_JOB_LEASE",
        "MLHUB_JOB_MEMORY",
        "MLHUB_JOB_SCRATCH",
        "MLHUB_JOB_URL",
        "OMP_NUM_THREADS",
        "OMP_STACKSIZE",
        "OMP_WAIT_POLICY",
        "RAYON_NUM_THREADS",
        "TMPDIR",
    ];
    assert_eq!(names.collect::<BTreeSet<_>>(), BTreeSet::from(known));
    assert!(!environment.contains("mlhj_") && !environment.contains("postgres"), "{environment}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_does_not_heed_its_cancel_is_killed_when_its_grace_is_over() {
    let served = Served::start().await;
    let dataset = served.dataset("points").await;
    served.upload(&dataset, points(2_000)).await;
    served.settled(&dataset, 1).await;
    until("the file is read", async || served.workers().is_empty()).await;
    let models = "/api/v1/projects/ada/titanic/models";
    let algorithm = json!({"kind": "mlp", "params": {"epochs": 10_000, "early_stopping": 0}});
    let spec = json!({"task": "classification", "target": "class", "algorithm": algorithm});
    served.post(models, json!({"name": "slow", "spec": spec})).await;
    served.post(&format!("{models}/slow/train"), json!({"dataset": "points"})).await;
    let job = served.worker().await;
    // It hears nothing any more.
    kill(job, Signal::SIGSTOP).unwrap();
    let cancel = "/api/v1/projects/ada/titanic/runs/1/cancel";
    assert_eq!(served.request(Method::POST, cancel).send().await.unwrap().status(), 202);
    // The grace is half a minute: of this most has gone by.
    let asked = "UPDATE jobs SET cancel_requested_at = now() - interval '26 seconds' \
                 WHERE cancel_requested_at IS NOT NULL RETURNING id";
    assert!(served.value(asked).await.is_some());
    let began = Instant::now();
    until("it is killed", async || !Path::new(&format!("/proc/{job}")).exists()).await;
    assert!(began.elapsed() > Duration::from_secs(3), "it had no grace");
    let run = served.ended(1).await;
    assert_eq!((&run["status"], &run["model"]), (&json!("cancelled"), &json!(null)));
    served.idle().await;
}

/// A program in the place of `mlhub job`: it says that it has hidden, and then runs `script`.
fn stand_in(folder: &Path, script: &str) -> PathBuf {
    let program = folder.join("stand-in");
    fs::write(&program, format!("#!/bin/sh\nprintf x >&0\n{script}\n")).unwrap();
    fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
    program
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_fills_the_disk_is_killed_and_what_it_wrote_is_removed() {
    let hub = TestHub::start().await;
    hub.database().execute("ALTER TABLE jobs ALTER max_attempts SET DEFAULT 1").await;
    let app = serve(&hub, None);
    let mut ada = Browser::signed_up(&app, "ada").await;
    ada.post("/api/v1/projects", json!({"name": "p"})).await;
    ada.post("/api/v1/projects/ada/p/datasets", json!({"name": "d"})).await;
    let versions = "/api/v1/projects/ada/p/datasets/d/versions";
    ada.send(Method::POST, &format!("{versions}?name=a.csv"), Body::from("a\n1\n")).await;

    // Two files, of which each alone would do.
    let fill = |name| format!("head -c 700000 /dev/zero >{name}\n");
    let script = format!("{}{}exec sleep 600", fill("one"), fill("two"));
    let program = stand_in(hub.folder(), &script);
    let folder = hub.folder().join("jobs");
    let settings = Settings { scratch: 1 << 20, ..Settings::default() };
    let local = Local::open(&folder, program, "http://127.0.0.1:9".into(), &settings).unwrap();
    let (node, live, stop) = (hub.hub().clone(), hub.live().clone(), CancellationToken::new());
    let runner = tokio::spawn(mlhub_jobs::run(node, local, live, settings, stop.clone()));

    let version = format!("{versions}/1");
    until("nobody minds", async || ada.get(&version).await.json["state"] == "failed").await;
    let told = ada.get(&version).await.json["error"]["message"].to_string();
    assert!(told.contains("wrote more to its scratch folder than it may"), "{told}");
    until("it stays", async || files(&folder).iter().all(|file| file.ends_with("node"))).await;
    assert!(!folder.join("1-1").exists());
    stop.cancel();
    runner.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_told_to_stop_answers_what_was_asked_before_and_stops_the_database() {
    let mut served = Served::start_alone().await;
    let dataset = served.dataset("many").await;
    let postmaster = served.postmaster().unwrap();
    let text = many(1_000);
    let (first, second) = text.split_at(text.len() / 2);
    let (first, second) = (first.to_owned(), second.to_owned());
    let (go_on, wait) = oneshot::channel::<()>();
    let rest = async {
        wait.await.unwrap();
        Ok(second)
    };
    let pieces = stream::iter([Ok::<_, std::io::Error>(first)]).chain(stream::once(rest));
    let upload = served.request(Method::POST, &format!("{dataset}/versions?name=many.csv"));
    let upload = upload.body(reqwest::Body::wrap_stream(pieces));
    let sending = tokio::spawn(upload.send());
    let arriving = served.data().join("objects/tmp");
    until("the upload does not begin", async || !files(&arriving).is_empty()).await;

    served.stop();
    let address = served.address();
    until("it takes further requests", async || TcpStream::connect(&address).await.is_err()).await;
    assert_eq!(served.postmaster(), Some(postmaster), "it is needed for the answer");
    go_on.send(()).unwrap();
    let answer = sending.await.unwrap().unwrap();
    assert_eq!(answer.status(), 202);
    let answer: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(answer["version"], 1);
    assert!(served.end().success());
    assert_eq!(served.postmaster(), None);

    served.start_again();
    assert_ne!(served.postmaster().unwrap(), postmaster);
    let version = served.settled(&dataset, 1).await;
    assert_eq!((&version["state"], &version["rows"]), (&json!("ready"), &json!(1_000)));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_told_to_stop_while_it_starts_leaves_no_database_behind() {
    let mut served = Served::start_alone().await;
    served.kill();
    // At the line that says that it is ready.
    served.start_again();
    served.stop();
    assert!(served.end().success());
    assert_eq!(served.postmaster(), None);

    // While there is a database and nothing else.
    served.begin_again();
    until("no database starts", async || served.postmaster().is_some()).await;
    served.stop();
    assert!(served.end().success());
    assert_eq!(served.postmaster(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_serve_on_its_database_leaves_none_behind() {
    let mut served = Served::start_alone().await;
    let secret = served.data().join("secrets/session-signing.pem");
    let good = fs::read(&secret).unwrap();
    fs::write(&secret, "short").unwrap();
    served.kill();
    served.begin_again();
    assert!(!served.end().success());
    assert_eq!(served.postmaster(), None);

    fs::write(&secret, good).unwrap();
    served.start_again();
    let newer =
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231') RETURNING version";
    assert!(served.value(newer).await.is_some());
    served.kill();
    served.begin_again();
    assert!(!served.end().success());
    assert_eq!(served.postmaster(), None);
}

/// So long may it take to end for who waits for nothing of their own.
const SOON: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn who_is_told_to_stop_while_the_database_does_not_answer_ends_soon() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    // It takes connections and never says a word.
    let hole = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://ada@{}/mlhub", hole.local_addr().unwrap());
    let mut serve = tokio::process::Command::new(env!("CARGO_BIN_EXE_mlhub"));
    serve.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(folder.path().join("data"));
    let mut server = serve.env("DATABASE_URL", url).kill_on_drop(true).spawn().unwrap();
    let _asked = hole.accept().await.unwrap();
    let pid = Pid::from_raw(server.id().unwrap().try_into().unwrap());
    kill(pid, Signal::SIGTERM).unwrap();
    let ended = timeout(SOON, server.wait()).await.expect("it waits on");
    assert!(ended.unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_told_to_stop_while_another_migrates_ends_soon_and_stops_the_database() {
    let mut served = Served::start_alone().await;
    let url = Cluster::running_url(&served.data().join("postgres")).unwrap();
    let migrates = "SELECT pg_advisory_lock(x'6d6c687562'::bigint), pg_sleep(600)";
    let other = tokio::spawn(async move { database::value(&url, migrates).await });
    until("nobody migrates", async || {
        served.count("pg_stat_activity WHERE wait_event = 'PgSleep'").await == 1
    })
    .await;
    served.kill();
    served.begin_again();
    until("it does not wait", async || {
        served.count("pg_locks WHERE locktype = 'advisory' AND NOT granted").await == 1
    })
    .await;
    let told = Instant::now();
    served.stop();
    let mut ended = None;
    until("it waits on", async || {
        ended = served.ended_as();
        ended.is_some()
    })
    .await;
    assert!(ended.unwrap().success() && told.elapsed() < SOON, "{:?}", told.elapsed());
    assert_eq!(served.postmaster(), None);
    assert!(other.await.unwrap().is_err(), "the other one lost its database");
}
