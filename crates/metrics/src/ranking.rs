//! Metrics of one score against a yes-or-no truth. All follow from one sort, the [`Ranking`].

use crate::Error;
use crate::error::{check_finite, check_length};
use crate::sum::{ratio, sum};
use crate::weights::Weights;
use std::borrow::Cow;

/// A score and the truth for the same rows, checked.
#[derive(Debug, Clone)]
pub struct Scored<'a> {
    pub(crate) positive: Cow<'a, [bool]>,
    pub(crate) scores: Cow<'a, [f64]>,
    pub(crate) weights: Weights<'a>,
}

impl<'a> Scored<'a> {
    /// positive: the truth `[rows]`; scores: `[rows]`, higher means more likely positive;
    /// weights: `[rows]`.
    ///
    /// # Errors
    /// Slices of different length, a score that is not finite, a weight below 0 or not finite.
    pub fn new(
        positive: &'a [bool],
        scores: &'a [f64],
        weights: Option<&'a [f64]>,
    ) -> Result<Self, Error> {
        check_length("scores", scores.len(), positive.len())?;
        check_finite("scores", scores)?;
        let weights = Weights::new(weights, positive.len())?;
        Ok(Self { positive: Cow::Borrowed(positive), scores: Cow::Borrowed(scores), weights })
    }
}

/// What is predicted positive when the line is drawn at `threshold`, inclusive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cut {
    /// The lowest score predicted positive.
    pub threshold: f64,
    /// Weight of the positives from here up.
    pub true_positives: f64,
    /// Weight of the negatives from here up.
    pub false_positives: f64,
}

/// The four counts at one threshold, by weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Counts {
    /// Positives predicted positive.
    pub true_positives: f64,
    /// Negatives predicted positive.
    pub false_positives: f64,
    /// Positives predicted negative.
    pub false_negatives: f64,
    /// Negatives predicted negative.
    pub true_negatives: f64,
}

impl Counts {
    /// `precision_score` with `zero_division=0`.
    pub fn precision(&self) -> f64 {
        ratio(self.true_positives, self.true_positives + self.false_positives)
    }

    /// `recall_score` with `zero_division=0`: the true-positive rate.
    pub fn recall(&self) -> f64 {
        ratio(self.true_positives, self.true_positives + self.false_negatives)
    }

    /// `f1_score` with `zero_division=0`.
    pub fn f1(&self) -> f64 {
        let predicted = self.true_positives + self.false_positives;
        let positives = self.true_positives + self.false_negatives;
        ratio(2.0 * self.true_positives, predicted + positives)
    }

    /// False-positive rate: the share of the negatives predicted positive; 0 without negatives.
    pub fn fpr(&self) -> f64 {
        ratio(self.false_positives, self.false_positives + self.true_negatives)
    }

    /// `accuracy_score`; 0 without rows.
    pub fn accuracy(&self) -> f64 {
        let right = self.true_positives + self.true_negatives;
        ratio(right, right + self.false_positives + self.false_negatives)
    }
}

/// Rows in descending order of score, equal scores together: scikit-learn's
/// `confusion_matrix_at_thresholds`. Rows of weight 0 are left out, as there.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    cuts: Vec<Cut>,
    /// As `cuts`, but of squared weights: the variance of the AUC needs them.
    squares: Vec<(f64, f64)>,
}

struct Row {
    score: f64,
    positive: bool,
    weight: f64,
}

impl Ranking {
    /// Sorts `scored`: O(rows · log rows).
    pub fn of(scored: &Scored<'_>) -> Self {
        let row = |(row, weight): (usize, f64)| Row {
            score: scored.scores[row],
            positive: scored.positive[row],
            weight,
        };
        let mut rows: Vec<Row> = scored.weights.rows().map(row).collect();
        rows.sort_by(|a, b| b.score.total_cmp(&a.score));
        let (mut cuts, mut squares) = (Vec::new(), Vec::new());
        let (mut weights, mut squared) = ([0.0; 2], [0.0; 2]);
        for tied in rows.chunk_by(|a, b| a.score == b.score) {
            for row in tied {
                weights[usize::from(row.positive)] += row.weight;
                squared[usize::from(row.positive)] += row.weight * row.weight;
            }
            let [false_positives, true_positives] = weights;
            cuts.push(Cut { threshold: tied[0].score, true_positives, false_positives });
            squares.push((squared[1], squared[0]));
        }
        Self { cuts, squares }
    }

    /// One cut per distinct score, descending; the last has everything.
    pub fn cuts(&self) -> &[Cut] {
        &self.cuts
    }

    /// Weight of the positive rows.
    pub fn positives(&self) -> f64 {
        self.cuts.last().map_or(0.0, |cut| cut.true_positives)
    }

    /// Weight of the negative rows.
    pub fn negatives(&self) -> f64 {
        self.cuts.last().map_or(0.0, |cut| cut.false_positives)
    }

