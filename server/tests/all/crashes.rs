//! Killed at random, again and again: nothing is stuck, nothing is there twice, and what was
//! acknowledged is there.

use crate::jobs::many;
use crate::served::Served;
use futures_util::{StreamExt as _, stream};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use reqwest::{Body, Method, RequestBuilder};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};
use tokio::time::sleep;

/// So often each of them is killed.
const TIMES: usize = 20;

/// So long one waits for jobs to end.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_loses_and_doubles_nothing() {
    strike_again_and_again(Victim::Server, &[Moment::Upload, Moment::Ingest, Moment::Training])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_killed_loses_and_doubles_nothing() {
    // While a file arrives there is none.
    strike_again_and_again(Victim::Worker, &[Moment::Ingest, Moment::Training]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgres_that_is_killed_loses_and_doubles_nothing() {
    strike_again_and_again(Victim::Postgres, &[Moment::Upload, Moment::Ingest, Moment::Training])
        .await;
}

/// Who is killed.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Victim {
    /// The server, and every third time the workers with it.
    Server,
    Worker,
    /// PostgreSQL, and every third time the server with it: one whose database dies often waits ever
    /// longer before it starts it again.
    Postgres,
}

/// What is under way when somebody is killed.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Moment {
    /// A file arrives, slowly.
    Upload,
    /// It is being read.
    Ingest,
    /// A model is being trained.
    Training,
}

impl Moment {
    /// Milliseconds from the request to the blow, at most: by then it is mostly over.
    const fn longest(self) -> u64 {
        match self {
            Self::Upload => PIECES as u64 * PAUSE,
            Self::Ingest => 400,
            Self::Training => 1_000,
        }
    }
}

/// In so many pieces a slow file arrives.
const PIECES: usize = 20;
/// Milliseconds before each of them.
const PAUSE: u64 = 25;

async fn strike_again_and_again(victim: Victim, moments: &[Moment]) {
    let mut struck = Struck::start(random()).await;
    let mut hits = 0;
    for round in 0.. {
        assert!(round < 5 * TIMES, "{hits} blows of {round} hit anybody");
        if hits == TIMES {
            break;
        }
        let moment = moments[round % moments.len()];
        hits += usize::from(struck.round(victim, moment).await);
    }
    struck.nothing_is_stuck_or_there_twice().await;
    nothing_is_lost_and_nothing_left(&mut struck.served).await;
}

/// The seed of a test: another one each time, printed so that it can be tried again.
#[expect(clippy::disallowed_methods, reason = "given on the command line, to try a seed again")]
#[expect(clippy::print_stdout, reason = "shown when the test fails")]
fn random() -> StdRng {
    let given = std::env::var("SEED").ok().map(|seed| seed.parse().unwrap());
    let seed = given.unwrap_or_else(rand::random::<u64>);
    println!("seed {seed}: SEED={seed} tries it again");
    StdRng::seed_from_u64(seed)
}

/// A hub in which somebody is killed again and again, and what it has promised meanwhile.
struct Struck {
    served: Served,
    random: StdRng,
    /// The dataset that files are uploaded to.
    dataset: String,
    models: Vec<String>,
    /// The rows of each version that was acknowledged.
    versions: BTreeMap<u64, usize>,
    /// The runs that were acknowledged.
    runs: BTreeSet<u64>,
    blows: u32,
}

/// What came of a request, if one learnt it.
type Answer = Option<serde_json::Value>;

impl Struck {
    async fn start(random: StdRng) -> Self {
        let served = Served::start_alone().await;
        // A job may be hit more often than would be given up on outside of this test.
        served.value("ALTER TABLE jobs ALTER max_attempts SET DEFAULT 100").await;
        let table = served.dataset("points").await;
        served.upload(&table, points(2_000)).await;
        assert_eq!(served.settled(&table, 1).await["state"], "ready");
        let models = models(&served).await;
        let dataset = served.dataset("many").await;
        let (versions, runs) = (BTreeMap::new(), BTreeSet::new());
        Self { served, random, dataset, models, versions, runs, blows: 0 }
    }

    /// Asks for something, kills somebody meanwhile, and notes what was promised; whether anybody
    /// was killed.
    async fn round(&mut self, victim: Victim, moment: Moment) -> bool {
        self.wait_for_jobs(2).await;
        let rows = self.random.random_range(100..40_000);
        let request = match moment {
            Moment::Upload => self.upload(slowly(many(rows))),
            Moment::Ingest => self.upload(many(rows).into()),
            Moment::Training => self.train(),
        };
        let refusable = victim == Victim::Postgres;
        let sending = tokio::spawn(answer(request, refusable));
        if victim == Victim::Worker {
            self.served.worker().await;
        }
        let delay = self.random.random_range(0..moment.longest());
        sleep(Duration::from_millis(delay)).await;
        let hit = self.strike(victim);
        if let Some(promised) = sending.await.unwrap() {
            self.note(moment, &promised, rows);
        }
        hit
    }

    fn upload(&self, body: Body) -> RequestBuilder {
        let at = format!("{}/versions?name=many.csv", self.dataset);
        self.served.request(Method::POST, &at).body(body)
    }

    /// Models take turns.
    fn train(&mut self) -> RequestBuilder {
        let train = format!("{}/train", self.models[0]);
        self.models.rotate_left(1);
        self.served.request(Method::POST, &train).json(&json!({"dataset": "points"}))
    }

