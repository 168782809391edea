//! Gradient boosting by LightGBM, tree by tree, so that progress, curves and cancel are live.

mod ffi;

use crate::TrainError;
use crate::assignment::{Assignment, Fit, Plan};
use crate::report::Reporter;
use crate::target::Truth;
use ffi::{Booster, Dataset, Failure, Growth, Measured};
use mlhub_predict::Head;
use mlhub_recipe::Table;
use mlhub_recipe::encoder::{Fitted, Part};

/// In tables of few rows the leaves may be smaller than asked for: a twentieth of the rows.
const LEAVES_AT_LEAST: usize = 20;

/// `None` when it was cancelled before the first tree.
pub(crate) fn fit(
    assignment: &Assignment<'_>,
    fitted: &Fitted,
    plan: Plan<'_>,
    report: &mut Reporter<'_>,
) -> Result<Option<Fit>, TrainError> {
    let work = Work::new(assignment, fitted, plan.rows());
    work.run(plan, report).map_err(|failure| {
        TrainError::new(
            failure.to_string(),
            "Try fewer bins or leaves; if that does not help, report it with the run's log.",
        )
    })
}

struct Work<'a> {
    assignment: &'a Assignment<'a>,
    fitted: &'a Fitted,
    columns: usize,
    /// Labels are f32 in LightGBM: where that would round them, it sees `(label - offset) / factor`.
    offset: f64,
    factor: f64,
    parameters: String,
}

impl<'a> Work<'a> {
    fn new(assignment: &'a Assignment<'a>, fitted: &'a Fitted, rows: &[u32]) -> Self {
        let (offset, factor) = match assignment.truth {
            Truth::Numbers(numbers) => scale(numbers, rows),
            Truth::Classes { .. } => (0.0, 1.0),
        };
        let parameters = parameters(assignment, fitted, rows.len());
        let columns = fitted.encoder.parts().count();
        Self { assignment, fitted, columns, offset, factor, parameters }
    }

    fn run(&self, plan: Plan<'_>, report: &mut Reporter<'_>) -> Result<Option<Fit>, Failure> {
        let train = self.dataset(plan.rows(), None)?;
        let validation = match plan {
            Plan::Search { inner, .. } => Some(self.dataset(inner, Some(&train))?),
            Plan::Repeat { .. } => None,
        };
        if report.cancelled() {
            return Ok(None);
        }
        let mut booster = Booster::new(train, validation, self.columns, &self.parameters)?;
        let grown = match plan {
            Plan::Search { .. } => self.search(&mut booster, report)?,
            Plan::Repeat { steps, .. } => repeat(&mut booster, steps, report)?,
        };
        if grown.trees == 0 {
            return Ok(None);
        }
        let mut artifact = self.assignment.artifact(
            self.fitted,
            None,
            Head::Trees,
            slim(&booster.text(grown.trees)?).into_bytes(),
        );
        artifact.manifest.offset = self.offset;
        artifact.manifest.factor = self.factor;
        let importance = Some(booster.gains(grown.trees)?);
        Ok(Some(Fit { artifact, steps: grown.trees, importance, cancelled: grown.cancelled }))
    }

    fn dataset(&self, rows: &[u32], like: Option<&Dataset>) -> Result<Dataset, Failure> {
        let table: Table = self.assignment.table(self.fitted, rows);
        let labels: Vec<f32> = match self.assignment.truth {
            Truth::Classes { codes, .. } => {
                rows.iter().map(|row| codes[*row as usize] as f32).collect()
            }
            Truth::Numbers(numbers) => {
                let scaled = |row: &u32| (numbers[*row as usize] - self.offset) / self.factor;
                rows.iter().map(|row| scaled(row) as f32).collect()
            }
        };
        Dataset::new(table.cells(), &labels, &self.parameters, like)
    }

