//! What a job process does: `mlhub job`.
//!
//! It knows an address and a token and nothing else: no database, no credentials, no other job.
//! A panic, a hostile file or a lack of memory ends this process only. It reports by the job API,
//! and when that cannot be reached for a lease, or another attempt has taken over, it ends.

mod call;
mod client;
mod heartbeat;
mod ingest;
mod limits;
mod report;
mod train;

use call::Call;
use client::{Client, ClientError};
use mlhub_domain::jobs::{Failure, InputFile, JobSpec, Outcome};
use report::Reporter;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Does the job that this process was called for, and ends.
pub fn run() -> ExitCode {
    match work() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("the job ends without a result: {error}");
            ExitCode::FAILURE
        }
    }
}

fn work() -> Result<(), ClientError> {
    limits::hide().map_err(|error| ClientError::Refused(format!("cannot hide: {error}")))?;
    let call = Call::receive().map_err(ClientError::Refused)?;
    // A process that cannot restrain itself works all the same: it is one of our own.
    if let Err(error) = limits::restrain(&call) {
        tracing::warn!(%error, "the limits of this process could not be set");
    }
    let client = Client::new(&call)?;
    let spec = client.spec()?;
    let cancelled = Arc::new(AtomicBool::new(false));
    heartbeat::start(client.clone(), Arc::clone(&cancelled));
    let job = Job {
        client: client.clone(),
        reporter: Reporter::start(client.clone()),
        cancelled,
        threads: call.threads,
    };
    let done = catch_unwind(AssertUnwindSafe(|| job.execute(&spec)));
    // Events come before the end that they lead to.
    job.reporter.end();
    match done.unwrap_or_else(|panic| Err(panicked(&*panic).into())) {
        Ok(outcome) => client.finish(&outcome),
        Err(End::Failed(failure)) => client.fail(&failure),
        Err(End::Cut(error)) => Err(error),
    }
}

/// Why there is no result.
enum End {
    /// The job could not be done.
    Failed(Box<Failure>),
    /// The job API could not be reached, or another attempt has the job.
    Cut(ClientError),
}

impl From<Failure> for End {
    fn from(failure: Failure) -> Self {
        Self::Failed(Box::new(failure))
    }
}

impl From<ClientError> for End {
    fn from(error: ClientError) -> Self {
        Self::Cut(error)
    }
}

/// A job at work.
struct Job {
    client: Client,
    reporter: Reporter,
    cancelled: Arc<AtomicBool>,
    threads: usize,
}

impl Job {
    fn execute(&self, spec: &JobSpec) -> Result<Outcome, End> {
        match spec {
            JobSpec::Ingest(spec) => ingest::ingest(self, spec),
            JobSpec::Train(spec) => train::train(self, spec),
        }
    }

    fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Where the bytes of `input` can be read: where they lie, or fetched into the scratch folder.
    fn input(&self, input: &InputFile) -> Result<PathBuf, End> {
        match &input.path {
            Some(path) if path.is_file() => Ok(path.clone()),
            _ => Ok(self.client.fetch(&input.sha256, "input")?),
        }
    }
}

/// Something on our side went wrong that another attempt may not meet again.
fn broken(what: &str, error: &(dyn std::error::Error + 'static)) -> Failure {
    let mut message = format!("{what}: {error}");
    let mut next = error.source();
    while let Some(cause) = next {
        message = format!("{message}: {cause}");
        next = cause.source();
    }
    let hint = "Try again; if it stays, tell the administrator.".into();
    Failure { message, hint, read: None, retry: true }
}

/// A mistake of ours, which would only happen again.
fn panicked(panic: &(dyn Any + Send)) -> Failure {
    let said = panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    Failure {
        message: format!("A mistake in ML Hub ended the job: {said}"),
        hint: "It is not your data's fault. Tell the administrator what you did.".into(),
        read: None,
        retry: false,
    }
}
