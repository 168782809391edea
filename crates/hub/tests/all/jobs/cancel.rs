//! Jobs that somebody stops.

use super::{NO_WAIT, ingest, job_state, mistake, next, take};
use crate::code;
use crate::datasets::{dataset, send};
use mlhub_domain::access::Role;
use mlhub_domain::datasets::{ReadError, VersionState};
use mlhub_domain::jobs::{HeartbeatReply, JobState};
use mlhub_domain::problem::Code;
use mlhub_hub::jobs::{fail, heartbeat};
use mlhub_hub::{datasets, jobs, projects};
use mlhub_testing::TestHub;
use std::time::Duration;

/// Why a version is none whose reading somebody stopped.
fn stopped_by(name: &str) -> ReadError {
    let message = format!("Reading it was cancelled by {name}. Upload the file again to read it.");
    ReadError { message, row: None, line: None, column: None }
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

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_is_worked_on_no_more() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let [first, second, third] =
        ["passengers", "crew", "boats"].map(|name| format!("ada/titanic/{name}"));
    let first = dataset(&hub, &first).await;
    let at_work = send(&hub, &first, "age\n22\n").await.job;
    let claim = take(&hub).await;
    let second = dataset(&hub, &second).await;
    let waits = send(&hub, &second, "age\n22\n").await.job;
    let third = dataset(&hub, &third).await;
    let other = send(&hub, &third, "age\n22\n").await.job;

    datasets::delete(&hub, &ada, &second).await.unwrap();
    let states = [job_state(&hub, waits).await, job_state(&hub, other).await];
    assert_eq!(states, [JobState::Cancelled, JobState::Ready]);
    assert!(!heartbeat(&hub, claim, NO_WAIT).await.unwrap().cancel, "another dataset's");

    projects::delete(&hub, &ada, &first.project()).await.unwrap();
    assert_eq!(job_state(&hub, other).await, JobState::Cancelled);
    assert!(heartbeat(&hub, claim, NO_WAIT).await.unwrap().cancel);
    assert_eq!(job_state(&hub, at_work).await, JobState::Running, "until its process is done");
    fail(&hub, claim, mistake(true)).await.unwrap();
    assert_eq!(job_state(&hub, at_work).await, JobState::Cancelled);
    assert_eq!(hub.audit_lines().await.matches("ada job.cancel ada/titanic").count(), 2);
}
