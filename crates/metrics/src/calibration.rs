//! Does a predicted 0.7 come true seven times in ten?

use crate::edges::{linspace, quantile};
use crate::ranking::Scored;
use crate::sum::sum;

/// How probabilities are put into bins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binning {
    /// Bins of equal width: `strategy="uniform"`.
    Uniform,
    /// Bins of about equally many rows: `strategy="quantile"`. Weights do not move the edges.
    Quantile,
}

/// The rows of one bin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CalibrationBin {
    /// Mean predicted probability.
    pub predicted: f64,
    /// Share of positives.
    pub observed: f64,
    /// Weight of the rows: their number, without weights.
    pub weight: f64,
}

/// `sklearn.calibration.calibration_curve`, with weights, which it does not take: the bins that
/// have rows, by rising probability. None when `bins` is 0 or a score is outside 0..=1, where
/// scikit-learn raises.
pub fn calibration_curve(
    scored: &Scored<'_>,
    bins: usize,
    binning: Binning,
) -> Option<Vec<CalibrationBin>> {
    let rows: Vec<(usize, f64)> = scored.weights.rows().collect();
    let unit = |row: usize| (0.0..=1.0).contains(&scored.scores[row]);
    if bins == 0 || !rows.iter().all(|(row, _)| unit(*row)) {
        return None;
    }
    if rows.is_empty() {
        return Some(Vec::new());
    }
    let edges = edges(rows.iter().map(|(row, _)| scored.scores[*row]).collect(), bins, binning);
    let mut sums = vec![[0.0; 3]; bins];
    for (row, weight) in rows {
        let score = scored.scores[row];
        let bin = &mut sums[edges[1..bins].partition_point(|edge| *edge < score)];
        bin[0] += weight * score;
        bin[1] += weight * f64::from(scored.positive[row]);
        bin[2] += weight;
    }
    let filled = sums.into_iter().filter(|[_, _, weight]| *weight > 0.0);
    let bin = |[predicted, observed, weight]: [f64; 3]| CalibrationBin {
        predicted: predicted / weight,
        observed: observed / weight,
        weight,
    };
    Some(filled.map(bin).collect())
}

/// Expected calibration error: the mean distance between predicted and observed, weighted by the
/// bins' weights. Scikit-learn has none; None without rows.
pub fn expected_calibration_error(bins: &[CalibrationBin]) -> Option<f64> {
    let total = sum(bins.iter().map(|bin| bin.weight));
    let gaps = bins.iter().map(|bin| bin.weight * (bin.predicted - bin.observed).abs());
    (total > 0.0).then(|| sum(gaps) / total)
}

fn edges(mut scores: Vec<f64>, bins: usize, binning: Binning) -> Vec<f64> {
    let even = linspace(0.0, 1.0, bins);
    match binning {
        Binning::Uniform => even,
        Binning::Quantile => {
            scores.sort_by(f64::total_cmp);
            // The detour over percent is NumPy's; without it an edge may round to the other side.
            even.iter().map(|rank| quantile(&scores, rank * 100.0 / 100.0)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_that_are_no_probabilities_have_no_curve() {
        let scored = Scored::new(&[true, false], &[1.5, 0.2], None).unwrap();
        assert_eq!(calibration_curve(&scored, 5, Binning::Uniform), None);
        let scored = Scored::new(&[true, false], &[0.5, 0.2], None).unwrap();
        assert_eq!(calibration_curve(&scored, 0, Binning::Uniform), None);
    }

    #[test]
    fn no_rows_have_an_empty_curve_and_no_error() {
        let scored = Scored::new(&[], &[], None).unwrap();
        let bins = calibration_curve(&scored, 5, Binning::Quantile).unwrap();
        assert_eq!((bins.len(), expected_calibration_error(&bins)), (0, None));
    }
}
