//! Models, their definition and their versions.

use crate::access::Visibility;
use crate::algorithms::AlgorithmKind;
use crate::digest::Digest;
use crate::evaluation::Metrics;
use crate::names::{Alias, DatasetName, ModelName, OwnerName, ProjectName};
use crate::num::Num;
use crate::projects::ProjectPath;
use crate::schema::LogicalType;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Where a model is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ModelPath {
    /// Whose project.
    pub owner: OwnerName,
    /// Which project.
    pub project: ProjectName,
    /// Which model.
    pub name: ModelName,
}

impl ModelPath {
    /// The project that holds it.
    pub fn project(&self) -> ProjectPath {
        ProjectPath { owner: self.owner.clone(), project: self.project.clone() }
    }

    /// The same place under another name.
    #[must_use]
    pub fn renamed(&self, name: ModelName) -> Self {
        Self { name, ..self.clone() }
    }

    /// The address of its page.
    pub fn page(&self) -> String {
        format!("/{}/{}/models/{}", self.owner, self.project, self.name)
    }

    /// The address of its REST resource.
    pub fn api(&self) -> String {
        format!("{}/models/{}", self.project().api(), self.name)
    }

    /// What a version is called as a file.
    pub fn file_name(&self, version: u32) -> String {
        format!("{}-v{version}.mlhub", self.name)
    }
}

/// What a model predicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// One of a few classes.
    Classification,
    /// A number.
    Regression,
}

impl Task {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Classification, Self::Regression];

    /// The word in JSON and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Classification => "classification",
            Self::Regression => "regression",
        }
    }
}

/// The definition of a model: what a training run copies and follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// What it predicts.
    pub task: Task,
    /// The column it predicts.
    pub target: String,
    /// The columns it predicts from; `null` for those that the form would propose: not those with
    /// one value only, or with a different one in each row, nor what says the same as the target.
    /// The log of the run names what is left out.
    #[serde(default)]
    pub features: Option<Vec<String>>,
    /// How it is fitted.
    pub algorithm: AlgorithmChoice,
    /// How it is measured.
    #[serde(default)]
    pub validation: Validation,
    /// Where all randomness starts.
    #[serde(default = "default_seed")]
    pub seed: u64,
}

const fn default_seed() -> u64 {
    42
}

/// An algorithm with its hyperparameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AlgorithmChoice {
    /// Which one.
    pub kind: AlgorithmKind,
    /// Hyperparameters that differ from the defaults.
    #[serde(default)]
    #[cfg_attr(not(target_family = "wasm"), schema(value_type = Object))]
    pub params: Map<String, Value>,
}

/// How a model is measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Validation {
    /// The share of rows that is kept for the report and nothing else, 0.05 to 0.5.
    pub holdout: f64,
    /// Whether the published model is fitted again on all rows, with the stopping point found.
    pub refit: bool,
}

impl Validation {
    /// The shares of rows that can be held out.
    pub const HOLDOUT: std::ops::RangeInclusive<f64> = 0.05..=0.5;
}

impl Default for Validation {
    fn default() -> Self {
        Self { holdout: 0.2, refit: true }
    }
}

/// A model, as lists and its own page show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Model {
    /// Whose project.
    pub owner: OwnerName,
    /// Which project.
    pub project: ProjectName,
    /// Its name.
    pub name: ModelName,
    /// What it is for, in a sentence or two.
    pub description: String,
    /// The model card, as Markdown.
    pub card: String,
    /// Who sees it: never less than the project.
    pub visibility: Visibility,
    /// How it is trained.
    pub spec: Spec,
    /// How many versions it has.
    pub versions: u32,
    /// The version that is shown and used when none is named: `champion`, else the newest.
    pub shown: Option<u32>,
    /// The headline metric of that version.
    pub headline: Option<Headline>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Model {
    /// Where it is.
    pub fn path(&self) -> ModelPath {
        ModelPath {
            owner: self.owner.clone(),
            project: self.project.clone(),
            name: self.name.clone(),
        }
    }
}

/// The one number by which a model is first judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Headline {
    /// Its key in the metrics: `accuracy` or `rmse`.
    pub metric: String,
    /// Its value on the held-out rows.
    pub value: Num,
    /// What the baseline reaches.
    pub baseline: Option<Num>,
}

/// A dataset version, as runs and models name it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct DatasetRef {
    /// The dataset, in the same project.
    pub name: DatasetName,
    /// Which version.
    pub version: u32,
}

/// A model version, as runs name it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct ModelRef {
    /// The model, in the same project.
    pub name: ModelName,
    /// Which version.
    pub version: u32,
}

/// How a version is named in an address: `3`, `v3`, or an alias such as `champion`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum VersionRef {
    /// By its number.
    Number(u32),
    /// By a name that points at it.
    Alias(Alias),
}

