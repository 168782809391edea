//! Background work: what a job is to people, and what a job process and the server say to each
//! other below `/internal/jobs/{id}`.

use crate::access::UnknownWord;
use crate::algorithms::AlgorithmKind;
use crate::datasets::ReadError;
use crate::digest::Digest;
use crate::evaluation::{Evaluation, Metrics};
use crate::ids::JobId;
use crate::models::{Signature, Spec};
use crate::num::Num;
use crate::profile::Profile;
use crate::runs::{Event, Progress, RunError};
use crate::schema::Column;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// Waits for a worker.
    Ready,
    /// A worker has it.
    Running,
    /// Stopped for a while.
    Paused,
    /// Done.
    Finished,
    /// Ended by an error.
    Failed,
    /// Ended by a person.
    Cancelled,
}

impl JobState {
    /// The word in JSON and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing more will happen.
    pub const fn ended(self) -> bool {
        matches!(self, Self::Finished | Self::Failed | Self::Cancelled)
    }
}

impl std::str::FromStr for JobState {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        [Self::Ready, Self::Running, Self::Paused, Self::Finished, Self::Failed, Self::Cancelled]
            .into_iter()
            .find(|state| state.as_str() == word)
            .ok_or(UnknownWord("ready, running, paused, finished, failed, cancelled"))
    }
}

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum JobKind {
    /// Reads an uploaded file into a dataset version.
    Ingest,
    /// Trains a model.
    Train,
}

impl JobKind {
    /// The word in JSON and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Train => "train",
        }
    }
}

impl std::str::FromStr for JobKind {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        [Self::Ingest, Self::Train]
            .into_iter()
            .find(|kind| kind.as_str() == word)
            .ok_or(UnknownWord("ingest, train"))
    }
}

/// A job, as those who may read its project see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Job {
    /// Row number.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// How far it is.
    pub state: JobState,
    /// How much is done.
    pub progress: Option<Progress>,
    /// Why it failed.
    pub error: Option<RunError>,
    /// Whether somebody has asked it to stop and it has not ended yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cancelling: bool,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// A job at work, for the tray and the dashboard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunningJob {
    /// The job.
    pub job: Job,
    /// What it works on, in words: "income · run 42".
    pub title: String,
    /// The page that shows it.
    pub page: String,
}

/// What a job is to do: the answer of `GET spec`, and the payload stored with the job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum JobSpec {
    /// Read a file.
    Ingest(IngestSpec),
    /// Train a model.
    Train(Box<TrainSpec>),
}

impl JobSpec {
    /// What it does.
    pub const fn kind(&self) -> JobKind {
        match self {
            Self::Ingest(_) => JobKind::Ingest,
            Self::Train(_) => JobKind::Train,
        }
    }

    /// The objects it may read.
    pub fn inputs(&self) -> Vec<&Digest> {
        match self {
            Self::Ingest(spec) => vec![&spec.original.sha256],
            Self::Train(spec) => vec![&spec.table.sha256],
        }
    }
}

/// One attempt at a job: the fencing token. Whoever reports for an attempt that is no longer the
/// current one is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Attempt {
    /// The job.
    pub job: JobId,
    /// Which attempt at it, from 1.
    pub number: u32,
}

impl std::fmt::Display for Attempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.job, self.number)
    }
}

/// Bytes that a job reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputFile {
    /// Their name in the store.
    pub sha256: Digest,
    /// How many.
    pub size: u64,
    /// Where a job on the same machine finds them, read-only; others fetch `inputs/{sha256}`.
    #[serde(default)]
    pub path: Option<PathBuf>,
}

/// Read `original` into Parquet and a profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IngestSpec {
    /// The uploaded bytes.
    pub original: InputFile,
    /// What the file was called, for messages.
    pub original_name: String,
}

/// Train a model on a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainSpec {
    /// The definition to follow.
    pub spec: Spec,
    /// The table as Parquet.
    pub table: InputFile,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: u64,
}

/// The answer to a heartbeat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeartbeatReply {
    /// Stop, keep what is worth keeping, and finish.
    pub cancel: bool,
    /// Save the state and give the slot back.
    pub pause: bool,
}

/// Events in order. Sending a batch again changes nothing: those already there are skipped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventBatch {
    /// The client's number of the first event, from 1 in each attempt.
    pub first: u64,
    /// The events.
    pub events: Vec<Event>,
}

/// The answer to `PUT outputs/{name}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// Of the bytes received.
    pub sha256: Digest,
    /// How many.
    pub size: u64,
}

/// What a job that is done hands in: published in one transaction with the end of the job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Outcome {
    /// A table was read.
    Ingested(Box<Ingested>),
    /// A model was trained, or the training was cancelled.
    Trained(Box<Trained>),
}

/// The result of reading a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ingested {
    /// Rows of the table.
    pub rows: u64,
    /// Rows left out.
    pub rejected_rows: u64,
    /// Cells turned into missing values.
    pub rejected_cells: u64,
    /// Its columns.
    pub columns: Vec<Column>,
    /// What was recognised and decided, as sentences.
    pub notes: Vec<String>,
    /// Its statistics.
    pub profile: Profile,
    /// The output that holds the table as Parquet.
    pub table: Output,
    /// The output that lists the rejected cells and rows, as Parquet; `null` when there are none.
    pub rejected: Option<Output>,
}

/// The result of a training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trained {
    /// Whether it was stopped by a person.
    pub cancelled: bool,
    /// Every hyperparameter with its value, defaults filled in, and what else describes the run.
    pub params: serde_json::Map<String, serde_json::Value>,
    /// Seconds by phase.
    pub timing: BTreeMap<String, Num>,
    /// The model, unless it was cancelled before there was one.
    pub model: Option<TrainedModel>,
}

/// A model that a training produced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainedModel {
    /// The output that holds the artifact.
    pub artifact: Output,
    /// The algorithm, for lists.
    pub algorithm: AlgorithmKind,
    /// What it takes and gives.
    pub signature: Signature,
    /// Measured on the held-out rows.
    pub metrics: Metrics,
    /// The report.
    pub evaluation: Evaluation,
}

/// Why a job ends without a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What happened, for people.
    pub message: String,
    /// What to try.
    pub hint: String,
    /// Where in the file, for an ingest.
    #[serde(default)]
    pub read: Option<ReadError>,
    /// Whether trying again can help; a mistake of the user's never does.
    pub retry: bool,
}
