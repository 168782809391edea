//! What comes of a job: a version that is ready, or the reason why it is none.

use super::{hand_in, job_state, mistake, read, take};
use crate::code;
use crate::datasets::{dataset, send};
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use mlhub_domain::datasets::VersionState;
use mlhub_domain::jobs::{JobState, Outcome};
use mlhub_domain::problem::Code;
use mlhub_domain::profile::WarningKind;
use mlhub_domain::schema::{Column, LogicalType};
use mlhub_hub::jobs::{fail, finish};
use mlhub_hub::{datasets, jobs, orphans};
use mlhub_jobs::Queue as _;
use mlhub_testing::TestHub;
use std::time::{Duration, SystemTime};

#[tokio::test]
async fn a_result_is_published_exactly_once_however_often_it_is_handed_in() {
    let hub = TestHub::start().await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    let ada = hub.user("ada").await;
    let job = send(&hub, &at, "age\n22\n").await.job;
    let claim = take(&hub).await;
    let table = hand_in(&hub, claim, "table.parquet", "table").await.unwrap();
    assert_eq!(hand_in(&hub, claim, "table.parquet", "table").await.unwrap(), table);
    for _ in 0..3 {
        finish(&hub, claim, &read(table.clone())).await.unwrap();
    }
    let version = datasets::version(&hub, &ada, &at, 1).await.unwrap();
    assert_eq!((version.state, version.rows, version.rejected_rows), (VersionState::Ready, 40, 1));
    assert_eq!((version.size, version.job), (5, None));
    assert_eq!(datasets::get(&hub, &ada, &at).await.unwrap().current, Some(1));
    let seen = jobs::get(&hub, &ada, job).await.unwrap();
    assert_eq!((seen.state, seen.error), (JobState::Finished, None));
    assert_eq!(hub.audit_lines().await.matches("job.finish").count(), 1);
    // Nor does a failure undo it.
    assert_eq!(code(fail(&hub, claim, mistake(false)).await), Code::StaleAttempt);
    hub.lost(claim.attempt(), "its process ended".into()).await.unwrap();
    assert_eq!(job_state(&hub, job).await, JobState::Finished);
}

#[tokio::test]
async fn the_newest_ready_version_is_current_and_one_can_go_back() {
    let hub = TestHub::start().await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    let ada = hub.user("ada").await;
    send(&hub, &at, "age\n22\n").await;
    send(&hub, &at, "age\n38\n").await;
    let (slow, quick) = (take(&hub).await, take(&hub).await);
    for claim in [quick, slow] {
        let table = hand_in(&hub, claim, "table.parquet", "table").await.unwrap();
        finish(&hub, claim, &read(table)).await.unwrap();
        assert_eq!(datasets::get(&hub, &ada, &at).await.unwrap().current, Some(2));
    }
    let back = datasets::make_current(&hub, &ada, &at, 1).await.unwrap();
    assert_eq!((back.current, back.versions), (Some(1), 2));
    assert_eq!(code(datasets::make_current(&hub, &ada, &at, 3).await), Code::NotFound);
}

#[tokio::test]
async fn a_version_with_other_columns_becomes_current_with_a_warning() {
    let hub = TestHub::start().await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    let ada = hub.user("ada").await;
    for (columns, warned) in
        [(&["x", "y"][..], false), (&["y", "x"], false), (&["x", "z"], true), (&["x", "z"], false)]
    {
        send(&hub, &at, "age\n22\n").await;
        let claim = take(&hub).await;
        let table = hand_in(&hub, claim, "table.parquet", "table").await.unwrap();
        let Outcome::Ingested(mut read) = read(table) else { panic!("an upload") };
        let named = |name: &&str| Column { name: (*name).into(), kind: LogicalType::Number };
        read.columns = columns.iter().map(named).collect();
        finish(&hub, claim, &Outcome::Ingested(read)).await.unwrap();
        let current = datasets::get(&hub, &ada, &at).await.unwrap().current.unwrap();
        let version = datasets::version(&hub, &ada, &at, current).await.unwrap();
        assert_eq!(version.columns[1].name, columns[1], "the newest is current");
        let warnings = datasets::profile(&hub, &ada, &at, current).await.unwrap().warnings;
        assert_eq!(warnings.len(), usize::from(warned), "{columns:?}: {warnings:?}");
        if let [warning] = &warnings[..] {
            assert_eq!(warning.kind, WarningKind::ColumnsChanged);
            assert!(warning.message.contains("new: “z”; gone: “y”"), "{}", warning.message);
            assert_eq!(version.notes[0], warning.message);
        }
    }
}

#[tokio::test]
async fn a_mistake_in_the_file_is_said_and_never_tried_again() {
    let hub = TestHub::start().await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    let ada = hub.user("ada").await;
    let job = send(&hub, &at, "age\n\"22\n").await.job;
    let claim = take(&hub).await;
    for _ in 0..2 {
        fail(&hub, claim, mistake(false)).await.unwrap();
    }
    let version = datasets::version(&hub, &ada, &at, 1).await.unwrap();
    assert_eq!(version.state, VersionState::Failed);
    assert_eq!(version.error, mistake(false).read);
    let seen = jobs::get(&hub, &ada, job).await.unwrap();
    assert_eq!(
        (seen.state, seen.error.unwrap().message),
        (JobState::Failed, "a quote is not closed".into())
    );
    assert_eq!(datasets::get(&hub, &ada, &at).await.unwrap().current, None);
    let eve = hub.user("eve").await;
    assert_eq!(code(jobs::get(&hub, &eve, job).await), Code::NotFound);
}

#[tokio::test]
async fn only_what_nobody_wants_for_a_day_is_collected() {
    let hub = TestHub::start().await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    send(&hub, &at, "age\n22\n").await;
    let claim = take(&hub).await;
    hand_in(&hub, claim, "unused", "an output in vain").await.unwrap();
    let table = hand_in(&hub, claim, "table.parquet", "table").await.unwrap();
    finish(&hub, claim, &read(table.clone())).await.unwrap();
    let orphan = hub.objects().put(Bytes::from_static(b"no row")).await.unwrap().sha256;
    let young = hub.objects().put(Bytes::from_static(b"no row yet")).await.unwrap().sha256;
    assert_eq!(orphans::collect(&hub).await.unwrap(), 0);

    let old = SystemTime::now() - Duration::from_secs(25 * 3600);
    let entries: Vec<_> = hub.objects().list().try_collect().await.unwrap();
    for entry in entries.iter().filter(|entry| entry.sha256 != young) {
        let path = hub.objects().local_path(&entry.sha256).unwrap();
        std::fs::File::open(path).unwrap().set_modified(old).unwrap();
    }
    hub.database().execute("UPDATE objects SET created_at = now() - interval '25 h'").await;
    hub.database().execute("UPDATE jobs SET finished_at = now() - interval '25 h'").await;
    assert_eq!(orphans::collect(&hub).await.unwrap(), 2);
    assert!(!hub.objects().contains(&orphan).await.unwrap());
    assert!(hub.objects().contains(&young).await.unwrap());
    assert!(hub.objects().contains(&table.sha256).await.unwrap());
    let names = "SELECT string_agg(name, ' ') FROM job_outputs";
    assert_eq!(hub.database().value(names).await, None);
    // What came back meanwhile is welcome.
    send(&hub, &at, "age\n22\n").await;
    assert_eq!(orphans::collect(&hub).await.unwrap(), 0);
}
