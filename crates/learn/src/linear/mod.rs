//! Logistic and ridge regression over a [`Design`].

mod lbfgs;
mod logistic;
mod ridge;
mod rows;

use crate::TrainError;
use crate::assignment::{Assignment, Fit, Plan};
use crate::report::Reporter;
use crate::target::Truth;
use mlhub_predict::Head;
use mlhub_recipe::design::Style;
use mlhub_recipe::encoder::Fitted;
use mlhub_recipe::{Design, Table};
use rows::Rows;

/// The most inputs: rarer categories are taken together beyond.
const WIDTH: usize = 20_000;
/// The most weights, inputs times classes.
const WEIGHTS: usize = 4_000_000;

/// Weights `[outputs, width]`, then intercepts `[outputs]`.
struct Solution {
    weights: Vec<f64>,
    steps: u64,
    cancelled: bool,
}

/// `None` when it was cancelled before the first step.
pub(crate) fn fit(
    assignment: &Assignment<'_>,
    fitted: &Fitted,
    plan: Plan<'_>,
    report: &mut Reporter<'_>,
) -> Result<Option<Fit>, TrainError> {
    let table = assignment.table(fitted, plan.rows());
    let classes = assignment.truth.classes();
    let outputs = if classes == 2 { 1 } else { classes };
    let width = WIDTH.min(WEIGHTS / outputs);
    let design = Design::fit(&fitted.encoder, &table, Style::Linear { width });
    if design.width() > WEIGHTS / outputs {
        return Err(TrainError::new(
            format!("{} columns times {classes} classes are too many weights", design.width()),
            "Choose gradient boosting, or fewer columns.",
        ));
    }
    let inputs = Rows::new(&design, &table);
    let solution = match assignment.truth {
        Truth::Numbers(numbers) => {
            let truth: Vec<f64> = plan.rows().iter().map(|row| numbers[*row as usize]).collect();
            ridge::solve(&inputs, &truth, assignment.params.number("l2"), report)
        }
        Truth::Classes { codes, .. } => {
            let truth: Vec<u32> = plan.rows().iter().map(|row| codes[*row as usize]).collect();
            let quiet = matches!(plan, Plan::Repeat { .. });
            let options = logistic::Options {
                classes,
                l2: assignment.params.number("l2"),
                steps: assignment.params.count("max_iterations"),
                tolerance: assignment.params.number("tolerance"),
                threads: assignment.threads,
                quiet,
            };
            logistic::solve(&inputs, &truth, options, report)
        }
    };
    let Some(Solution { weights, steps, cancelled }) = solution else { return Ok(None) };
    if weights.iter().any(|weight| !weight.is_finite()) {
        return Err(TrainError::new(
            "the weights grew beyond all bounds",
            "Raise the L2 penalty: some columns say the same.",
        ));
    }
    let importance = Some(importance(&design, &table, &inputs, &weights, outputs));
    let weights = weights.iter().flat_map(|weight| weight.to_le_bytes()).collect();
    let artifact = assignment.artifact(fitted, Some(design), Head::Linear, weights);
    Ok(Some(Fit { artifact, steps, importance, cancelled }))
}

/// For each column of the table the sum of |weight| · sd over its inputs and all outputs.
fn importance(
    design: &Design,
    table: &Table,
    inputs: &Rows,
    weights: &[f64],
    outputs: usize,
) -> Vec<f64> {
    let width = design.width();
    let (mut sums, mut squares) = (vec![0.0; width], vec![0.0; width]);
    for row in 0..table.rows() {
        for (input, value) in inputs.row(row) {
            sums[input] += value;
            squares[input] += value * value;
        }
    }
    let count = table.rows() as f64;
    let columns = design.blocks().len();
    let mut importance = vec![0.0; columns];
    for (input, owner) in design.owners().into_iter().enumerate() {
        let mean = sums[input] / count;
        let sd = (squares[input] / count - mean * mean).max(0.0).sqrt();
        let weight: f64 = (0..outputs).map(|output| weights[output * width + input].abs()).sum();
        importance[owner] += weight * sd;
    }
    importance
}
