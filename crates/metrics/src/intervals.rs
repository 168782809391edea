//! 95 % confidence intervals that cost no resampling.

use crate::ranking::Ranking;
use crate::sum::Sum;

/// A range that covers the true value in 95 of 100 samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The 0.975 quantile of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Wilson's score interval of a share seen in `rows` rows; None without rows.
/// Equal to R's `prop.test(correct = FALSE)`.
pub fn wilson(share: f64, rows: f64) -> Option<Interval> {
    let z2 = Z * Z;
    let scale = 1.0 + z2 / rows;
    let centre = (share + z2 / (2.0 * rows)) / scale;
    let spread = share * (1.0 - share) / rows + z2 / (4.0 * rows * rows);
    let half = Z * spread.max(0.0).sqrt() / scale;
    let within = |end: f64| end.clamp(0.0, 1.0);
    (rows > 0.0).then(|| Interval { low: within(centre - half), high: within(centre + half) })
}

/// DeLong's interval of [`Ranking::roc_auc`], normal, cut to 0..=1. Weights enter as in a survey:
/// each row by its weight, the variance by the squared weights. None when the AUC is, with fewer
/// than two positives or negatives, and when the rows are separated perfectly: then nothing is
/// left to estimate a spread from.
pub fn auc_interval(ranking: &Ranking) -> Option<Interval> {
    let auc = ranking.roc_auc()?;
    let variance = delong_variance(ranking, auc)?;
    let half = Z * variance.sqrt();
    let within = |end: f64| end.clamp(0.0, 1.0);
    (variance > 0.0).then(|| Interval { low: within(auc - half), high: within(auc + half) })
}

/// DeLong, DeLong and Clarke-Pearson (1988), from the tied groups of one ranking: how far the
/// share of negatives below each positive, and of positives above each negative, lies from `auc`.
fn delong_variance(ranking: &Ranking, auc: f64) -> Option<f64> {
    let (positives, negatives) = (ranking.positives(), ranking.negatives());
    let (mut of_positives, mut of_negatives) = (Sum::default(), Sum::default());
    let mut squares_before = (0.0, 0.0);
    for ((before, cut), squares) in ranking.steps().zip(ranking.squares()) {
        let tied_positives = cut.true_positives - before.true_positives;
        let tied_negatives = cut.false_positives - before.false_positives;
        let below = (negatives - cut.false_positives + tied_negatives / 2.0) / negatives;
        let above = (before.true_positives + tied_positives / 2.0) / positives;
        of_positives.add((squares.0 - squares_before.0) * (below - auc).powi(2));
        of_negatives.add((squares.1 - squares_before.1) * (above - auc).powi(2));
        squares_before = *squares;
    }
    // Unweighted, `squares` are counts, and each side is the sample variance over its count.
    let side = |sum: f64, total: f64, squares: f64| {
        let freedom = 1.0 - squares / (total * total);
        (freedom > 1e-12).then(|| sum / (total * total) / freedom)
    };
    let (positive_squares, negative_squares) = squares_before;
    Some(
        side(of_positives.value(), positives, positive_squares)?
            + side(of_negatives.value(), negatives, negative_squares)?,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ranking::Scored;

    #[test]
    fn wilson_equals_the_interval_of_r() {
        // prop.test(15, 20, correct = FALSE)
        let interval = wilson(0.75, 20.0).unwrap();
        assert!((interval.low - 0.531_299).abs() < 1e-5, "{interval:?}");
        assert!((interval.high - 0.888_138).abs() < 1e-5, "{interval:?}");
        assert_eq!(wilson(0.5, 0.0), None);
        assert!((wilson(1.0, 10.0).unwrap().high - 1.0).abs() < 1e-15);
    }

    #[test]
    fn too_few_rows_and_perfect_order_have_no_interval() {
        let interval = |truth: &[bool], scores: &[f64]| {
            auc_interval(&Ranking::of(&Scored::new(truth, scores, None).unwrap()))
        };
        assert_eq!(interval(&[true, false, false], &[0.5, 0.4, 0.6]), None);
        assert_eq!(interval(&[true, true, false, false], &[4.0, 3.0, 2.0, 1.0]), None);
        assert!(interval(&[true, true, false, false], &[4.0, 2.0, 3.0, 1.0]).is_some());
    }
}
