//! Runs: what was executed, with what, and what came of it.

use crate::evaluation::Metrics;
use crate::ids::JobId;
use crate::models::{DatasetRef, ModelRef, Spec};
use crate::names::{ExperimentName, ModelName, OwnerName, ProjectName};
use crate::num::Num;
use crate::projects::ProjectPath;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Where a run is: runs are numbered in their project.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RunPath {
    /// Whose project.
    pub owner: OwnerName,
    /// Which project.
    pub project: ProjectName,
    /// Its number, from 1.
    pub run: u32,
}

impl RunPath {
    /// The project that holds it.
    pub fn project(&self) -> ProjectPath {
        ProjectPath { owner: self.owner.clone(), project: self.project.clone() }
    }

    /// The address of its page.
    pub fn page(&self) -> String {
        format!("/{}/{}/runs/{}", self.owner, self.project, self.run)
    }

    /// The address of its REST resource.
    pub fn api(&self) -> String {
        format!("{}/runs/{}", self.project().api(), self.run)
    }
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum RunStatus {
    /// Waits for a worker.
    Queued,
    /// At work.
    Running,
    /// Stopped for a while, with its state kept.
    Paused,
    /// Done.
    Finished,
    /// Ended by an error.
    Failed,
    /// Ended by a person; may have kept a model.
    Cancelled,
}

impl RunStatus {
    /// The word in JSON and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
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

/// A run, as REST and its page show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Run {
    /// Its number in the project.
    pub run: u32,
    /// Its name everywhere.
    pub id: String,
    /// The experiment it belongs to.
    pub experiment: ExperimentName,
    /// How far it is.
    pub status: RunStatus,
    /// The model it trains.
    pub trains: Option<ModelName>,
    /// What it was trained on.
    pub dataset: Option<DatasetRef>,
    /// The definition it follows; `null` for a run logged from outside.
    pub spec: Option<Spec>,
    /// Hyperparameters and whatever else was set, flat.
    #[cfg_attr(not(target_family = "wasm"), schema(value_type = Object))]
    pub params: Map<String, Value>,
    /// Metrics of the held-out part, at the end; the last logged values of a run from outside.
    pub metrics: Metrics,
    /// Seconds by phase: `queued`, `read`, `split`, `fit`, `evaluate`, `refit`, `save`, `total`.
    pub timing: BTreeMap<String, Num>,
    /// How much is done; `null` before it is known.
    pub progress: Option<Progress>,
    /// The number of its newest event.
    pub seq: u64,
    /// The job that executes it.
    pub job: Option<JobId>,
    /// Who started it.
    pub created_by: OwnerName,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When a worker took it.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// The model version it made.
    pub model: Option<ModelRef>,
    /// Why it failed.
    pub error: Option<RunError>,
}

/// Why a run failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct RunError {
    /// What happened.
    pub message: String,
    /// What to try.
    pub hint: String,
}

/// How much of something is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Progress {
    /// Units done.
    pub done: u64,
    /// Units to do; an upper bound where early stopping may end sooner.
    pub total: u64,
    /// What is counted: `trees`, `epochs`, `steps`, `bytes`.
    pub unit: String,
    /// Rows worked through each second; 0 when it means nothing.
    #[serde(default)]
    pub rows_per_second: Num,
    /// Seconds left, where that can be said.
    #[serde(default)]
    pub remaining: Option<Num>,
}

/// An event of a run with its number. Numbers have no gaps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct NumberedEvent {
    /// From 1.
    pub seq: u64,
    /// When the server received it.
    pub at: DateTime<Utc>,
    /// What happened.
    pub event: Event,
}

/// What happens in a run: one append-only stream, from which page, REST and the end result come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Event {
    /// The run has another status.
    Status {
        /// Which.
        status: RunStatus,
    },
    /// A phase begins: `read`, `split`, `fit`, `evaluate`, `refit`, `save`.
    Phase {
        /// Which.
        phase: String,
    },
    /// How much is done.
    Progress(Progress),
    /// A value of a metric at a step.
    Metric {
        /// `train/loss`, `validation/accuracy`, …
        key: String,
        /// The tree, epoch or iteration, from 1.
        step: u64,
        /// The value.
        value: Num,
    },
    /// A line for people.
    Log {
        /// How serious.
        level: Level,
        /// The line.
        message: String,
    },
}

/// How serious a log line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// What is being done.
    Info,
    /// Something to look at.
    Warning,
    /// What ended it.
    Error,
}

/// One metric over the steps, thinned to what a chart can show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Series {
    /// `train/loss`, …
    pub key: String,
    /// (step, value), by step.
    pub points: Vec<(u64, Num)>,
}
