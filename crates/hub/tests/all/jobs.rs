//! Jobs: in turn, once, fenced, tried again, cancelled.

use crate::datasets::{dataset, send};
use crate::{code, fields};
use bytes::Bytes;
use futures_util::stream;
use mlhub_db::AsyncConnection as _;
use mlhub_domain::access::Role;
use mlhub_domain::datasets::{DatasetPath, ReadError, VersionState};
use mlhub_domain::ids::JobId;
use mlhub_domain::jobs::{
    Attempt, EventBatch, Failure, HeartbeatReply, Ingested, JobSpec, JobState, Outcome, Output,
};
use mlhub_domain::problem::Code;
use mlhub_domain::profile::{Profile, WarningKind};
use mlhub_domain::runs::{Event, Progress};
use mlhub_domain::schema::{Column, LogicalType};
use mlhub_hub::jobs::{Claim, authenticate, events, fail, finish, heartbeat, input, output, spec};
use mlhub_hub::{Error, Hub, datasets, jobs, orphans};
use mlhub_jobs::{JobToken, Queue, Secret, Terms};
use mlhub_testing::TestHub;
use std::collections::HashSet;
use std::time::{Duration, SystemTime};

const NO_WAIT: Duration = Duration::ZERO;

fn terms(worker: &str, slots: u32, secret: &Secret) -> Terms {
    let lease = Duration::from_secs(60);
    Terms { worker: worker.into(), slots, lease, token_hash: secret.hash() }
}

/// Takes the next job, as a node with room does.
async fn next(hub: &Hub) -> Option<(Attempt, JobToken)> {
    let secret = Secret::random();
    let (attempt, _) = hub.claim(terms("node", 100, &secret)).await.unwrap()?;
    Some((attempt, JobToken { attempt: attempt.number, secret }))
}

/// Takes the next job and proves to be its process.
pub(crate) async fn take(hub: &Hub) -> Claim {
    let (attempt, token) = next(hub).await.unwrap();
    authenticate(hub, attempt.job, &token.reveal()).await.unwrap()
}

/// Lets the pause before the next attempt pass.
async fn wait_over(hub: &TestHub) {
    hub.database().execute("UPDATE jobs SET run_at = now() WHERE state = 'ready'").await;
}

async fn hand_in(hub: &Hub, claim: Claim, name: &str, text: &'static str) -> Result<Output, Error> {
    output(hub, claim, name, stream::iter([Ok(Bytes::from_static(text.as_bytes()))])).await
}

fn read(table: Output) -> Outcome {
    let column = |name: &str, kind| Column { name: name.into(), kind };
    Outcome::Ingested(Box::new(Ingested {
        rows: 40,
        rejected_rows: 1,
        rejected_cells: 2,
        columns: vec![column("x", LogicalType::Number), column("y", LogicalType::Text)],
        notes: vec!["comma".into()],
        profile: Profile { rows: 40, columns: Vec::new(), warnings: Vec::new() },
        table,
        rejected: None,
    }))
}

/// Makes the next waiting upload a version that is ready.
pub(crate) async fn ingest(hub: &Hub) {
    let claim = take(hub).await;
    let table = hand_in(hub, claim, "table.parquet", "table").await.unwrap();
    finish(hub, claim, &read(table)).await.unwrap();
}

#[tokio::test]
async fn a_request_that_is_cut_off_in_its_transaction_holds_no_lock() {
    let hub = TestHub::start().await;
    let object = "a".repeat(64).parse().unwrap();
    let mut conn = hub.pool().get().await.unwrap();
    let begun = tokio::sync::Notify::new();
    let request = conn.transaction(async |conn| {
        mlhub_db::objects::register(conn, &object, 1).await?;
        begun.notify_one();
        std::future::pending::<Result<(), mlhub_db::Error>>().await
    });
    tokio::select! {
        _ = request => unreachable!("it waits for ever"),
        () = begun.notified() => {}
    }
    drop(conn);
    let same = "INSERT INTO objects (sha256, size) VALUES (repeat('a', 64), 1)";
    hub.database().execute(&format!("SET lock_timeout = '10s'; {same}")).await;
}

async fn state(hub: &TestHub, at: &DatasetPath, version: u32) -> VersionState {
    let owner = hub.user(at.owner.as_str()).await;
    datasets::version(hub, &owner, at, version).await.unwrap().state
}

