//! How good a model is, on data it has not seen.

use crate::models::Task;
use crate::num::Num;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Metrics by key: `accuracy balanced_accuracy precision_macro recall_macro f1_macro
/// precision_weighted recall_weighted f1_weighted log_loss roc_auc pr_auc mcc`, or
/// `rmse mae r2 median_ae`.
pub type Metrics = BTreeMap<String, Num>;

/// Which metrics get better as they fall.
pub fn lower_is_better(metric: &str) -> bool {
    let key = metric.rsplit('/').next().unwrap_or(metric);
    matches!(key, "log_loss" | "loss" | "rmse" | "mae" | "median_ae" | "brier")
}

/// The metric by which a model for this task is first judged.
pub const fn headline(task: Task) -> &'static str {
    match task {
        Task::Classification => "accuracy",
        Task::Regression => "rmse",
    }
}

/// Everything measured on one set of rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Evaluation {
    /// What the model predicts.
    pub task: Task,
    /// How many rows it was measured on.
    pub rows: u64,
    /// Which rows those are, in words: "20 % held out (7815 rows), stratified by salary, seed 42".
    pub measured_on: String,
    /// The model's metrics.
    pub metrics: Metrics,
    /// The same metrics of the baseline.
    pub baseline: Metrics,
    /// 95 % intervals, where there is a formula: `accuracy` by Wilson, `roc_auc` by Hanley–McNeil.
    #[serde(default)]
    pub intervals: BTreeMap<String, [Num; 2]>,
    /// Actual class × predicted class.
    pub confusion: Option<Confusion>,
    /// One entry for each class.
    pub per_class: Vec<ClassReport>,
    /// ROC curves: one for a binary target (of its second class), else one for each class.
    pub roc: Vec<RocCurve>,
    /// Precision–recall curves, in the same order.
    pub pr: Vec<PrCurve>,
    /// Training and validation curves, as points of (step, value).
    pub curves: Vec<Curve>,
    /// What the model looks at, the largest first; shares that add up to 1.
    pub importance: Vec<Importance>,
    /// Plots of a regression.
    pub residuals: Option<Residuals>,
}

/// A confusion matrix.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Confusion {
    /// The classes in order.
    pub labels: Vec<String>,
    /// `counts[actual][predicted]`.
    pub counts: Vec<Vec<u64>>,
}

/// The metrics of one class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct ClassReport {
    /// The class.
    pub label: String,
    /// Of those predicted, the share that is.
    pub precision: Num,
    /// Of those that are, the share predicted.
    pub recall: Num,
    /// The harmonic mean of the two.
    pub f1: Num,
    /// Rows of this class.
    pub support: u64,
}

/// A ROC curve, at most 500 points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct RocCurve {
    /// The class taken as positive.
    pub label: String,
    /// The area under it.
    pub auc: Num,
    /// From (0, 0) to (1, 1).
    pub points: Vec<RocPoint>,
}

/// A point of a ROC curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct RocPoint {
    /// False positive rate.
    pub fpr: Num,
    /// True positive rate.
    pub tpr: Num,
    /// Scores from here on count as positive; the first is +∞.
    pub threshold: Num,
}

/// A precision–recall curve, at most 500 points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct PrCurve {
    /// The class taken as positive.
    pub label: String,
    /// Average precision.
    pub average_precision: Num,
    /// By rising threshold; the last one, (recall 0, precision 1), has threshold +∞.
    pub points: Vec<PrPoint>,
}

/// A point of a precision–recall curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct PrPoint {
    /// Recall.
    pub recall: Num,
    /// Precision.
    pub precision: Num,
    /// Scores from here on count as positive.
    pub threshold: Num,
}

/// A series over the steps of a training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Curve {
    /// `train/loss`, `validation/loss`, …
    pub key: String,
    /// (step, value), at most 500.
    pub points: Vec<(u64, Num)>,
}

/// How much a feature counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Importance {
    /// The column.
    pub feature: String,
    /// Its share.
    pub value: Num,
}

/// Plots of a regression.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Residuals {
    /// (actual, predicted) of at most 500 rows, spread evenly over the predictions.
    pub points: Vec<(Num, Num)>,
    /// Residual (actual − predicted): one more edge than there are counts.
    pub edges: Vec<Num>,
    /// Rows in each bin.
    pub counts: Vec<u64>,
}
