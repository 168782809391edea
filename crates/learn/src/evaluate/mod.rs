//! The report: how good a model is on the rows that were kept back for it.

mod classification;
mod importance;
mod regression;

use crate::TrainError;
use crate::assignment::{Assignment, Fit};
use crate::report::Reporter;
use crate::target::Truth;
use mlhub_domain::evaluation::{Evaluation, Metrics};
use mlhub_domain::num::Num;
use mlhub_metrics::summary::Summary;
use mlhub_predict::{Outputs, Predictor};
use mlhub_recipe::Table;
use rayon::prelude::*;

/// Rows that a thread predicts at once.
const CHUNK: usize = 2_048;

/// What is known about the rows kept back.
pub(crate) struct Held<'a> {
    pub(crate) rows: &'a [u32],
    /// Those that the model and the baseline were fitted on.
    pub(crate) train: &'a [u32],
    /// In words.
    pub(crate) measured_on: String,
}

/// Measures `fit` on the rows kept back, and the baseline beside it.
pub(crate) fn evaluate(
    assignment: &Assignment<'_>,
    fit: &Fit,
    held: &Held<'_>,
    report: &mut Reporter<'_>,
) -> Result<Evaluation, TrainError> {
    let predictor = Predictor::new(&fit.artifact).map_err(|error| {
        TrainError::new(error.to_string(), "Report this with the run's log: it should not happen.")
    })?;
    let encoder = &fit.artifact.manifest.encoder;
    let table = encoder.table(assignment.frame, held.rows);
    let mut table = table.expect("the encoder was fitted on this frame");
    let outputs = predict(assignment.threads, &predictor, &table);
    let base = crate::baseline::values(assignment.truth, held.train);
    let mut evaluation = match (assignment.truth, &outputs) {
        (Truth::Classes { codes, .. }, Outputs::Probabilities { values, .. }) => {
            let truth: Vec<u32> = held.rows.iter().map(|row| codes[*row as usize]).collect();
            classification::report(predictor.labels(), &truth, values, &base)
        }
        (Truth::Numbers(numbers), Outputs::Numbers(values)) => {
            let truth: Vec<f64> = held.rows.iter().map(|row| numbers[*row as usize]).collect();
            regression::report(&truth, values, base[0])
        }
        _ => unreachable!("the model was made for this target"),
    }
    .map_err(|error| {
        TrainError::new(
            format!("the model's predictions cannot be measured: {error}"),
            "Its fit went wrong: lower the learning rate, or raise the penalty.",
        )
    })?;
    evaluation.rows = held.rows.len() as u64;
    evaluation.measured_on.clone_from(&held.measured_on);
    evaluation.curves = report.curves();
    let judge = importance::Judge { assignment, predictor: &predictor, rows: held.rows };
    let columns = match &fit.importance {
        Some(columns) => Some(columns.clone()),
        None => judge.permutation(&mut table, report),
    };
    evaluation.importance =
        columns.map(|columns| importance::by_feature(encoder, &columns)).unwrap_or_default();
    Ok(evaluation)
}

/// Predicts all rows, in parallel.
fn predict(threads: usize, predictor: &Predictor, table: &Table) -> Outputs {
    let starts: Vec<usize> = (0..table.rows()).step_by(CHUNK).collect();
    let part = |start: &usize| predictor.outputs(table, *start..(start + CHUNK).min(table.rows()));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.max(1)).build();
    let parts: Vec<Outputs> = match pool {
        Ok(pool) => pool.install(|| starts.par_iter().map(part).collect()),
        Err(_) => starts.iter().map(part).collect(),
    };
    let mut all = predictor.outputs(table, 0..0);
    parts.into_iter().for_each(|part| all.extend(part));
    all
}

fn metrics(summary: Summary) -> Metrics {
    summary.into_iter().map(|(name, value)| (name.to_owned(), Num(value))).collect()
}
