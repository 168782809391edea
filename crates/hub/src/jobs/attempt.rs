//! What the process of an attempt asks and says.

use super::{fenced, stale, tell};
use crate::{Error, Hub, datasets, db, runs};
use bytes::Bytes;
use db::AsyncConnection;
use futures_util::Stream;
use mlhub_domain::digest::Digest;
use mlhub_domain::ids::JobId;
use mlhub_domain::jobs::{
    Attempt, EventBatch, HeartbeatReply, InputFile, JobKind, JobSpec, JobState, Output,
};
use mlhub_domain::problem::Code;
use mlhub_domain::runs::Event;
use mlhub_jobs::JobToken;
use mlhub_objects::Reader;
use std::ops::RangeBounds;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;

/// The longest time that a heartbeat waits for news before it is answered.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// The most events in one batch.
const MAX_EVENTS: usize = 2_000;

/// Proof that a request comes from the process of an attempt: it showed the attempt's token.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    attempt: Attempt,
}

impl Claim {
    /// The attempt.
    pub fn attempt(self) -> Attempt {
        self.attempt
    }
}

/// Recognises the process of an attempt at `job` by its token. One that has handed in its result
/// is recognised still, so that it can say so again.
///
/// # Errors
/// `Unauthenticated` for a token of nobody; `StaleAttempt` for one of an attempt that lost the
/// job.
pub async fn authenticate(hub: &Hub, job: JobId, token: &str) -> Result<Claim, Error> {
    let unknown = || Error::new(Code::BadToken, "The job token is unknown.");
    let token: JobToken = token.parse().map_err(|_| unknown())?;
    let mut conn = hub.conn().await?;
    let (current, state, hash) = db::jobs::credential(&mut conn, job).await?.ok_or_else(unknown)?;
    let attempt = Attempt { job, number: token.attempt };
    if token.attempt < current.number || state == JobState::Ready {
        return Err(stale(attempt));
    }
    if attempt != current || !token.matches(&hash) {
        return Err(unknown());
    }
    Ok(Claim { attempt })
}

/// What the job is to do. Where the store keeps files on this machine, their paths are told.
///
/// # Errors
/// `StaleAttempt` when the attempt no longer has the job.
pub async fn spec(hub: &Hub, claim: Claim) -> Result<JobSpec, Error> {
    let mut conn = hub.conn().await?;
    let mut spec = db::jobs::spec(&mut conn, claim.attempt).await.map_err(fenced(claim.attempt))?;
    let place = |file: &mut InputFile| file.path = hub.objects().local_path(&file.sha256);
    match &mut spec {
        JobSpec::Ingest(ingest) => place(&mut ingest.original),
        JobSpec::Train(train) => place(&mut train.table),
    }
    Ok(spec)
}

/// Opens an object that the job reads.
///
/// # Errors
/// `NotFound` for any other object; `StaleAttempt` when the attempt no longer has the job.
pub async fn input(
    hub: &Hub,
    claim: Claim,
    sha256: &Digest,
    range: impl RangeBounds<u64>,
) -> Result<Reader, Error> {
    let mut conn = hub.conn().await?;
    let spec = db::jobs::spec(&mut conn, claim.attempt).await.map_err(fenced(claim.attempt))?;
    drop(conn);
    if !spec.inputs().contains(&sha256) {
        return Err(Error::not_found(format!("input {sha256} of this job")));
    }
    hub.objects().open_read(sha256, range).await.map_err(datasets::stored(sha256))
}

/// The process is alive. Answers as soon as there is a wish, and at the latest after `wait`.
///
/// # Errors
/// `StaleAttempt` when the attempt no longer has the job.
pub async fn heartbeat(hub: &Hub, claim: Claim, wait: Duration) -> Result<HeartbeatReply, Error> {
    // Before the look, so that no wish falls between the two.
    let mut cancels = hub.live().cancels();
    let beat = beat(hub, claim.attempt).await?;
    if beat.cancel || wait.is_zero() {
        return Ok(beat);
    }
    let named = async {
        loop {
            match cancels.recv().await {
                Ok(job) if job == claim.attempt.job => return,
                Ok(_) => {}
                Err(RecvError::Lagged(_) | RecvError::Closed) => return,
            }
        }
    };
    match tokio::time::timeout(wait.min(LONGEST_WAIT), named).await {
        Ok(()) => self::beat(hub, claim.attempt).await,
        Err(_) => Ok(beat),
    }
}