    /// Area under the ROC curve: `roc_auc_score` of a binary truth. None when one of the two
    /// classes has no weight, where scikit-learn warns and answers NaN.
    pub fn roc_auc(&self) -> Option<f64> {
        let pairs = self.positives() * self.negatives();
        let areas = self.steps().map(|(before, cut)| {
            let width = cut.false_positives - before.false_positives;
            width * (cut.true_positives + before.true_positives) / 2.0
        });
        (pairs > 0.0).then(|| sum(areas) / pairs)
    }

    /// Average precision: `average_precision_score` of a binary truth. None without positives,
    /// where scikit-learn warns and answers 0.
    pub fn average_precision(&self) -> Option<f64> {
        let positives = self.positives();
        let areas = self.steps().map(|(before, cut)| {
            let precision = ratio(cut.true_positives, cut.true_positives + cut.false_positives);
            (cut.true_positives - before.true_positives) * precision
        });
        (positives > 0.0).then(|| sum(areas) / positives)
    }

    /// What happens when scores of at least `threshold` are predicted positive. O(log rows).
    pub fn at(&self, threshold: f64) -> Counts {
        let above = self.cuts.partition_point(|cut| cut.threshold >= threshold);
        self.counts(above.checked_sub(1).map(|last| &self.cuts[last]))
    }

    /// The cut with the highest F1, the higher threshold among equals; none without positives.
    pub fn best_f1(&self) -> Option<(Cut, Counts)> {
        let mut best: Option<(Cut, Counts)> = None;
        for cut in &self.cuts {
            let counts = self.counts(Some(cut));
            if best.as_ref().is_none_or(|(_, best)| counts.f1() > best.f1()) {
                best = Some((*cut, counts));
            }
        }
        best.filter(|_| self.positives() > 0.0)
    }

    /// At most `limit` cuts for a threshold slider, spread evenly over the distinct scores, the
    /// highest and the lowest among them. [`Counts`] of each, so that the browser needs no rows.
    pub fn slider(&self, limit: usize) -> Vec<(f64, Counts)> {
        let (cuts, limit) = (self.cuts.len(), limit.max(2));
        let entry = |index: usize| {
            let cut = &self.cuts[index];
            (cut.threshold, self.counts(Some(cut)))
        };
        if cuts <= limit {
            return (0..cuts).map(entry).collect();
        }
        (0..limit).map(|step| entry(step * (cuts - 1) / (limit - 1))).collect()
    }

    /// Each cut with the one above it, from an empty one.
    pub(crate) fn steps(&self) -> impl Iterator<Item = (Cut, Cut)> {
        let first = Cut { threshold: f64::INFINITY, true_positives: 0.0, false_positives: 0.0 };
        let before = std::iter::once(first).chain(self.cuts.iter().copied());
        before.zip(self.cuts.iter().copied())
    }

    /// Sums of squared weights per cut: positives, negatives; cumulative as the cuts.
    pub(crate) fn squares(&self) -> &[(f64, f64)] {
        &self.squares
    }

    fn counts(&self, cut: Option<&Cut>) -> Counts {
        let true_positives = cut.map_or(0.0, |cut| cut.true_positives);
        let false_positives = cut.map_or(0.0, |cut| cut.false_positives);
        Counts {
            true_positives,
            false_positives,
            false_negatives: self.positives() - true_positives,
            true_negatives: self.negatives() - false_positives,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranking() -> Ranking {
        let truth = [true, false, true, false, true];
        Ranking::of(&Scored::new(&truth, &[0.9, 0.8, 0.8, 0.3, 0.1], None).unwrap())
    }

    #[test]
    fn a_threshold_includes_its_own_score() {
        let at = |threshold| {
            let counts = ranking().at(threshold);
            (counts.true_positives, counts.false_positives)
        };
        assert_eq!(at(1.0), (0.0, 0.0));
        assert_eq!(at(0.8), (2.0, 1.0));
        assert_eq!(at(0.80001), (1.0, 0.0));
        assert_eq!(at(f64::NEG_INFINITY), (3.0, 2.0));
        assert_eq!(ranking().at(0.8).fpr(), 0.5);
    }

    #[test]
    fn the_best_f1_is_found_at_its_threshold() {
        let (cut, counts) = ranking().best_f1().unwrap();
        assert_eq!(cut.threshold, 0.1);
        assert_eq!(counts.f1(), 0.75);
    }

    #[test]
    fn the_slider_keeps_both_ends() {
        let thresholds: Vec<f64> =
            ranking().slider(3).into_iter().map(|(threshold, _)| threshold).collect();
        assert_eq!(thresholds, [0.9, 0.8, 0.1]);
        assert_eq!(ranking().slider(100).len(), 4);
    }

    #[test]
    fn a_score_that_is_no_number_is_refused() {
        let error = Scored::new(&[true, false], &[0.5, f64::NAN], None).unwrap_err();
        assert_eq!(error.to_string(), "row 1 of scores is NaN: it must be a finite number");
    }

    #[test]
    fn no_rows_rank_to_nothing() {
        let empty = Ranking::of(&Scored::new(&[], &[], None).unwrap());
        assert_eq!((empty.roc_auc(), empty.average_precision()), (None, None));
        assert_eq!(empty.best_f1(), None);
        assert!(empty.slider(10).is_empty());
    }
}
