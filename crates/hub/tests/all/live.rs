//! The live fan-out: every event once, in order, on every node.

use crate::datasets::{dataset, send};
use crate::jobs::{ingest, take};
use crate::kind;
use mlhub_domain::ids::RunId;
use mlhub_domain::jobs::EventBatch;
use mlhub_domain::num::Num;
use mlhub_domain::problem::Kind;
use mlhub_domain::runs::{Event, Level, Progress, RunLog};
use mlhub_hub::jobs::Claim;
use mlhub_hub::models::{self, Training};
use mlhub_hub::{Hub, jobs, runs};
use mlhub_jobs::live::{Subscription, Update};
use mlhub_testing::TestHub;
use serde_json::json;
use std::collections::BTreeSet;
use tokio::sync::oneshot;

/// A run whose job was just taken.
pub(crate) async fn running(hub: &TestHub) -> (RunId, Claim) {
    let at = dataset(hub, "ada/titanic/passengers").await;
    send(hub, &at, "x,y\n1,a\n").await;
    ingest(hub).await;
    let ada = hub.user("ada").await;
    let spec = json!({"task": "classification", "target": "y", "algorithm": {"kind": "baseline"}});
    let spec = serde_json::from_value(spec).unwrap();
    let name = "survival".parse().unwrap();
    let model = models::create(hub, &ada, &at.project(), &name, &spec, None).await.unwrap();
    let training = Training { dataset: at.name.clone(), version: None };
    let started = models::train(hub, &ada, &model.path(), &training, None).await.unwrap();
    let claim = take(hub).await;
    assert_eq!(claim.attempt().job, started.job);
    let mut conn = hub.pool().get().await.unwrap();
    (mlhub_db::runs::of_job(&mut conn, started.job).await.unwrap(), claim)
}

/// Reports lines numbered from `first` to `last`.
pub(crate) async fn report(hub: &Hub, claim: Claim, first: u64, last: u64) {
    let line = |n: u64| Event::Log { level: Level::Info, message: n.to_string() };
    let batch = EventBatch { first, events: (first..=last).map(line).collect() };
    jobs::events(hub, claim, &batch).await.unwrap();
}