async fn beat(hub: &Hub, attempt: Attempt) -> Result<HeartbeatReply, Error> {
    let mut conn = hub.conn().await?;
    let beat = db::jobs::beat(&mut conn, attempt).await.map_err(fenced(attempt))?;
    Ok(HeartbeatReply { cancel: beat.cancel, pause: false })
}

/// Stores what happened. Events that are there already are skipped, so that a batch may be sent
/// again.
///
/// # Errors
/// `StaleAttempt` when the attempt no longer has the job; `Invalid` when events are missing
/// before the batch, or it has too many.
pub async fn events(hub: &Hub, claim: Claim, batch: &EventBatch) -> Result<(), Error> {
    if batch.events.len() > MAX_EVENTS {
        let message = format!("at most {MAX_EVENTS} events in one batch");
        return Err(Error::invalid("events", message, None));
    }
    let attempt = claim.attempt;
    let mut conn = hub.conn().await?;
    let told = conn
        .transaction(async |conn| {
            let job = super::end::hold(conn, attempt).await?;
            if job.state.ended() {
                return Err(stale(attempt));
            }
            let expected = job.events_seen + 1;
            if batch.first == 0 || batch.first > expected {
                let message = format!("event {expected} is expected next");
                return Err(Error::invalid("first", message, None));
            }
            let known = usize::try_from(expected - batch.first).unwrap_or(usize::MAX);
            let fresh = batch.events.get(known..).unwrap_or_default();
            if fresh.is_empty() {
                return Ok(None);
            }
            let seen = job.events_seen + fresh.len() as u64;
            db::jobs::saw_events(conn, attempt, seen).await.map_err(fenced(attempt))?;
            let progress = fresh.iter().rev().find_map(|event| match event {
                Event::Progress(progress) => Some(progress),
                Event::Status { .. }
                | Event::Phase { .. }
                | Event::Metric { .. }
                | Event::Log { .. } => None,
            });
            if let Some(progress) = progress {
                db::jobs::set_progress(conn, attempt, progress).await.map_err(fenced(attempt))?;
            }
            Ok(match job.kind {
                JobKind::Ingest => None,
                JobKind::Train => Some(runs::append(conn, attempt.job, fresh).await?),
            })
        })
        .await?;
    tell(hub, told);
    Ok(())
}

/// Takes a file that the job made. It belongs to the attempt until its result is published.
///
/// # Errors
/// `TooLarge`, `Full`; `StaleAttempt` when the attempt no longer has the job; `Invalid` when the
/// name is none.
pub async fn output(
    hub: &Hub,
    claim: Claim,
    name: &str,
    bytes: impl Stream<Item = Result<Bytes, Error>> + Send,
) -> Result<Output, Error> {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b);
    if name.is_empty() || name.len() > 64 || !name.bytes().all(fits) {
        return Err(Error::invalid(
            "name",
            "use 1 to 64 of a–z, 0–9, “.”, “_” and “-”",
            Some(name),
        ));
    }
    let stored = datasets::store(hub, hub.settings().output_limit, bytes).await?;
    let attempt = claim.attempt;
    let mut conn = hub.conn().await?;
    conn.transaction(async |conn| {
        let job = super::end::hold(conn, attempt).await?;
        if job.state.ended() {
            return Err(stale(attempt));
        }
        datasets::register(hub, conn, &stored).await?;
        Ok(db::jobs::add_output(conn, attempt, name, &stored.sha256).await?)
    })
    .await?;
    Ok(Output { sha256: stored.sha256, size: stored.size })
}
