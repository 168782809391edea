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
                    "Stopped after {trees} trees: the validation loss has been lowest with {}.",
                    best.0
                ));
                break;
            }
        }
        // Without early stopping all trees count; of a fit that a person ended, the best.
        let stops = patience > 0 || cancelled;
        // A table that no split helps still gives a model: the first, constant tree.
        let found = if stops && best.0 > 0 { best.0 } else { trees };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assignment::Params;
    use crate::report::Observer;
    use crate::rng::{Rng, Stream};
    use mlhub_domain::algorithms::AlgorithmKind;
    use mlhub_domain::models::Task;
    use mlhub_domain::runs::Event;
    use mlhub_domain::schema::{Column, LogicalType};
    use mlhub_predict::{Outputs, Predictor};
    use mlhub_recipe::{Encoder, Frame, Values};
    use serde_json::{Value, json};

    struct Silent;

    impl Observer for Silent {
        fn event(&mut self, _: Event) {}

        fn cancelled(&self) -> bool {
            false
        }
    }

    /// Numbers with and without missing values, around 0, and texts; later rows have texts that
    /// the first thousand lack.
    fn frame(rows: usize) -> Frame {
        let mut rng = Rng::new(5, Stream::Weights);
        let numbers: Vec<f64> = (0..rows).map(|_| f64::from(rng.signed())).collect();
        let holes = (0..rows).map(|_| match rng.below(4) {
            0 => f64::NAN,
            1 => 0.0,
            _ => f64::from(rng.signed()) * 1e3,
        });
        let holes = holes.collect();
        let texts: Vec<Option<String>> = (0..rows)
            .map(|row| match rng.below(12) {
                0 => None,
                _ if row >= 1_000 && row % 3 == 0 => Some(format!("new {row}")),
                other => Some(format!("level {}", other * rng.below(6))),
            })
            .collect();
        Frame::new(vec![
            ("numbers".into(), Values::Number(numbers)),
            ("holes".into(), Values::Number(holes)),
            ("texts".into(), Values::Text(texts.iter().map(Option::as_deref).collect())),
        ])
        .unwrap()
    }

    fn truth(frame: &Frame, classes: usize) -> Truth {
        let Some(Values::Number(numbers)) = frame.column("numbers") else { panic!("a number") };
        let Some(Values::Number(holes)) = frame.column("holes") else { panic!("a number") };
        let Some(Values::Text(texts)) = frame.column("texts") else { panic!("a text") };
        let score = |row: usize| {
            let hole = if holes[row].is_nan() { 0.7 } else { (holes[row] / 300.0).sin() };
            numbers[row] * 2.0 + hole + f64::from(texts.codes[row] % 5) * 0.4
        };
        let scores = (0..frame.rows()).map(score);
        if classes == 1 {
            return Truth::Numbers(scores.collect());
        }
        let code = |score: f64| (score * 1.3).rem_euclid(classes as f64) as u32;
        let labels = (0..classes).map(Value::from).collect();
        Truth::Classes { labels, codes: scores.map(code).collect() }
    }

    #[test]
    fn our_predictions_are_those_of_lightgbm() {
        let frame = frame(1_500);
        let (train, all) = ((0..1_000).collect::<Vec<u32>>(), (0..1_500).collect::<Vec<u32>>());
        let kinds = [LogicalType::Number, LogicalType::Number, LogicalType::Text];
        let column = |(name, kind): (&str, LogicalType)| Column { name: name.into(), kind };
        let features: Vec<Column> =
            frame.columns().map(|(name, _)| name).zip(kinds).map(column).collect();
        let target = column(("target", LogicalType::Integer));
        for classes in [1, 2, 4] {
            let truth = truth(&frame, classes);
            let task = if classes == 1 { Task::Regression } else { Task::Classification };
            let given = json!({"trees": 40, "learning_rate": 0.2, "row_fraction": 0.8});
            let algorithm = AlgorithmKind::Lightgbm;
            let params = algorithm.schema().complete(given.as_object().unwrap()).unwrap();
            let assignment = Assignment {
                algorithm,
                task,
                frame: &frame,
                features: &features,
                target: &target,
                truth: &truth,
                params: Params(&params),
                seed: 3,
                threads: 2,
            };
            let fitted = Encoder::fit(&frame, &features, &train);
            let plan = Plan::Search { train: &train[..900], inner: &train[900..] };
            let mut silent = Silent;
            let mut report = Reporter::new(&mut silent);
            let fit = fit(&assignment, &fitted, plan, &mut report).unwrap().unwrap();
            let table = assignment.table(&fitted, &all);
            let ours = match Predictor::new(&fit.artifact).unwrap().outputs(&table, 0..1_500) {
                Outputs::Numbers(values) => values,
                Outputs::Probabilities { classes: 2, values } => {
                    values.chunks_exact(2).map(|row| row[1]).collect()
                }
                Outputs::Probabilities { values, .. } => values,
            };
            let rows: Vec<f64> =
                (0..1_500).flat_map(|row| [0, 1, 2].map(|at| table.column(at)[row])).collect();
            let text = String::from_utf8(fit.artifact.weights).unwrap();
            assert!(text.contains("num_cat=1"), "some tree splits by category");
            let outputs = if classes == 2 { 1 } else { classes };
            let theirs = ffi::predict(&text, &rows, 3, outputs);
            assert_eq!(ours.len(), theirs.len());
            for (at, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                assert!((ours - theirs).abs() <= 1e-12, "{classes}, {at}: {ours} {theirs}");
            }
        }
    }

    #[test]
    fn labels_that_f32_would_round_are_scaled() {
        let rows: Vec<u32> = (0..4).collect();
        assert_eq!(scale(&[1.0, 2.0, 3.5, 4.0], &rows), (0.0, 1.0));
        let (offset, factor) = scale(&[2e9, 2e9 + 1.0, 2e9 + 2.0, 2e9 + 3.0], &rows);
        assert!((offset - 2e9 - 1.5).abs() < 1e-5 && (factor - 1.25_f64.sqrt()).abs() < 1e-9);
    }
}