    /// Grows trees until the loss on the inner validation part has not fallen for long enough.
    fn search(&self, booster: &mut Booster, report: &mut Reporter<'_>) -> Result<Grown, Failure> {
        let params = self.assignment.params;
        let (most, patience) = (params.count("trees"), params.count("early_stopping"));
        let mut best = (0, f64::INFINITY);
        let mut trees = 0;
        let mut cancelled = false;
        while trees < most {
            if report.cancelled() {
                cancelled = true;
                break;
            }
            if booster.grow()? == Growth::Finished {
                break;
            }
            trees += 1;
            let losses = [booster.loss(Measured::Train)?, booster.loss(Measured::Validation)?];
            let [train, validation] = losses.map(|loss| loss * self.factor);
            report.metric("train/loss", trees, train);
            report.metric("validation/loss", trees, validation);
            report.step(trees);
            if validation < best.1 {
                best = (trees, validation);
            }
            if patience > 0 && trees - best.0 >= patience {
                report.info(format!(
                    "stopped after {trees} trees: the validation loss has been lowest with {}",
                    best.0
                ));
                break;
            }
        }
        // A table that no split helps still gives a model: the first, constant tree.
        let found = if patience > 0 && best.0 > 0 { best.0 } else { trees };
        Ok(Grown { trees: if cancelled { found } else { found.max(1) }, cancelled })
    }
}

struct Grown {
    trees: u64,
    cancelled: bool,
}

fn repeat(booster: &mut Booster, steps: u64, report: &mut Reporter<'_>) -> Result<Grown, Failure> {
    for tree in 1..=steps {
        if report.cancelled() {
            return Ok(Grown { trees: 0, cancelled: true });
        }
        if booster.grow()? == Growth::Finished {
            break;
        }
        report.step(tree);
    }
    Ok(Grown { trees: steps, cancelled: false })
}

/// Centre and spread of labels that f32 would round noticeably; else 0 and 1, which keeps the
/// trees readable in the target's own unit.
fn scale(numbers: &[f64], rows: &[u32]) -> (f64, f64) {
    let values = || rows.iter().map(|row| numbers[*row as usize]);
    let count = rows.len() as f64;
    let mean = values().map(|value| value / count).sum::<f64>();
    let sd = values().map(|value| (value - mean) * ((value - mean) / count)).sum::<f64>().sqrt();
    let rounded = |value: f64| (f64::from(value as f32) - value).abs() > sd * 1e-4;
    if sd > 0.0 && sd.is_finite() && values().any(rounded) { (mean, sd) } else { (0.0, 1.0) }
}

fn parameters(assignment: &Assignment<'_>, fitted: &Fitted, rows: usize) -> String {
    let params = assignment.params;
    let objective = match assignment.truth.classes() {
        1 => "objective=regression metric=rmse".to_owned(),
        2 => "objective=binary metric=binary_logloss".to_owned(),
        many => format!("objective=multiclass num_class={many} metric=multi_logloss"),
    };
    let categories: Vec<String> = fitted
        .encoder
        .parts()
        .enumerate()
        .filter(|(_, part)| matches!(part, Part::Category(_)))
        .map(|(at, _)| at.to_string())
        .collect();
    let categories = if categories.is_empty() {
        String::new()
    } else {
        format!(" categorical_feature={}", categories.join(","))
    };
    let leaf_rows = params.size("min_leaf_rows").min((rows / LEAVES_AT_LEAST).max(1));
    format!(
        "{objective}{categories} num_leaves={} max_depth={} learning_rate={} \
         min_data_in_leaf={leaf_rows} feature_fraction={} bagging_fraction={} bagging_freq=1 \
         lambda_l1={} lambda_l2={} max_bin={} seed={} num_threads={} deterministic=true \
         force_row_wise=true is_provide_training_metric=true verbosity=-1",
        params.size("leaves"),
        params.integer("depth"),
        params.number("learning_rate"),
        params.number("feature_fraction"),
        params.number("row_fraction"),
        params.number("l1"),
        params.number("l2"),
        params.size("max_bins"),
        assignment.seed % (1 << 31),
        assignment.threads.max(1),
    )
}

/// Without what neither LightGBM nor we need to predict or to explain: a third of the text.
fn slim(text: &str) -> String {
    const LEFT_OUT: [&str; 4] =
        ["tree_sizes=", "leaf_weight=", "internal_value=", "internal_weight="];
    let mut slim = String::with_capacity(text.len());
    for line in text.lines().filter(|line| !LEFT_OUT.iter().any(|key| line.starts_with(key))) {
        slim.push_str(line);
        slim.push('\n');
    }
    slim
}
