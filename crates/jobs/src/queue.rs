//! The border to the rules: what the runner asks of `hub`, which lies above.

use mlhub_domain::jobs::{Attempt, JobKind};
use std::error::Error;
use std::future::Future;

/// On which terms a node takes a job.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The name of the node.
    pub worker: String,
    /// So many jobs may be at work on it.
    pub slots: u32,
    /// So long may the job's process be silent.
    pub lease: std::time::Duration,
    /// The hash of the secret that the process will prove itself with.
    pub token_hash: [u8; 32],
}

/// The queue with the rules around it.
pub trait Queue: Send + Sync + 'static {
    /// Why the queue could not answer; it is logged, and asked again later.
    type Error: Error + Send + Sync;

    /// Takes the next job, if there is one for this node.
    fn claim(
        &self,
        terms: Terms,
    ) -> impl Future<Output = Result<Option<(Attempt, JobKind)>, Self::Error>> + Send;

    /// The process of an attempt is gone. Nothing happens when the attempt had ended before.
    fn lost(
        &self,
        attempt: Attempt,
        why: String,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Gives up on all attempts that have been silent for too long; answers how many.
    fn reap(&self) -> impl Future<Output = Result<usize, Self::Error>> + Send;
}
