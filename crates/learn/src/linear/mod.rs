//! Logistic and ridge regression over a [`Design`].

mod lbfgs;
mod logistic;
mod ridge;
mod rows;

use crate::TrainError;
use crate::assignment::{Assignment, Fit, Plan};
use crate::report::Reporter;
use crate::target::Truth;
use mlhub_domain::num::count;
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
            format!(
                "{} columns times {classes} classes are too many weights",
                count(design.width() as u64)
            ),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Observer;
    use mlhub_domain::runs::Event;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Golden {
        logistic: Vec<LogisticCase>,
        ridge: Vec<RidgeCase>,
    }

    #[derive(Deserialize)]
    struct LogisticCase {
        classes: usize,
        l2: f64,
        x: Vec<Vec<f64>>,
        y: Vec<u32>,
        weights: Vec<Vec<f64>>,
        intercepts: Vec<f64>,
    }

    #[derive(Deserialize)]
    struct RidgeCase {
        l2: f64,
        x: Vec<Vec<f64>>,
        y: Vec<f64>,
        weights: Vec<f64>,
        intercept: f64,
    }

    struct Silent;

    impl Observer for Silent {
        fn event(&mut self, _: Event) {}

        fn cancelled(&self) -> bool {
            false
        }
    }

    fn golden() -> Golden {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/learn/golden.json");
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    fn furthest(ours: &[f64], theirs: &[f64]) -> f64 {
        assert_eq!(ours.len(), theirs.len());
        ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    }

    #[test]
    fn logistic_regression_finds_the_weights_of_scikit_learn() {
        for case in golden().logistic {
            let options = logistic::Options {
                classes: case.classes,
                l2: case.l2,
                steps: 10_000,
                tolerance: 1e-9,
                threads: 2,
                quiet: false,
            };
            let mut silent = Silent;
            let mut report = Reporter::new(&mut silent);
            let rows = Rows::dense(&case.x);
            let found = logistic::solve(&rows, &case.y, options, &mut report).unwrap();
            let theirs = [case.weights.concat(), case.intercepts].concat();
            let off = furthest(&found.weights, &theirs);
            assert!(off < 1e-5, "{} classes, l2 {}: {off}", case.classes, case.l2);
        }
    }

    #[test]
    fn ridge_regression_finds_the_weights_of_scikit_learn() {
        for case in golden().ridge {
            let mut silent = Silent;
            let mut report = Reporter::new(&mut silent);
            let rows = Rows::dense(&case.x);
            let found = ridge::solve(&rows, &case.y, case.l2, &mut report).unwrap();
            let off = furthest(&found.weights, &[case.weights, vec![case.intercept]].concat());
            assert!(off < 1e-8, "l2 {}: {off}", case.l2);
        }
    }

    #[test]
    fn ridge_without_a_penalty_copes_with_a_column_that_stands_twice() {
        let x: Vec<Vec<f64>> = (0..20).map(|row| vec![f64::from(row); 2]).collect();
        let y: Vec<f64> = (0..20).map(|row| f64::from(row) * 3.0 + 1.0).collect();
        let mut silent = Silent;
        let mut report = Reporter::new(&mut silent);
        let found = ridge::solve(&Rows::dense(&x), &y, 0.0, &mut report).unwrap();
        assert!(furthest(&found.weights, &[1.5, 1.5, 1.0]) < 1e-8, "{:?}", found.weights);
    }
}