    fn note(&mut self, moment: Moment, promised: &serde_json::Value, rows: usize) {
        let number = |key: &str| promised[key].as_u64().unwrap();
        let new = match moment {
            Moment::Upload | Moment::Ingest => {
                self.versions.insert(number("version"), rows).is_none()
            }
            Moment::Training => self.runs.insert(number("run")),
        };
        assert!(new, "{promised} was given twice");
    }

    fn strike(&mut self, victim: Victim) -> bool {
        self.blows += 1;
        let (both, served) = (self.blows.is_multiple_of(3), &mut self.served);
        match victim {
            Victim::Server => {
                served.kill();
                if both {
                    end(&served.workers());
                }
                served.start_again();
                true
            }
            Victim::Worker => end(&served.workers()),
            Victim::Postgres => {
                let hit = end(served.postmaster().as_slice());
                if both {
                    served.kill();
                    served.start_again();
                }
                hit
            }
        }
    }

    /// Waits until the server can do everything and at most so many jobs are open. The pauses
    /// before further attempts are for others.
    async fn wait_for_jobs(&self, at_most: u64) {
        let served = &self.served;
        served.ready().await;
        let began = Instant::now();
        while served.count("jobs WHERE state IN ('ready', 'running')").await > at_most {
            served.value("UPDATE jobs SET run_at = now() WHERE state = 'ready'").await;
            assert!(began.elapsed() < PATIENCE, "some jobs do not end: {}", served.job_logs());
            sleep(Duration::from_millis(50)).await;
        }
    }

    async fn nothing_is_stuck_or_there_twice(&self) {
        self.wait_for_jobs(0).await;
        let served = &self.served;
        assert!(!self.versions.is_empty() && !self.runs.is_empty(), "something was promised");
        for (version, rows) in &self.versions {
            let seen = served.settled(&self.dataset, *version).await;
            assert_eq!((&seen["state"], &seen["rows"]), (&json!("ready"), &json!(rows)), "{seen}");
        }
        // Those whose answer was lost on the way are there and read as well.
        let versions = served.count("dataset_versions").await;
        assert_eq!(served.count("dataset_versions WHERE state <> 'ready'").await, 0);
        assert_eq!(served.get(&self.dataset).await["current"], versions - 1, "and the points");
        let runs = served.count("runs").await;
        for run in 1..=runs {
            let seen = served.ended(run).await;
            assert_eq!(seen["status"], "finished", "{seen}");
        }
        assert!(self.runs.iter().all(|run| *run <= runs), "{:?} of {runs}", self.runs);

        assert_eq!(served.count("jobs WHERE state <> 'finished'").await, 0);
        assert_eq!(served.count("jobs").await, versions + runs);
        assert_eq!(served.count("audit WHERE action = 'job.finish'").await, versions + runs);
        let once = "(SELECT DISTINCT run_id FROM model_versions) one";
        assert_eq!(served.count(once).await, runs, "each run published");
        assert_eq!(served.count("model_versions").await, runs, "and none twice");
        for (table, owner) in [("model_versions", "model_id"), ("dataset_versions", "dataset_id")] {
            let gaps = format!(
                "(SELECT FROM {table} GROUP BY {owner} \
                 HAVING max(version) <> count(*) OR min(version) <> 1) gaps"
            );
            assert_eq!(served.count(&gaps).await, 0, "{table} are numbered without a gap");
        }
        let gaps =
            "runs WHERE last_seq <> (SELECT count(*) FROM run_events WHERE run_id = runs.id)";
        assert_eq!(served.count(gaps).await, 0, "events are numbered without a gap");
        served.idle().await;
    }
}

/// What the server promises, if it lives to say so. One without its database may say that it cannot.
async fn answer(request: RequestBuilder, refusable: bool) -> Answer {
    let answer = request.send().await.ok()?;
    if refusable && answer.status() == 503 {
        return None;
    }
    assert_eq!(answer.status(), 202);
    answer.json().await.ok()
}

/// Kills processes; whether there was any.
fn end(processes: &[Pid]) -> bool {
    // Each may have ended meanwhile.
    processes.iter().filter(|process| kill(**process, Signal::SIGKILL).is_ok()).count() > 0
}

/// A file that takes its time to arrive.
fn slowly(text: String) -> Body {
    let size = text.len().div_ceil(PIECES);
    let pieces: Vec<Vec<u8>> = text.into_bytes().chunks(size).map(<[u8]>::to_vec).collect();
    Body::wrap_stream(stream::iter(pieces).then(async |piece| {
        sleep(Duration::from_millis(PAUSE)).await;
        Ok::<_, std::io::Error>(piece)
    }))
}

/// Two classes that overlap, so that there is something to learn.
pub(crate) fn points(rows: u32) -> String {
    let mut text = String::from("x,y,class\n");
    for row in 0..rows {
        let (x, y) = (row * 7_919 % 1_009, row * 104_729 % 1_013);
        let class = if x + y + row % 97 * 5 > 1_200 { "far" } else { "near" };
        writeln!(text, "{x},{y},{class}").unwrap();
    }
    text
}

/// Models that take a second or so to train; their addresses.
async fn models(served: &Served) -> Vec<String> {
    let all = "/api/v1/projects/ada/titanic/models";
    let mut made = Vec::new();
    for (kind, params) in [
        ("lightgbm", json!({"trees": 120, "early_stopping": 0})),
        ("mlp", json!({"epochs": 6, "early_stopping": 0})),
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
        sleep(Duration::from_millis(50)).await;
    }
    for file in files(&store) {
        let digest = Sha256::digest(std::fs::read(&file).unwrap());
        assert_eq!(hex::encode(digest), name(&file));
    }
}

/// The files in a folder and below it.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    // What the server removes meanwhile is not there.
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}
