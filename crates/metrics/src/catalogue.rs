//! What the headline metrics are called and which way is better.

/// Which way a metric improves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
}

/// What a metric is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A number without a unit.
    Plain,
    /// Natural units of information.
    Nats,
    /// The unit of the target column.
    Target,
}

/// One headline metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metric {
    /// Its name in the interface for programs.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it is measured in.
    pub unit: Unit,
    /// Which way is better.
    pub direction: Direction,
    /// Smallest and largest value possible.
    pub range: (f64, f64),
}

/// The headline metrics of a classification, in the order they are shown.
pub const CLASSIFICATION: [Metric; 12] = [
    higher("accuracy", "Accuracy", 0.0),
    higher("balanced_accuracy", "Balanced accuracy", 0.0),
    higher("precision_macro", "Precision (macro)", 0.0),
    higher("recall_macro", "Recall (macro)", 0.0),
    higher("f1_macro", "F1 (macro)", 0.0),
    higher("precision_weighted", "Precision (weighted)", 0.0),
    higher("recall_weighted", "Recall (weighted)", 0.0),
    higher("f1_weighted", "F1 (weighted)", 0.0),
    lower("log_loss", "Log loss", Unit::Nats),
    higher("roc_auc", "ROC AUC", 0.0),
    higher("pr_auc", "Average precision", 0.0),
    higher("mcc", "Matthews correlation", -1.0),
];

/// The headline metrics of a regression, in the order they are shown.
pub const REGRESSION: [Metric; 4] = [
    lower("rmse", "RMSE", Unit::Target),
    lower("mae", "Mean absolute error", Unit::Target),
    higher("r2", "R²", f64::NEG_INFINITY),
    lower("median_ae", "Median absolute error", Unit::Target),
];

/// The headline metric called `name`.
pub fn find(name: &str) -> Option<&'static Metric> {
    CLASSIFICATION.iter().chain(&REGRESSION).find(|metric| metric.name == name)
}

const fn higher(name: &'static str, title: &'static str, least: f64) -> Metric {
    let (unit, direction) = (Unit::Plain, Direction::Higher);
    Metric { name, title, unit, direction, range: (least, 1.0) }
}

const fn lower(name: &'static str, title: &'static str, unit: Unit) -> Metric {
    Metric { name, title, unit, direction: Direction::Lower, range: (0.0, f64::INFINITY) }
}