async fn job_state(hub: &TestHub, job: JobId) -> JobState {
    let mut conn = hub.pool().get().await.unwrap();
    mlhub_db::jobs::find(&mut conn, job).await.unwrap().unwrap().1.state
}

fn mistake(retry: bool) -> Failure {
    let read = ReadError {
        message: "a quote is not closed".into(),
        row: Some(7),
        line: Some(9),
        column: Some("age".into()),
    };
    Failure { message: read.message.clone(), hint: "Close it.".into(), read: Some(read), retry }
}

#[tokio::test]
async fn users_take_turns_however_much_one_of_them_asks_for() {
    let hub = TestHub::start().await;
    let ada = dataset(&hub, "ada/titanic/passengers").await;
    let bob = dataset(&hub, "bob/titanic/passengers").await;
    let mut expected = Vec::new();
    for _ in 0..4 {
        expected.push(send(&hub, &ada, "a\n1\n").await.job);
    }
    let other = send(&hub, &bob, "a\n1\n").await.job;
    // The one with nothing at work goes before the one with one.
    expected.insert(1, other);
    hub.database()
        .execute(&format!("UPDATE jobs SET priority = 20 WHERE id = {}", expected[4]))
        .await;
    expected.swap(0, 4);
    let mut order = Vec::new();
    while let Some((attempt, _)) = next(&hub).await {
        order.push(attempt.job);
    }
    let [urgent, second, rest @ ..] = &order[..] else { panic!("{order:?}") };
    assert_eq!((*urgent, *second), (expected[0], other));
    assert!(rest.is_sorted() && rest.len() == 3, "{order:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_never_take_the_same_job() {
    let hub = TestHub::start().await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    for _ in 0..40 {
        send(&hub, &at, "a\n1\n").await;
    }
    let mut takers = tokio::task::JoinSet::new();
    for node in [hub.hub().clone(), hub.another_node().await] {
        for _ in 0..4 {
            let node = node.clone();
            takers.spawn(async move {
                let mut taken = Vec::new();
                // Empty-handed also when all that is left is being taken by others.
                while let Some((attempt, _)) = next(&node).await {
                    taken.push(attempt);
                }
                taken
            });
        }
    }
    let mut taken: Vec<Attempt> = takers.join_all().await.into_iter().flatten().collect();
    while let Some((attempt, _)) = next(&hub).await {
        taken.push(attempt);
    }
    assert_eq!(taken.len(), 40);
    assert_eq!(taken.iter().collect::<HashSet<_>>().len(), 40);
    assert!(taken.iter().all(|attempt| attempt.number == 1));
}

#[tokio::test]
async fn a_node_takes_no_more_than_its_slots() {
    let hub = TestHub::start().await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    for _ in 0..3 {
        send(&hub, &at, "a\n1\n").await;
    }
    let secret = Secret::random();
    let first = hub.claim(terms("small", 1, &secret)).await.unwrap().unwrap();
    assert_eq!(hub.claim(terms("small", 1, &secret)).await.unwrap(), None);
    assert!(hub.claim(terms("other", 1, &secret)).await.unwrap().is_some());
    hub.lost(first.0, "gone".into()).await.unwrap();
    assert!(hub.claim(terms("small", 1, &secret)).await.unwrap().is_some());
}

#[tokio::test]
async fn only_the_process_of_the_attempt_is_recognised_and_reads_only_its_input() {
    let hub = TestHub::start().await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    send(&hub, &at, "age\n22\n").await;
    send(&hub, &at, "age\n38\n").await;
    let (first, token) = next(&hub).await.unwrap();
    let (second, other) = next(&hub).await.unwrap();
    for bad in ["", "mlh_x", &other.reveal(), &token.reveal().replace("mlhj_1", "mlhj_2")] {
        assert_eq!(code(authenticate(&hub, first.job, bad).await), Code::BadToken, "{bad}");
    }
    assert_eq!(code(authenticate(&hub, JobId(0), &token.reveal()).await), Code::BadToken);

    let claim = authenticate(&hub, first.job, &token.reveal()).await.unwrap();
    let JobSpec::Ingest(mine) = spec(&hub, claim).await.unwrap() else { panic!("an upload") };
    let bytes = std::fs::read(mine.original.path.unwrap()).unwrap();
    assert_eq!(bytes, b"age\n22\n");
    assert_eq!(input(&hub, claim, &mine.original.sha256, 4..).await.unwrap().range(), 4..7);

    let claim = authenticate(&hub, second.job, &other.reveal()).await.unwrap();
    assert_eq!(code(input(&hub, claim, &mine.original.sha256, ..).await), Code::NotFound);
}

#[tokio::test]
async fn a_lost_lease_publishes_nothing_and_another_attempt_does() {
    let hub = TestHub::start().await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    let job = send(&hub, &at, "age\n22\n").await.job;
    let (attempt, token) = next(&hub).await.unwrap();
    let stale = authenticate(&hub, job, &token.reveal()).await.unwrap();
    let table = hand_in(&hub, stale, "table.parquet", "old").await.unwrap();
    assert_eq!(hub.reap().await.unwrap(), 0, "its lease is good");

    hub.database().execute("UPDATE jobs SET lease_until = now() - interval '1 s'").await;
    assert_eq!(hub.reap().await.unwrap(), 1);
    assert_eq!(hub.reap().await.unwrap(), 0);
    assert!(next(&hub).await.is_none(), "there is a pause before the next attempt");
    wait_over(&hub).await;
    let fresh = take(&hub).await;
    assert_eq!(fresh.attempt(), Attempt { job, number: 2 });

    let batch = EventBatch { first: 1, events: vec![Event::Phase { phase: "read".into() }] };
    for refused in [
        code(heartbeat(&hub, stale, NO_WAIT).await),
        code(events(&hub, stale, &batch).await),
        code(spec(&hub, stale).await),
        code(hand_in(&hub, stale, "table.parquet", "late").await),
        code(finish(&hub, stale, &read(table.clone())).await),
        code(fail(&hub, stale, mistake(false)).await),
        code(authenticate(&hub, job, &token.reveal()).await),
    ] {
        assert_eq!(refused, Code::StaleAttempt);
    }
    // Nor does it matter any more that its process is gone.
    hub.lost(attempt, "gone".into()).await.unwrap();
    assert_eq!(state(&hub, &at, 1).await, VersionState::Processing);
    // What another attempt handed in is not this one's.
    assert_eq!(fields(finish(&hub, fresh, &read(table)).await), ["outputs"]);

    let table = hand_in(&hub, fresh, "table.parquet", "new").await.unwrap();
    finish(&hub, fresh, &read(table)).await.unwrap();
    assert_eq!(state(&hub, &at, 1).await, VersionState::Ready);
}

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
async fn what_is_lost_is_tried_again_until_the_attempts_are_used_up() {
    let hub = TestHub::start().await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    let ada = hub.user("ada").await;
    let job = send(&hub, &at, "age\n22\n").await.job;
    for number in 1..=3 {
        assert_eq!(job_state(&hub, job).await, JobState::Ready);
        wait_over(&hub).await;
        let (attempt, _) = next(&hub).await.unwrap();
        assert_eq!(attempt.number, number);
        hub.lost(attempt, "its process was killed".into()).await.unwrap();
    }
    wait_over(&hub).await;
    assert!(next(&hub).await.is_none());
    let seen = jobs::get(&hub, &ada, job).await.unwrap();
    assert_eq!(seen.state, JobState::Failed);
    assert_eq!(seen.error.unwrap().message, "Attempt 3 did not end well: its process was killed.");
    assert_eq!(state(&hub, &at, 1).await, VersionState::Failed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_to_cancel_reaches_the_process_at_once_and_ends_the_job_as_cancelled() {
    let hub = TestHub::start().await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    let job = send(&hub, &at, "age\n22\n").await.job;
    let claim = take(&hub).await;
    assert_eq!(heartbeat(&hub, claim, NO_WAIT).await.unwrap(), HeartbeatReply::default());
    assert!(!jobs::get(&hub, &hub.user("ada").await, job).await.unwrap().cancelling);
    let (node, began) = (hub.another_node().await, std::time::Instant::now());
    // Repeated, for the node may not listen yet when the wish is named first.
    let waiting = tokio::spawn(async move {
        loop {
            let reply = heartbeat(&node, claim, Duration::from_secs(2)).await.unwrap();
            if reply.cancel {
                return;
            }
        }
    });
    let ed = hub.member("ed", "ada/titanic", Role::Edit).await;
    let asked = datasets::cancel(&hub, &ed, &at, 1, None).await.unwrap();
    assert_eq!((asked.state, asked.job), (VersionState::Processing, Some(job)));
    assert!(jobs::get(&hub, &ed, job).await.unwrap().cancelling, "that is seen at once");
    waiting.await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(10));
    assert_eq!(job_state(&hub, job).await, JobState::Running);
    // Whoever asks later is not the one who stopped it.
    datasets::cancel(&hub, &hub.user("ada").await, &at, 1, None).await.unwrap();
    let acts = hub.audit_lines().await;
    assert_eq!(acts.matches("dataset.cancel").count(), 1, "{acts}");

    fail(&hub, claim, mistake(true)).await.unwrap();
    assert_eq!(job_state(&hub, job).await, JobState::Cancelled);
    let version = datasets::version(&hub, &ed, &at, 1).await.unwrap();
    assert_eq!((version.state, version.job), (VersionState::Failed, None));
    assert!(version.cancelled && !jobs::get(&hub, &ed, job).await.unwrap().cancelling);
    assert_eq!(version.error.unwrap(), stopped_by("ed"));
}

/// Why a version is none whose reading somebody stopped.
fn stopped_by(name: &str) -> ReadError {
    let message = format!("Reading it was cancelled by {name}. Upload the file again to read it.");
    ReadError { message, row: None, line: None, column: None }
}

#[tokio::test]
async fn a_file_that_waits_to_be_read_is_cancelled_at_once_by_who_may_edit() {
    let hub = TestHub::start().await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    let (ada, eve) = (hub.user("ada").await, hub.user("eve").await);
    let rae = hub.member("rae", "ada/titanic", Role::Read).await;
    let job = send(&hub, &at, "age\n22\n").await.job;
    assert_eq!(code(datasets::cancel(&hub, &eve, &at, 1, None).await), Code::NotFound);
    assert_eq!(code(datasets::cancel(&hub, &rae, &at, 1, None).await), Code::Forbidden);
    assert_eq!(code(datasets::cancel(&hub, &ada, &at, 2, None).await), Code::NotFound);
    assert_eq!(job_state(&hub, job).await, JobState::Ready);

    let version = datasets::cancel(&hub, &ada, &at, 1, None).await.unwrap();
    assert_eq!(
        (version.state, version.error.as_ref()),
        (VersionState::Failed, Some(&stopped_by("ada")))
    );
    assert_eq!(job_state(&hub, job).await, JobState::Cancelled);
    assert!(next(&hub).await.is_none(), "nobody reads it");
    let act = format!("ada dataset.cancel /ada/titanic/datasets/passengers {{\"job\":{job}}}\n");
    assert_eq!(hub.audit_lines().await.matches(&act).count(), 1);
    // Nothing is left to stop.
    assert_eq!(datasets::cancel(&hub, &ada, &at, 1, None).await.unwrap(), version);
    assert_eq!(hub.audit_lines().await.matches("dataset.cancel").count(), 1);

    send(&hub, &at, "age\n22\n").await;
    ingest(&hub).await;
    assert_eq!(
        datasets::cancel(&hub, &ada, &at, 2, None).await.unwrap().state,
        VersionState::Ready
    );
}

#[tokio::test]
async fn progress_is_kept_and_a_batch_that_comes_again_is_skipped() {
    let hub = TestHub::start().await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    let ada = hub.user("ada").await;
    let job = send(&hub, &at, "age\n22\n").await.job;
    let claim = take(&hub).await;
    let progress = |done| {
        let (rows_per_second, remaining) = (0.0.into(), None);
        Progress { done, total: 9, unit: "bytes".into(), rows_per_second, remaining }
    };
    let batch = |first, done: &[u64]| EventBatch {
        first,
        events: done.iter().map(|done| Event::Progress(progress(*done))).collect(),
    };
    let seen = async || jobs::get(&hub, &ada, job).await.unwrap().progress.map(|p| p.done);

    events(&hub, claim, &batch(1, &[1, 2])).await.unwrap();
    assert_eq!(seen().await, Some(2));
    events(&hub, claim, &batch(1, &[7, 8])).await.unwrap();
    assert_eq!(seen().await, Some(2), "both were there");
    events(&hub, claim, &batch(2, &[2, 3])).await.unwrap();
    assert_eq!(seen().await, Some(3), "one was there");
    assert_eq!(fields(events(&hub, claim, &batch(5, &[9])).await), ["first"]);
    let open = jobs::open(&hub, &ada).await.unwrap();
    assert_eq!((open.len(), open[0].title.as_str()), (1, "passengers · v1"));
    assert_eq!(open[0].page, "/ada/titanic/datasets/passengers");
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
    let entries =
        futures_util::TryStreamExt::try_collect::<Vec<_>>(hub.objects().list()).await.unwrap();
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
