//! Logistic regression: mean log loss plus an L2 penalty, as scikit-learn's `LogisticRegression`
//! with `C = 1 / l2`. One set of weights for two classes, one for each of more.

use super::Solution;
use super::lbfgs::{End, minimise};
use super::rows::Rows;
use crate::report::Reporter;
use rayon::prelude::*;

/// Partial sums are made over so many parts whatever the number of threads, so that rounding,
/// and with it the model, does not depend on the machine.
const PARTS: usize = 16;
/// The most numbers in all partial gradients together.
const ROOM: usize = 8_000_000;

#[derive(Clone, Copy)]
pub(super) struct Options {
    pub(super) classes: usize,
    pub(super) l2: f64,
    pub(super) steps: u64,
    pub(super) tolerance: f64,
    pub(super) threads: usize,
    /// Whether the losses belong to a repetition and are not for the curves.
    pub(super) quiet: bool,
}

pub(super) fn solve(
    rows: &Rows,
    truth: &[u32],
    options: Options,
    report: &mut Reporter<'_>,
) -> Option<Solution> {
    if report.cancelled() {
        return None;
    }
    let outputs = if options.classes == 2 { 1 } else { options.classes };
    let mut weights = vec![0.0; (rows.width() + 1) * outputs];
    let objective = Objective { rows, truth, outputs, l2: options.l2 };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads.max(1)).build().ok();
    let value = |weights: &[f64], gradient: &mut [f64]| match &pool {
        Some(pool) => pool.install(|| objective.value(weights, gradient)),
        None => objective.value(weights, gradient),
    };
    let (steps, end) =
        minimise(&mut weights, options.steps, options.tolerance, value, |step, loss| {
            if !options.quiet {
                report.metric("train/loss", step, loss);
            }
            report.step(step);
            !report.cancelled()
        });
    if end == End::Exhausted && !options.quiet {
        report.warn(format!("Not converged after {steps} steps: raise their number."));
    }
    Some(Solution { weights, steps: steps.max(1), cancelled: end == End::Cancelled })
}

struct Objective<'a> {
    rows: &'a Rows,
    truth: &'a [u32],
    outputs: usize,
    l2: f64,
}

impl Objective<'_> {
    /// Mean loss plus l2 / (2 · rows) · |weights|²; its gradient.
    fn value(&self, weights: &[f64], gradient: &mut [f64]) -> f64 {
        let count = self.rows.len();
        let parts = (ROOM / weights.len().max(1)).clamp(1, PARTS);
        let size = count.div_ceil(parts);
        let sums: Vec<(f64, Vec<f64>)> = (0..parts)
            .into_par_iter()
            .map(|part| self.part(weights, part * size..((part + 1) * size).min(count)))
            .collect();
        gradient.fill(0.0);
        let mut loss = 0.0;
        for (part, slopes) in sums {
            loss += part;
            gradient.iter_mut().zip(slopes).for_each(|(sum, slope)| *sum += slope);
        }
        let penalised = self.rows.width() * self.outputs;
        let scale = 1.0 / count as f64;
        gradient.iter_mut().for_each(|slope| *slope *= scale);
        let mut squares = 0.0;
        for (slope, weight) in gradient[..penalised].iter_mut().zip(weights) {
            *slope += self.l2 * scale * weight;
            squares += weight * weight;
        }
        scale * (loss + 0.5 * self.l2 * squares)
    }

    fn part(&self, weights: &[f64], range: std::ops::Range<usize>) -> (f64, Vec<f64>) {
        let (width, outputs) = (self.rows.width(), self.outputs);
        let intercepts = &weights[width * outputs..];
        let mut slopes = vec![0.0; weights.len()];
        let mut scores = vec![0.0; outputs];
        let mut loss = 0.0;
        for row in range {
            for (output, score) in scores.iter_mut().enumerate() {
                let weights = &weights[output * width..][..width];
                *score = intercepts[output] + self.rows.dot(row, weights);
            }
            loss += residuals(&mut scores, self.truth[row] as usize);
            for (output, residual) in scores.iter().enumerate() {
                let slopes = &mut slopes[output * width..][..width];
                self.rows.row(row).for_each(|(input, value)| slopes[input] += residual * value);
            }
            let intercepts = slopes[width * outputs..].iter_mut();
            intercepts.zip(&scores).for_each(|(slope, residual)| *slope += residual);
        }
        (loss, slopes)
    }
}

/// Turns scores into probability minus truth, and returns the loss.
fn residuals(scores: &mut [f64], truth: usize) -> f64 {
    if let [score] = scores {
        let signed = if truth == 1 { -*score } else { *score };
        // log(1 + exp(signed)) without overflow.
        let loss = signed.max(0.0) + (-signed.abs()).exp().ln_1p();
        *score = 1.0 / (1.0 + (-*score).exp()) - truth as f64;
        return loss;
    }
    let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = scores.iter().map(|score| (score - most).exp()).sum();
    // From the distance to the highest score, or rounding turns no loss into less than none.
    let loss = sum.ln() - (scores[truth] - most);
    for (class, score) in scores.iter_mut().enumerate() {
        *score = (*score - most).exp() / sum - f64::from(class == truth);
    }
    loss
}
