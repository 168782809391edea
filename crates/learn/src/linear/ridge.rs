//! Ridge regression, as scikit-learn's `Ridge`: by Cholesky where the normal equations are small,
//! else by conjugate gradients. The intercept is not penalised.

use super::Solution;
use super::rows::Rows;
use crate::report::Reporter;

/// The most inputs for which the normal equations are written out, and the most work that may be.
const DENSE: usize = 1_500;
const WORK: f64 = 2e10;
/// How small conjugate gradients make the residual, relative to its beginning.
const PRECISION: f64 = 1e-11;

pub(super) fn solve(
    rows: &Rows,
    truth: &[f64],
    l2: f64,
    report: &mut Reporter<'_>,
) -> Option<Solution> {
    let width = rows.width();
    let centre = truth.iter().sum::<f64>() / truth.len() as f64;
    let means = rows.means();
    let work = rows.len() as f64 * (width * width) as f64;
    let centred = Centred { rows, means: &means, l2 };
    let side = centred.transposed(|row| truth[row] - centre);
    let mut cancelled = false;
    let mut weights = None;
    if width <= DENSE && work <= WORK {
        weights = cholesky(centred.normal(report)?, width, &side);
    }
    // Columns that say the same, without a penalty, have no Cholesky factor.
    let mut weights = match weights {
        Some(weights) => weights,
        None => {
            let (weights, early) = centred.conjugate(&side, report);
            cancelled = early;
            weights
        }
    };
    let intercept = centre - means.iter().zip(&weights).map(|(mean, w)| mean * w).sum::<f64>();
    weights.push(intercept);
    Some(Solution { weights, steps: 1, cancelled })
}

/// Inputs minus their means, without writing that down: it would fill the zeros.
struct Centred<'a> {
    rows: &'a Rows,
    means: &'a [f64],
    l2: f64,
}

impl Centred<'_> {
    /// Xᵀ · values
    fn transposed(&self, value: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut sums = vec![0.0; self.rows.width()];
        let mut total = 0.0;
        for row in 0..self.rows.len() {
            let factor = value(row);
            total += factor;
            self.rows.row(row).for_each(|(input, value)| sums[input] += factor * value);
        }
        sums.iter_mut().zip(self.means).for_each(|(sum, mean)| *sum -= total * mean);
        sums
    }

    /// Xᵀ · X + l2, its lower triangle; `None` when it was cancelled.
    fn normal(&self, report: &Reporter<'_>) -> Option<Vec<f64>> {
        let width = self.rows.width();
        let mut matrix = vec![0.0; width * width];
        let mut dense = vec![0.0; width];
        for row in 0..self.rows.len() {
            if row % 1_000 == 0 && report.cancelled() {
                return None;
            }
            dense.iter_mut().zip(self.means).for_each(|(cell, mean)| *cell = -mean);
            self.rows.row(row).for_each(|(input, value)| dense[input] += value);
            for (at, cell) in dense.iter().enumerate() {
                let line = &mut matrix[at * width..][..=at];
                line.iter_mut().zip(&dense).for_each(|(sum, other)| *sum += cell * other);
            }
        }
        (0..width).for_each(|at| matrix[at * width + at] += self.l2);
        Some(matrix)
    }

    /// (Xᵀ · X + l2) · weights
    fn product(&self, weights: &[f64]) -> Vec<f64> {
        let shift: f64 = self.means.iter().zip(weights).map(|(mean, weight)| mean * weight).sum();
        let mut product = self.transposed(|row| self.rows.dot(row, weights) - shift);
        product.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += self.l2 * weight);
        product
    }

    /// Conjugate gradients, and whether they were cut short.
    fn conjugate(&self, side: &[f64], report: &mut Reporter<'_>) -> (Vec<f64>, bool) {
        let mut weights = vec![0.0; side.len()];
        let mut residual = side.to_vec();
        let mut direction = side.to_vec();
        let mut squares = dot(&residual, &residual);
        let goal = squares * PRECISION * PRECISION;
        for _ in 0..(4 * side.len()).clamp(100, 2_000) {
            if squares <= goal {
                break;
            }
            if report.cancelled() {
                return (weights, true);
            }
            let product = self.product(&direction);
            let length = squares / dot(&direction, &product);
            if !length.is_finite() {
                break;
            }
            add(&mut weights, length, &direction);
            add(&mut residual, -length, &product);
            let next = dot(&residual, &residual);
            let share = next / squares;
            direction.iter_mut().zip(&residual).for_each(|(d, r)| *d = r + share * *d);
            squares = next;
        }
        (weights, false)
    }
}

/// Solves matrix · x = side; `None` when the matrix is not positive definite.
fn cholesky(mut matrix: Vec<f64>, width: usize, side: &[f64]) -> Option<Vec<f64>> {
    let largest = (0..width).map(|at| matrix[at * width + at]).fold(0.0, f64::max);
    for column in 0..width {
        let (above, below) = matrix.split_at_mut(column * width);
        let line = &mut below[..=column];
        for at in 0..column {
            let other = &above[at * width..][..=at];
            let sum = line[at] - dot(&line[..at], &other[..at]);
            line[at] = sum / other[at];
        }
        let pivot = line[column] - dot(&line[..column], &line[..column]);
        if pivot <= largest * 1e-13 {
            return None;
        }
        line[column] = pivot.sqrt();
    }
    let mut x = side.to_vec();
    for at in 0..width {
        let line = &matrix[at * width..][..=at];
        x[at] = (x[at] - dot(&line[..at], &x[..at])) / line[at];
    }
    for at in (0..width).rev() {
        x[at] /= matrix[at * width + at];
        let value = x[at];
        for other in 0..at {
            x[other] -= matrix[at * width + other] * value;
        }
    }
    Some(x)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(to: &mut [f64], factor: f64, what: &[f64]) {
    to.iter_mut().zip(what).for_each(|(to, what)| *to += factor * what);
}
