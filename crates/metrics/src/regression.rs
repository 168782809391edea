//! Metrics of predicted numbers.

use crate::Error;
use crate::error::{check_finite, check_length};
use crate::weights::Weights;

/// True and predicted numbers of the same rows, checked.
#[derive(Debug, Clone, Copy)]
pub struct Regression<'a> {
    pub(crate) truth: &'a [f64],
    pub(crate) predicted: &'a [f64],
    pub(crate) weights: Weights<'a>,
}

impl<'a> Regression<'a> {
    /// truth, predicted, weights: `[rows]`.
    ///
    /// # Errors
    /// Slices of different length, a number that is not finite, a weight below 0.
    pub fn new(
        truth: &'a [f64],
        predicted: &'a [f64],
        weights: Option<&'a [f64]>,
    ) -> Result<Self, Error> {
        check_length("predicted", predicted.len(), truth.len())?;
        check_finite("truth", truth)?;
        check_finite("predicted", predicted)?;
        Ok(Self { truth, predicted, weights: Weights::new(weights, truth.len())? })
    }

    /// True minus predicted, in the target's unit.
    pub(crate) fn residual(&self, row: usize) -> f64 {
        self.truth[row] - self.predicted[row]
    }

    /// Root of the mean squared error, in the target's unit: `root_mean_squared_error`.
    pub fn rmse(&self) -> Option<f64> {
        Some(self.weights.mean(|row| self.residual(row).powi(2))?.sqrt())
    }

    /// Mean absolute error, in the target's unit: `mean_absolute_error`.
    pub fn mae(&self) -> Option<f64> {
        self.weights.mean(|row| self.residual(row).abs())
    }

    /// Share of the variance explained, 1 at best: `r2_score`. For a constant truth 1 when all
    /// predictions are exact, else 0, as there (`force_finite`), also where scikit-learn's own
    /// mean rounds and it divides by noise. None with fewer than two rows, those of weight 0
    /// included, where it warns and answers NaN.
    pub fn r2(&self) -> Option<f64> {
        let error = self.weights.mean(|row| self.residual(row).powi(2))?;
        let spread = self.spread(|row| self.truth[row])?;
        (self.truth.len() >= 2).then(|| explained(error, spread))
    }

    /// As [`Self::r2`], but a constant offset of all predictions is forgiven:
    /// `explained_variance_score`.
    pub fn explained_variance(&self) -> Option<f64> {
        let error = self.spread(|row| self.residual(row))?;
        Some(explained(error, self.spread(|row| self.truth[row])?))
    }

    /// Median of the absolute errors, in the target's unit: `median_absolute_error`. With weights
    /// the point where half of the weight is below; the mean of two rows when it falls between.
    pub fn median_ae(&self) -> Option<f64> {
        let mut errors: Vec<(f64, f64)> =
            self.weights.rows().map(|(row, weight)| (self.residual(row).abs(), weight)).collect();
        errors.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut below = 0.0;
        let cumulative: Vec<f64> = errors
            .iter()
            .map(|(_, weight)| {
                below += weight;
                below
            })
            .collect();
        let half = 0.5 * below;
        let middle = cumulative.partition_point(|weight| *weight < half);
        let error = errors.get(middle)?.0;
        // The absolute ε is scikit-learn's.
        if cumulative[middle] - half > f64::EPSILON {
            return Some(error);
        }
        let next = errors.get(middle + 1).map_or(error, |next| next.0);
        Some(error / 2.0 + next / 2.0)
    }

    /// Largest absolute error, in the target's unit: `max_error`, of the rows with weight.
    pub fn max_error(&self) -> Option<f64> {
        self.weights.rows().map(|(row, _)| self.residual(row).abs()).max_by(f64::total_cmp)
    }

    /// Mean absolute error relative to the truth, 0.1 for ten per cent:
    /// `mean_absolute_percentage_error`. A truth of 0 counts as 2⁻⁵², so one such row makes it
    /// huge.
    pub fn mape(&self) -> Option<f64> {
        let relative = |row| self.residual(row).abs() / self.truth[row].abs().max(f64::EPSILON);
        self.weights.mean(relative)
    }

    /// Mean squared distance from the mean; exactly 0 when all values are equal.
    fn spread(&self, value: impl Fn(usize) -> f64) -> Option<f64> {
        let mean = self.weights.mean(&value)?;
        let mut values = self.weights.rows().map(|(row, _)| value(row));
        let first = values.next()?;
        if values.all(|value| value == first) {
            return Some(0.0);
        }
        self.weights.mean(|row| (value(row) - mean).powi(2))
    }
}

fn explained(error: f64, spread: f64) -> f64 {
    if error == 0.0 {
        1.0
    } else if spread == 0.0 {
        0.0
    } else {
        1.0 - error / spread
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diverged_prediction_is_refused_with_its_row() {
        let error = Regression::new(&[1.0, 2.0], &[1.0, f64::NAN], None).unwrap_err();
        assert_eq!(error.to_string(), "row 1 of predicted is NaN: it must be a finite number");
    }

    #[test]
    fn nothing_is_defined_without_rows_or_weight() {
        let none = Regression::new(&[], &[], None).unwrap();
        let zero = Regression::new(&[1.0, 2.0], &[1.0, 3.0], Some(&[0.0; 2])).unwrap();
        for rows in [none, zero] {
            assert_eq!((rows.rmse(), rows.mae(), rows.r2()), (None, None, None));
            assert_eq!((rows.median_ae(), rows.max_error(), rows.mape()), (None, None, None));
            assert_eq!(rows.explained_variance(), None);
        }
    }

    #[test]
    fn a_constant_truth_gives_no_rounding_noise() {
        // The mean of three times 0.1 is not 0.1.
        let exact = Regression::new(&[0.1; 3], &[0.1; 3], None).unwrap();
        assert_eq!((exact.r2(), exact.explained_variance()), (Some(1.0), Some(1.0)));
        let off = Regression::new(&[0.1; 3], &[0.1, 0.1, 0.2], None).unwrap();
        assert_eq!((off.r2(), off.explained_variance()), (Some(0.0), Some(0.0)));
    }
}
