//! Log loss and squared error with their slopes, by hand.

use crate::target::Truth;
use candle_core::{Device, Tensor};

pub(super) enum Loss {
    /// Class indices by row.
    Classes { classes: usize, codes: Vec<u32> },
    /// `(number - mean) / sd` by row.
    Numbers { mean: f64, sd: f64, values: Vec<f32> },
}

impl Loss {
    pub(super) fn new(truth: &Truth, rows: &[u32]) -> Self {
        let (mut mean, mut sd) = (0.0, 1.0);
        if let Truth::Numbers(numbers) = truth {
            let count = rows.len() as f64;
            let values = || rows.iter().map(|row| numbers[*row as usize]);
            mean = values().map(|value| value / count).sum();
            let spread = values().map(|v| (v - mean) * ((v - mean) / count)).sum::<f64>().sqrt();
            sd = if spread > 0.0 && spread.is_finite() { spread } else { 1.0 };
        }
        Self::Numbers { mean, sd, values: Vec::new() }.on(truth, rows)
    }

    /// The same loss on other rows.
    pub(super) fn on(&self, truth: &Truth, rows: &[u32]) -> Self {
        match truth {
            Truth::Classes { labels, codes } => Self::Classes {
                classes: labels.len(),
                codes: rows.iter().map(|row| codes[*row as usize]).collect(),
            },
            Truth::Numbers(numbers) => {
                let (mean, sd) = (self.offset(), self.factor());
                let scaled = |row: &u32| ((numbers[*row as usize] - mean) / sd) as f32;
                Self::Numbers { mean, sd, values: rows.iter().map(scaled).collect() }
            }
        }
    }

    pub(super) fn outputs(&self) -> usize {
        match self {
            Self::Classes { classes, .. } => *classes,
            Self::Numbers { .. } => 1,
        }
    }

    pub(super) fn offset(&self) -> f64 {
        match self {
            Self::Classes { .. } => 0.0,
            Self::Numbers { mean, .. } => *mean,
        }
    }

    pub(super) fn factor(&self) -> f64 {
        match self {
            Self::Classes { .. } => 1.0,
            Self::Numbers { sd, .. } => *sd,
        }
    }

    /// The sum of the losses of `rows`, and the slope of their mean with each output.
    pub(super) fn slopes(
        &self,
        outputs: &Tensor,
        rows: &[usize],
    ) -> candle_core::Result<(f64, Tensor)> {
        let shape = outputs.shape().clone();
        let mut values = outputs.flatten_all()?.to_vec1::<f32>()?;
        let share = 1.0 / rows.len() as f32;
        let mut sum = 0.0;
        match self {
            Self::Classes { classes, codes } => {
                for (scores, row) in values.chunks_exact_mut(*classes).zip(rows) {
                    sum += log_loss(scores, codes[*row] as usize);
                    scores.iter_mut().for_each(|slope| *slope *= share);
                }
            }
            Self::Numbers { values: truth, .. } => {
                for (value, row) in values.iter_mut().zip(rows) {
                    let error = *value - truth[*row];
                    sum += f64::from(error * error);
                    *value = 2.0 * error * share;
                }
            }
        }
        Ok((sum, Tensor::from_vec(values, shape, &Device::Cpu)?))
    }

    /// What people see: the mean log loss in nats, or the root of the mean squared error in the
    /// target's unit.
    pub(super) fn shown(&self, sum: f64, rows: usize) -> f64 {
        let mean = sum / rows.max(1) as f64;
        match self {
            Self::Classes { .. } => mean,
            Self::Numbers { sd, .. } => mean.sqrt() * sd,
        }
    }
}

/// Turns scores into probability minus truth, and returns the loss.
fn log_loss(scores: &mut [f32], truth: usize) -> f64 {
    let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let given = scores[truth] - most;
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - most).exp();
        sum += *score;
    }
    for score in scores.iter_mut() {
        *score /= sum;
    }
    scores[truth] -= 1.0;
    // Rounding must not turn no loss into less than none.
    f64::from(sum.ln() - given).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loss_stays_finite_where_a_probability_vanishes() {
        let mut scores = [200.0, -200.0];
        assert_eq!(log_loss(&mut scores, 1), 400.0);
        assert_eq!(scores, [1.0, -1.0]);
    }

    #[test]
    fn numbers_are_scaled_and_shown_in_their_own_unit() {
        let truth = Truth::Numbers(vec![100.0, 300.0]);
        let loss = Loss::new(&truth, &[0, 1]);
        assert_eq!((loss.offset(), loss.factor()), (200.0, 100.0));
        let outputs = Tensor::from_vec(vec![0.0_f32, 0.0], (2, 1), &Device::Cpu).unwrap();
        let (sum, slopes) = loss.slopes(&outputs, &[0, 1]).unwrap();
        assert_eq!(loss.shown(sum, 2), 100.0);
        assert_eq!(slopes.flatten_all().unwrap().to_vec1::<f32>().unwrap(), [1.0, -1.0]);
    }
}
