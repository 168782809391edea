//! Curves of a [`Ranking`], point by point as scikit-learn draws them.

use crate::ranking::{Cut, Ranking};
use crate::sum::ratio;

/// What becomes of points between the corners of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intermediate {
    /// One point per distinct score: `drop_intermediate=False`.
    Keep,
    /// Without points that do not change the drawing: `drop_intermediate=True`.
    Drop,
}

/// One point of a ROC curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RocPoint {
    /// False-positive rate.
    pub fpr: f64,
    /// True-positive rate.
    pub tpr: f64,
    /// The lowest score predicted positive; +∞ at the first point.
    pub threshold: f64,
}

/// One point of a precision-recall curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PrPoint {
    /// Share of the positives found.
    pub recall: f64,
    /// Share of the predicted that are positive.
    pub precision: f64,
    /// The lowest score predicted positive; +∞ at the last point.
    pub threshold: f64,
}

/// One point of a detection error trade-off curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DetPoint {
    /// False-positive rate.
    pub fpr: f64,
    /// False-negative rate.
    pub fnr: f64,
    /// The lowest score predicted positive; +∞ when none is.
    pub threshold: f64,
}

/// `roc_curve`: from (0, 0) to (1, 1), thresholds descending from +∞. None when one of the two
/// classes has no weight, where scikit-learn warns and fills that rate with NaN.
pub fn roc_curve(ranking: &Ranking, intermediate: Intermediate) -> Option<Vec<RocPoint>> {
    let (positives, negatives) = (ranking.positives(), ranking.negatives());
    let cuts = match intermediate {
        Intermediate::Keep => ranking.cuts().to_vec(),
        Intermediate::Drop => corners(ranking.cuts(), bends),
    };
    let point = |cut: Cut| RocPoint {
        fpr: cut.false_positives / negatives,
        tpr: cut.true_positives / positives,
        threshold: cut.threshold,
    };
    let points = std::iter::once(NOTHING).chain(cuts).map(point);
    (positives > 0.0 && negatives > 0.0).then(|| points.collect())
}

/// `precision_recall_curve`: thresholds ascending, then (recall 0, precision 1) at +∞, for which
/// scikit-learn has no threshold. None without positives, where it warns and sets recall to 1.
pub fn precision_recall_curve(
    ranking: &Ranking,
    intermediate: Intermediate,
) -> Option<Vec<PrPoint>> {
    let positives = ranking.positives();
    let cuts = match intermediate {
        Intermediate::Keep => ranking.cuts().to_vec(),
        Intermediate::Drop => corners(ranking.cuts(), finds),
    };
    let point = |cut: Cut| PrPoint {
        recall: cut.true_positives / positives,
        precision: ratio(cut.true_positives, cut.true_positives + cut.false_positives),
        threshold: cut.threshold,
    };
    let last = PrPoint { recall: 0.0, precision: 1.0, threshold: f64::INFINITY };
    let points = cuts.into_iter().rev().map(point).chain(std::iter::once(last));
    (positives > 0.0).then(|| points.collect())
}

/// `det_curve`: thresholds ascending, from the last that finds every positive to the first
/// without a false alarm. None when one of the two classes has no weight, where scikit-learn
/// raises.
pub fn det_curve(ranking: &Ranking, intermediate: Intermediate) -> Option<Vec<DetPoint>> {
    let (positives, negatives) = (ranking.positives(), ranking.negatives());
    if positives == 0.0 || negatives == 0.0 {
        return None;
    }
    let mut cuts: Vec<Cut> =
        std::iter::once(NOTHING).chain(ranking.cuts().iter().copied()).collect();
    if intermediate == Intermediate::Drop {
        cuts = corners(&cuts, finds);
    }
    let first = cuts.partition_point(|cut| cut.false_positives <= 0.0).saturating_sub(1);
    let last = cuts.partition_point(|cut| cut.true_positives < positives);
    let point = |cut: &Cut| DetPoint {
        fpr: cut.false_positives / negatives,
        fnr: (positives - cut.true_positives) / positives,
        threshold: cut.threshold,
    };
    Some(cuts.get(first..=last).unwrap_or_default().iter().rev().map(point).collect())
}

/// Nothing predicted positive.
const NOTHING: Cut = Cut { threshold: f64::INFINITY, true_positives: 0.0, false_positives: 0.0 };

/// The ends and every cut that `stays` between its neighbours.
fn corners(cuts: &[Cut], stays: fn(&Cut, &Cut, &Cut) -> bool) -> Vec<Cut> {
    let [first, .., last] = cuts else { return cuts.to_vec() };
    let inner = cuts.windows(3).filter(|around| stays(&around[0], &around[1], &around[2]));
    let inner = inner.map(|around| around[1]);
    std::iter::once(*first).chain(inner).chain(std::iter::once(*last)).collect()
}

/// A second difference that is not 0, in the words of `roc_curve`.
fn bends(before: &Cut, cut: &Cut, after: &Cut) -> bool {
    let bend = |of: fn(&Cut) -> f64| (of(after) - of(cut)) - (of(cut) - of(before));
    bend(|cut| cut.false_positives) != 0.0 || bend(|cut| cut.true_positives) != 0.0
}

/// More positives are found on either side, in the words of `precision_recall_curve`.
fn finds(before: &Cut, cut: &Cut, after: &Cut) -> bool {
    cut.true_positives != before.true_positives || after.true_positives != cut.true_positives
}
