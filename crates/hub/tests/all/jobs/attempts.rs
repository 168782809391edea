//! Attempts: who they are, what a lost one may do no more, how often there is another.

use super::{NO_WAIT, hand_in, job_state, mistake, next, read, state, take, wait_over};
use crate::datasets::{dataset, send};
use crate::{code, fields};
use mlhub_domain::datasets::VersionState;
use mlhub_domain::ids::JobId;
use mlhub_domain::jobs::{Attempt, EventBatch, JobSpec, JobState};
use mlhub_domain::problem::Code;
use mlhub_domain::runs::{Event, Progress};
use mlhub_hub::jobs::{self, authenticate, events, fail, finish, heartbeat, input, spec};
use mlhub_jobs::Queue as _;
use mlhub_testing::TestHub;

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
