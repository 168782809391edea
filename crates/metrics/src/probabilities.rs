//! Metrics of predicted probabilities of two or more classes.

use crate::Error;
use crate::classification::{Confusion, Labelled};
use crate::error::{check_labels, check_length};
use crate::ranking::{Ranking, Scored};
use crate::sum::sum;
use crate::weights::Weights;
use std::borrow::Cow;

/// True classes and the probabilities predicted for each, checked.
#[derive(Debug, Clone, Copy)]
pub struct Probabilities<'a> {
    truth: &'a [u32],
    values: &'a [f64],
    classes: usize,
    weights: Weights<'a>,
}

impl<'a> Probabilities<'a> {
    /// truth: class indices `[rows]` below `classes`; values: `[rows, classes]` row-major in
    /// 0..=1; weights: `[rows]`. Rows should sum to 1; they are taken as they are, as
    /// scikit-learn (since 1.5) takes them, with a warning and without renormalising.
    ///
    /// # Errors
    /// Slices that do not fit each other, a class index too high, a probability outside 0..=1
    /// or NaN, a weight below 0 or not finite.
    pub fn new(
        truth: &'a [u32],
        values: &'a [f64],
        classes: usize,
        weights: Option<&'a [f64]>,
    ) -> Result<Self, Error> {
        check_length("probabilities", values.len(), truth.len().saturating_mul(classes))?;
        check_labels(truth, classes)?;
        if let Some(at) = values.iter().position(|value| !(0.0..=1.0).contains(value)) {
            let rule = "between 0 and 1";
            let (row, value) = (at / classes, values[at]);
            return Err(Error::Value { what: "probabilities", row, value, rule });
        }
        Ok(Self { truth, values, classes, weights: Weights::new(weights, truth.len())? })
    }

    /// The most likely class of each row, the lower index among equals: `numpy.argmax`.
    pub fn predicted(&self) -> Vec<u32> {
        let likeliest = |row: &[f64]| {
            let mut best = 0;
            for class in 1..row.len() {
                if row[class] > row[best] {
                    best = class;
                }
            }
            best as u32
        };
        self.values.chunks_exact(self.classes.max(1)).map(likeliest).collect()
    }

    /// The confusion matrix of the most likely classes.
    pub fn confusion(&self) -> Confusion {
        let predicted = self.predicted();
        Confusion::of(&Labelled {
            truth: self.truth,
            predicted: &predicted,
            classes: self.classes,
            weights: self.weights,
        })
    }

    /// Mean negative log-likelihood in nats: `log_loss` with `labels=range(classes)`.
    /// Probabilities are clipped to ε..=1-ε with the ε of f64, 2⁻⁵², so one impossible row costs
    /// 36. None with fewer than two classes, where scikit-learn raises.
    pub fn log_loss(&self) -> Option<f64> {
        let loss = |row: usize| {
            let given = self.values[row * self.classes + self.truth[row] as usize];
            -given.clamp(f64::EPSILON, 1.0 - f64::EPSILON).ln()
        };
        self.weights.mean(loss).filter(|_| self.classes >= 2)
    }

    /// Mean squared distance from the truth: `brier_score_loss` of `[rows, classes]`
    /// probabilities. 0..=1 for two classes (halved, as there), 0..=2 for more. None with fewer
    /// than two classes, where scikit-learn raises.
    pub fn brier(&self) -> Option<f64> {
        let distance = |row: usize| {
            let given = &self.values[row * self.classes..][..self.classes];
            let truth = |class| f64::from(class == self.truth[row] as usize);
            sum(given.iter().enumerate().map(|(class, value)| (truth(class) - value).powi(2)))
        };
        let scale = if self.classes == 2 { 0.5 } else { 1.0 };
        Some(scale * self.weights.mean(distance).filter(|_| self.classes >= 2)?)
    }

    /// Share of the rows whose class is among the `k` most likely: `top_k_accuracy_score` with
    /// `labels=range(classes)`. Among equals the higher index goes first, but for two classes
    /// and `k` = 1 the second class needs more than 0.5: both as scikit-learn has it. 1 when `k`
    /// is the number of classes or more, where it warns. None with fewer than two classes.
    pub fn top_k_accuracy(&self, k: usize) -> Option<f64> {
        let hit = |row: usize| {
            let given = &self.values[row * self.classes..][..self.classes];
            let truth = self.truth[row] as usize;
            if (self.classes, k) == (2, 1) {
                return (given[1] > 0.5) == (truth == 1);
            }
            let ahead = |&(class, value): &(usize, &f64)| {
                *value > given[truth] || (*value == given[truth] && class > truth)
            };
            given.iter().enumerate().filter(ahead).count() < k
        };
        self.weights.mean(|row| f64::from(hit(row))).filter(|_| self.classes >= 2)
    }

