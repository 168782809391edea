//! Runs: what was executed, with what, and what came of it.

use crate::digest::Digest;
use crate::evaluation::Metrics;
use crate::ids::JobId;
use crate::models::{DatasetRef, ModelRef, Spec};
use crate::names::{ExperimentName, ModelName, OwnerName, ProjectName};
use crate::num::Num;
use crate::projects::ProjectPath;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;

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

    /// What its log is called as a file.
    pub fn log_name(&self) -> String {
        format!("{}-run-{}.log", self.project, self.run)
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
    /// All, from the one that has everything before it.
    pub const ALL: [Self; 6] =
        [Self::Queued, Self::Running, Self::Paused, Self::Finished, Self::Failed, Self::Cancelled];

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
    /// The model it trains, unless that was deleted.
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

/// A line of a run's log, with the number of the event that it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// The event's number.
    pub seq: u64,
    /// When the server received it.
    pub at: DateTime<Utc>,
    /// How serious.
    pub level: Level,
    /// The line.
    pub message: String,
}

impl fmt::Display for LogLine {
    /// As it stands in a file: `2026-11-26T12:00:00Z warning  What is said`, what is said in several
    /// lines with the others indented.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Info => "info",
            Level::Warning => "warning",
            Level::Error => "error",
        };
        let at = self.at.to_rfc3339_opts(SecondsFormat::Secs, true);
        write!(f, "{at} {level:<7}  {}", self.message.replace('\n', "\n    "))
    }
}

/// The end of a run's log, and the phase it is in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunLog {
    /// The newest phase; empty before the first.
    pub phase: String,
    /// Lines in their order.
    pub lines: Vec<LogLine>,
}

impl RunLog {
    /// Takes in an event and keeps the `newest` lines; one that was taken in before changes
    /// nothing.
    pub fn take_in(&mut self, event: &NumberedEvent, newest: usize) {
        match &event.event {
            Event::Phase { phase } => self.phase.clone_from(phase),
            Event::Log { level, message } => {
                if self.lines.last().is_none_or(|line| line.seq < event.seq) {
                    let (seq, at, level) = (event.seq, event.at, *level);
                    self.lines.push(LogLine { seq, at, level, message: message.clone() });
                }
                let extra = self.lines.len().saturating_sub(newest);
                self.lines.drain(..extra);
            }
            Event::Status { .. } | Event::Progress(_) | Event::Metric { .. } => {}
        }
    }
}

/// A file that belongs to a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Artifact {
    /// What it is.
    pub kind: ArtifactKind,
    /// What the file is called.
    pub name: String,
    /// Where it is fetched: an address of this server.
    pub href: String,
    /// Its bytes, where they are stored as they are.
    pub size: Option<u64>,
    /// Their SHA-256.
    pub sha256: Option<Digest>,
}

/// What a file of a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ArtifactKind {
    /// The model that it made.
    Model,
    /// The report on that model, as JSON.
    Evaluation,
    /// What was said while it worked, as text.
    Log,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_file_says_when_how_serious_and_what() {
        let line = |level, message: &str| {
            let (seq, at) = (1, DateTime::UNIX_EPOCH);
            LogLine { seq, at, level, message: message.into() }.to_string()
        };
        assert_eq!(line(Level::Info, "Fits."), "1970-01-01T00:00:00Z info     Fits.");
        assert_eq!(
            line(Level::Warning, "Two\nlines"),
            "1970-01-01T00:00:00Z warning  Two\n    lines"
        );
    }

    #[test]
    fn a_line_heard_twice_stands_once_and_the_newest_are_kept() {
        let mut log = RunLog::default();
        let heard = |seq, event| NumberedEvent { seq, at: DateTime::UNIX_EPOCH, event };
        let line =
            |seq| heard(seq, Event::Log { level: Level::Info, message: format!("line {seq}") });
        for event in [line(1), line(2), line(2), line(1), line(4)] {
            log.take_in(&event, 2);
        }
        log.take_in(&heard(5, Event::Phase { phase: "fit".into() }), 2);
        let kept: Vec<&str> = log.lines.iter().map(|line| line.message.as_str()).collect();
        assert_eq!(kept, ["line 2", "line 4"]);
        assert_eq!(log.phase, "fit");
    }
}