async fn until(watcher: &mut Subscription, last: u64) -> Vec<u64> {
    let mut seen = Vec::new();
    while seen.last() != Some(&last) {
        match watcher.next().await.unwrap() {
            Update::Events(events) => seen.extend(events.iter().map(|event| event.seq)),
            Update::Reset => panic!("nothing was missed"),
        }
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn watchers_on_every_node_get_each_event_once_and_in_order() {
    let hub = TestHub::start().await;
    let (run, claim) = running(&hub).await;
    let other = hub.another_node().await;
    // Event 1 says that the run is at work.
    let mut here = hub.live().subscribe(run, 0).await.unwrap();
    let mut there = other.live().subscribe(run, 0).await.unwrap();
    let writer = hub.hub().clone();
    let writing = tokio::spawn(async move {
        for first in (1..=200).step_by(5) {
            report(&writer, claim, first, first + 4).await;
        }
    });
    let mut late = other.live().subscribe(run, 30).await.unwrap();
    let all: Vec<u64> = (1..=201).collect();
    assert_eq!(until(&mut here, 201).await, all);
    assert_eq!(until(&mut there, 201).await, all);
    assert_eq!(until(&mut late, 201).await, all[30..]);
    writing.await.unwrap();
    let mut again = hub.live().subscribe(run, 195).await.unwrap();
    assert_eq!(until(&mut again, 201).await, all[195..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_who_does_not_read_misses_nothing() {
    let hub = TestHub::start().await;
    let (run, claim) = running(&hub).await;
    let mut slow = hub.live().subscribe(run, 0).await.unwrap();
    let mut quick = hub.live().subscribe(run, 0).await.unwrap();
    for first in 1..=150 {
        report(&hub, claim, first, first).await;
        until(&mut quick, first + 1).await;
    }
    // More readings went by than are kept for it: it reads the rows.
    assert_eq!(until(&mut slow, 151).await, (1..=151).collect::<Vec<_>>());
}

#[tokio::test]
async fn who_missed_too_much_is_told_to_fetch_the_state_anew() {
    let hub = TestHub::start().await;
    let (run, claim) = running(&hub).await;
    for first in (1..=12_000).step_by(2_000) {
        report(&hub, claim, first, first + 1_999).await;
    }
    let mut watcher = hub.live().subscribe(run, 0).await.unwrap();
    assert_eq!(watcher.next().await.unwrap(), Update::Reset);
    assert_eq!(watcher.after(), 12_001);
    report(&hub, claim, 12_001, 12_001).await;
    assert_eq!(until(&mut watcher, 12_002).await, [12_002]);
}

#[tokio::test]
async fn a_lost_attempt_of_a_training_is_said_in_its_run_and_another_one_goes_on() {
    let hub = TestHub::start().await;
    let (run, claim) = running(&hub).await;
    jobs::lost(&hub, claim.attempt(), "its process was killed").await.unwrap();
    let ada = hub.user("ada").await;
    let at = hub.project("ada/titanic").await.run(1);
    assert_eq!(runs::get(&hub, &ada, &at).await.unwrap().status.as_str(), "queued");
    hub.database().execute("UPDATE jobs SET run_at = now() WHERE state = 'ready'").await;
    let again = take(&hub).await;
    assert_eq!(again.attempt().number, 2);
    // Events of the new attempt are numbered from 1 by its process, and follow in the run.
    report(&hub, again, 1, 2).await;
    let seen = runs::get(&hub, &ada, &at).await.unwrap();
    assert_eq!((seen.status.as_str(), seen.seq), ("running", 6));
    let mut watcher = hub.live().subscribe(run, 4).await.unwrap();
    assert_eq!(until(&mut watcher, 6).await, [5, 6]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_looks_at_a_run_at_work_sees_one_moment_of_it() {
    let hub = TestHub::start().await;
    let (_, claim) = running(&hub).await;
    let (ada, at) = (hub.user("ada").await, hub.project("ada/titanic").await.run(1));
    let writer = hub.hub().clone();
    let (looked_at, looks) = oneshot::channel::<()>();
    let writing = tokio::spawn(async move {
        for step in (1..).take_while(|_| !looked_at.is_closed()) {
            let (unit, rows_per_second, remaining) = ("trees".into(), Num(0.0), None);
            let progress = Progress { done: step, total: step, unit, rows_per_second, remaining };
            let events = vec![
                Event::Metric { key: "train/loss".into(), step, value: Num(0.5) },
                Event::Log { level: Level::Info, message: step.to_string() },
                Event::Progress(progress),
            ];
            let batch = EventBatch { first: 3 * step - 2, events };
            jobs::events(&writer, claim, &batch).await.unwrap();
        }
    });
    // It works for as long as one looks, however slow one is.
    let mut steps = BTreeSet::new();
    while steps.len() < 20 && !writing.is_finished() {
        let seen = runs::moment(&hub, &ada, &at, 1).await.unwrap();
        let step = seen.run.progress.map_or(0, |progress| progress.done);
        let said = seen.log.lines.last().map_or(0, |line| line.message.parse().unwrap());
        let drawn = seen.series.first().and_then(|curve| curve.points.last());
        assert_eq!((said, drawn.map_or(0, |point| point.0)), (step, step));
        // Event 1 says that the run is at work.
        assert_eq!(seen.run.seq, 1 + 3 * step);
        steps.insert(step);
    }
    drop(looks);
    writing.await.unwrap();
}

#[tokio::test]
async fn the_log_is_the_newest_lines_and_the_phase_without_reading_everything_else() {
    let hub = TestHub::start().await;
    let (_, claim) = running(&hub).await;
    let (ada, eve) = (hub.user("ada").await, hub.user("eve").await);
    let at = hub.project("ada/titanic").await.run(1);
    // Event 1 says that the run is at work.
    let log = async |newest| runs::moment(&hub, &ada, &at, newest).await.unwrap().log;
    assert_eq!(log(2).await, RunLog::default());
    let line = |text: &str| Event::Log { level: Level::Info, message: text.into() };
    let phase = |phase: &str| Event::Phase { phase: phase.into() };
    let value = |step| Event::Metric { key: "train/loss".into(), step, value: Num(0.5) };
    let mut events = vec![phase("read"), line("one"), phase("fit")];
    events.extend((1..=900).map(value));
    events.extend([line("two"), line("three"), value(901)]);
    jobs::events(&hub, claim, &EventBatch { first: 1, events }).await.unwrap();

    let seen = log(2).await;
    let lines: Vec<_> = seen.lines.iter().map(|l| (l.seq, l.message.as_str())).collect();
    assert_eq!((seen.phase.as_str(), lines), ("fit", vec![(905, "two"), (906, "three")]));
    assert_eq!(log(300).await.lines.len(), 3);
    assert_eq!(kind(runs::moment(&hub, &eve, &at, 2).await), Kind::NotFound);
}