impl std::str::FromStr for VersionRef {
    type Err = crate::names::BadName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix('v').unwrap_or(text).parse() {
            Ok(number) => Ok(Self::Number(number)),
            Err(_) => text.parse().map(Self::Alias),
        }
    }
}

impl TryFrom<String> for VersionRef {
    type Error = crate::names::BadName;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<VersionRef> for String {
    fn from(version: VersionRef) -> Self {
        version.to_string()
    }
}

impl std::fmt::Display for VersionRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Alias(alias) => alias.fmt(f),
        }
    }
}

/// What one finished training produced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct ModelVersion {
    /// Its number, from 1.
    pub version: u32,
    /// The run that made it.
    pub run: u32,
    /// Whether that was cancelled: then it is the best that there was until then.
    pub cancelled: bool,
    /// What it was trained on.
    pub dataset: DatasetRef,
    /// How it was trained.
    pub spec: Spec,
    /// Measured on the held-out rows.
    pub metrics: Metrics,
    /// The names that point at it.
    pub aliases: Vec<Alias>,
    /// What it takes and gives.
    pub signature: Signature,
    /// Of the artifact.
    pub sha256: Digest,
    /// Bytes of the artifact.
    pub size: u64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// What a model takes and what it gives: from this the form on its page is built.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Signature {
    /// The columns it predicts from, in order.
    pub inputs: Vec<Input>,
    /// The column it predicts.
    pub target: String,
    /// The type of that column.
    pub target_type: LogicalType,
    /// The classes in order, as values of the target's own type; `null` for a number.
    #[cfg_attr(not(target_family = "wasm"), schema(value_type = Option<Vec<Value>>))]
    pub classes: Option<Vec<Value>>,
}

/// One column that a model predicts from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Input {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: LogicalType,
    /// The smallest and largest number seen in training.
    pub range: Option<[Num; 2]>,
    /// The values seen in training, the most frequent first, where there are at most 1,000.
    pub levels: Option<Vec<String>>,
    /// Whether some were missing in training.
    pub missing: bool,
    /// A value that occurs: the middle of the numbers, the most frequent of the others; `null` where
    /// most are missing.
    #[cfg_attr(not(target_family = "wasm"), schema(value_type = Value))]
    pub example: Value,
}

/// Rows to predict from: column name → value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PredictRequest {
    /// At most 10,000.
    #[cfg_attr(not(target_family = "wasm"), schema(value_type = Vec<Object>))]
    pub rows: Vec<Map<String, Value>>,
}

/// The answers, in the order of the rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Predictions {
    /// One for each row.
    pub predictions: Vec<Prediction>,
    /// Keys in the rows that the model does not use; of very many, a thousand.
    pub ignored: Vec<String>,
}

/// The answer for one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Prediction {
    /// The class, as a value of the target's own type, or the number.
    #[cfg_attr(not(target_family = "wasm"), schema(value_type = Value))]
    pub value: Value,
    /// The probability of each class by its text; `null` for a number.
    pub probabilities: Option<BTreeMap<String, Num>>,
}

/// What is unusual about a value that a model was asked about, beside those it was trained on.
#[derive(Clone, Debug, PartialEq)]
pub enum Unusual {
    /// There is none: it counts as missing.
    Empty {
        /// The column.
        column: String,
        /// Whether some of the training rows had none either.
        seen: bool,
    },
    /// A number that is infinite, or none: it counts as missing.
    NotFinite {
        /// The column.
        column: String,
    },
    /// A number, date or time below or above all of the training rows.
    Outside {
        /// The column.
        column: String,
        /// The value, as JSON of the column's type.
        value: Value,
        /// The smallest and the largest of the training rows.
        range: [Value; 2],
    },
    /// A number between two whole ones, where all training rows have whole ones.
    Broken {
        /// The column.
        column: String,
        /// The value.
        value: Num,
    },
    /// A text that the model does not tell apart.
    Unseen {
        /// The column.
        column: String,
        /// The text.
        text: String,
        /// How many texts the model tells apart.
        known: u64,
        /// Whether those are the frequent ones of more: it then counts as one of the others, else
        /// as missing.
        other: bool,
    },
}

/// What a wizard proposes for a table before anybody has chosen anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The column to predict.
    pub target: String,
    /// Why this one.
    pub target_reason: String,
    /// What kind of prediction.
    pub task: Task,
    /// Why this kind.
    pub task_reason: String,
    /// Every other column.
    pub features: Vec<Feature>,
}

/// A column that could be predicted from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: LogicalType,
    /// Whether to use it.
    pub include: bool,
    /// Why not, or what to look out for; empty when there is nothing to say.
    pub reason: String,
}