    /// Area under the ROC curve: `roc_auc_score`, for more than two classes with
    /// `multi_class="ovr"`, the plain mean over the classes. A class that no row has, or every
    /// row, is left out; scikit-learn answers NaN there, with a warning. None when no class is
    /// left.
    pub fn roc_auc(&self) -> Option<f64> {
        self.one_vs_rest().roc_auc
    }

    /// Average precision: `average_precision_score`, for more than two classes the plain mean of
    /// one against the rest. A class that no row has is left out; scikit-learn wants its column
    /// removed. None when no class is left.
    pub fn average_precision(&self) -> Option<f64> {
        self.one_vs_rest().average_precision
    }

    /// [`Self::roc_auc`] and [`Self::average_precision`] for one round of sorting.
    pub fn one_vs_rest(&self) -> OneVsRest {
        let (mut areas, mut precisions) = (Vec::new(), Vec::new());
        for class in self.ranked_classes() {
            let ranking = Ranking::of(&self.against_rest(class));
            areas.extend(ranking.roc_auc());
            precisions.extend(ranking.average_precision());
        }
        OneVsRest { roc_auc: mean(&areas), average_precision: mean(&precisions) }
    }

    /// The classes that get a curve: the second of two, each of more.
    pub fn ranked_classes(&self) -> std::ops::Range<usize> {
        match self.classes {
            0 | 1 => 0..0,
            2 => 1..2,
            more => 0..more,
        }
    }

    /// The probability of `class` as a score for "is `class`".
    ///
    /// # Panics
    /// When `class` is not below the number of classes.
    pub fn against_rest(&self, class: usize) -> Scored<'a> {
        assert!(class < self.classes, "class {class} of {}", self.classes);
        let positive: Vec<bool> = self.truth.iter().map(|truth| *truth as usize == class).collect();
        let scores: Vec<f64> =
            self.values.iter().skip(class).step_by(self.classes).copied().collect();
        Scored { positive: Cow::Owned(positive), scores: Cow::Owned(scores), weights: self.weights }
    }
}

/// Areas of one class against the rest, averaged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OneVsRest {
    /// See [`Probabilities::roc_auc`].
    pub roc_auc: Option<f64>,
    /// See [`Probabilities::average_precision`].
    pub average_precision: Option<f64>,
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| sum(values.iter().copied()) / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_sure_and_right_loses_nothing_and_never_less() {
        for sure in [1.0, 1.0 - f64::EPSILON / 2.0, 1.0 - f64::EPSILON] {
            let values: Vec<f64> = (0..7).flat_map(|_| [1.0 - sure, sure]).collect();
            let loss = Probabilities::new(&[1; 7], &values, 2, None).unwrap().log_loss().unwrap();
            assert!((0.0..1e-15).contains(&loss), "{sure}: {loss}");
        }
    }

    #[test]
    fn a_probability_that_is_none_is_refused_with_its_row() {
        for bad in [f64::NAN, -0.1, 1.5] {
            let error = Probabilities::new(&[0, 1], &[0.5, 0.5, 0.5, bad], 2, None).unwrap_err();
            assert!(matches!(error, Error::Value { row: 1, .. }), "{error}");
        }
        let short = Probabilities::new(&[0, 1], &[0.5; 3], 2, None).unwrap_err();
        assert_eq!(short, Error::Length { what: "probabilities", expected: 4, found: 3 });
    }

    #[test]
    fn a_single_class_has_no_probabilistic_metric() {
        let one = Probabilities::new(&[0, 0], &[1.0, 1.0], 1, None).unwrap();
        assert_eq!((one.log_loss(), one.brier(), one.top_k_accuracy(1)), (None, None, None));
        assert_eq!((one.roc_auc(), one.average_precision()), (None, None));
        assert_eq!(one.predicted(), [0, 0]);
    }

    #[test]
    fn no_rows_of_no_classes_are_no_panic() {
        let none = Probabilities::new(&[], &[], 0, None).unwrap();
        assert_eq!((none.log_loss(), none.roc_auc()), (None, None));
        assert!(none.predicted().is_empty());
    }
}
