//! Jobs: in turn, once, fenced, tried again, cancelled.

mod attempts;
mod cancel;
mod queue;
mod results;

use bytes::Bytes;
use futures_util::stream;
use mlhub_domain::datasets::{DatasetPath, ReadError, VersionState};
use mlhub_domain::ids::JobId;
use mlhub_domain::jobs::{Attempt, Failure, Ingested, JobState, Outcome, Output};
use mlhub_domain::profile::Profile;
use mlhub_domain::schema::{Column, LogicalType};
use mlhub_hub::jobs::{Claim, authenticate, finish, output};
use mlhub_hub::{Error, Hub, datasets};
use mlhub_jobs::{JobToken, Queue as _, Secret, Terms};
use mlhub_testing::TestHub;
use std::time::Duration;

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
