//! Metrics of predicted classes. All of them follow from one [`Confusion`] matrix.

use crate::Error;
use crate::error::{check_labels, check_length};
use crate::intervals::{Interval, wilson};
use crate::sum::{ratio, sum};
use crate::weights::Weights;

/// True and predicted classes of the same rows, checked.
#[derive(Debug, Clone, Copy)]
pub struct Labelled<'a> {
    pub(crate) truth: &'a [u32],
    pub(crate) predicted: &'a [u32],
    pub(crate) classes: usize,
    pub(crate) weights: Weights<'a>,
}

impl<'a> Labelled<'a> {
    /// truth, predicted: class indices `[rows]` below `classes`; weights: `[rows]`.
    ///
    /// # Errors
    /// Slices of different length, a class index too high, a weight below 0 or not finite.
    pub fn new(
        truth: &'a [u32],
        predicted: &'a [u32],
        classes: usize,
        weights: Option<&'a [f64]>,
    ) -> Result<Self, Error> {
        check_length("predicted", predicted.len(), truth.len())?;
        check_labels(truth, classes)?;
        check_labels(predicted, classes)?;
        Ok(Self { truth, predicted, classes, weights: Weights::new(weights, truth.len())? })
    }
}

/// Quality of the predictions of one class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassReport {
    /// Share of the rows predicted as this class that are of it; 0 when none are predicted.
    pub precision: f64,
    /// Share of the rows of this class that are predicted as it; 0 when there are none.
    pub recall: f64,
    /// Harmonic mean of precision and recall; 0 when the class neither occurs nor is predicted.
    pub f1: f64,
    /// Weight of the rows of this class: their number, without weights.
    pub support: f64,
}

/// How the values of the classes become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Averaging {
    /// The plain mean over the classes that occur in the truth or among the predictions.
    Macro,
    /// The mean weighted by support.
    Weighted,
    /// From the counts of all classes together; equal to the accuracy.
    Micro,
}

/// Precision, recall and F1 over all classes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Average {
    /// Averaged precision.
    pub precision: f64,
    /// Averaged recall.
    pub recall: f64,
    /// Averaged F1; not the F1 of the averaged precision and recall.
    pub f1: f64,
}

/// How often each class was predicted as each: `sklearn.metrics.confusion_matrix` with
/// `labels=range(classes)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Confusion {
    classes: usize,
    counts: Vec<f64>,
    occurs: Vec<bool>,
    weight_squares: f64,
}

impl Confusion {
    /// Counts the rows of `labelled`, by weight.
    pub fn of(labelled: &Labelled<'_>) -> Self {
        let classes = labelled.classes;
        let mut counts = vec![0.0; classes * classes];
        let mut occurs = vec![false; classes];
        for (row, (truth, predicted)) in labelled.truth.iter().zip(labelled.predicted).enumerate() {
            let (truth, predicted) = (*truth as usize, *predicted as usize);
            counts[truth * classes + predicted] += labelled.weights.of(row);
            // Rows of weight 0 too: scikit-learn collects its labels before it looks at weights.
            occurs[truth] = true;
            occurs[predicted] = true;
        }
        Self { classes, counts, occurs, weight_squares: labelled.weights.squares() }
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Weight of the rows of class `truth` that were predicted as `predicted`.
    ///
    /// # Panics
    /// When a class is not below [`Self::classes`].
    pub fn count(&self, truth: usize, predicted: usize) -> f64 {
        assert!(predicted < self.classes, "class {predicted} of {}", self.classes);
        self.counts[truth * self.classes + predicted]
    }

    /// Counts per true class (outer) and predicted class (inner).
    pub fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.counts.chunks_exact(self.classes.max(1))
    }

    /// Weight of all rows.
    pub fn total(&self) -> f64 {
        sum(self.counts.iter().copied())
    }

    /// Share of the rows predicted right: `accuracy_score`.
    pub fn accuracy(&self) -> Option<f64> {
        let total = self.total();
        (total > 0.0).then(|| self.hits() / total)
    }

    /// Wilson's 95 % interval of the accuracy. With weights the number of rows is Kish's
    /// effective one, `(Σw)² / Σw²`.
    pub fn accuracy_interval(&self) -> Option<Interval> {
        let total = self.total();
        wilson(self.accuracy()?, total * total / self.weight_squares)
    }

    /// Mean recall of the classes that occur in the truth: `balanced_accuracy_score`
    /// (which warns about predicted classes that do not occur, and leaves them out as we do).
    pub fn balanced_accuracy(&self) -> Option<f64> {
        let reports = self.per_class();
        let recalls: Vec<f64> =
            reports.iter().filter(|class| class.support > 0.0).map(|class| class.recall).collect();
        (!recalls.is_empty()).then(|| sum(recalls.iter().copied()) / recalls.len() as f64)
    }

    /// One report per class: `precision_recall_fscore_support` with `labels=range(classes)`,
    /// `zero_division=0`.
    pub fn per_class(&self) -> Vec<ClassReport> {
        let (truths, predictions) = (self.truths(), self.predictions());
        let report = |class: usize| {
            let hits = self.count(class, class);
            ClassReport {
                precision: ratio(hits, predictions[class]),
                recall: ratio(hits, truths[class]),
                f1: ratio(2.0 * hits, truths[class] + predictions[class]),
                support: truths[class],
            }
        };
        (0..self.classes).map(report).collect()
    }

    /// `precision_recall_fscore_support` with `labels=None`, `zero_division=0` and this average.
    pub fn average(&self, averaging: Averaging) -> Option<Average> {
        let reports = self.per_class();
        let weights: Vec<f64> = match averaging {
            Averaging::Macro => self.occurs.iter().map(|&occurs| f64::from(occurs)).collect(),
            Averaging::Weighted => reports.iter().map(|class| class.support).collect(),
            Averaging::Micro => return self.micro(),
        };
        if self.total() == 0.0 {
            return None;
        }
        let total = sum(weights.iter().copied());
        let mean = |value: fn(&ClassReport) -> f64| {
            sum(reports.iter().zip(&weights).map(|(class, weight)| value(class) * weight)) / total
        };
        Some(Average {
            precision: mean(|class| class.precision),
            recall: mean(|class| class.recall),
            f1: mean(|class| class.f1),
        })
    }

    /// Matthews' correlation, -1..=1: `matthews_corrcoef`. 0 when all rows are of one class or
    /// are predicted as one, as there; with uneven weights scikit-learn may answer rounding
    /// noise instead.
    pub fn mcc(&self) -> Option<f64> {
        let total = self.total();
        if total == 0.0 {
            return None;
        }
        let (truths, predictions) = (self.truths(), self.predictions());
        if one_class(&truths) || one_class(&predictions) {
            return Some(0.0);
        }
        let dot = |a: &[f64], b: &[f64]| sum(a.iter().zip(b).map(|(a, b)| a * b));
        let covariance = self.hits() * total - dot(&truths, &predictions);
        let spread = |sums: &[f64]| total * total - dot(sums, sums);
        Some(covariance / (spread(&predictions) * spread(&truths)).sqrt())
    }

    /// Cohen's kappa, agreement beyond chance: `cohen_kappa_score`. None when truth and
    /// prediction know only one class, and the same, where scikit-learn warns and answers NaN.
    pub fn cohen_kappa(&self) -> Option<f64> {
        let total = self.total();
        let (truths, predictions) = (self.truths(), self.predictions());
        let missed = sum((0..self.classes).map(|class| truths[class] - self.count(class, class)));
        let chance = |truth: usize| {
            let others = predictions.iter().enumerate().filter(move |(class, _)| *class != truth);
            truths[truth] * sum(others.map(|(_, weight)| *weight)) / total
        };
        let expected = sum((0..self.classes).map(chance));
        (total > 0.0 && expected > 0.0).then(|| 1.0 - missed / expected)
    }

    fn micro(&self) -> Option<Average> {
        let (hits, truths) = (self.hits(), sum(self.truths()));
        let predictions = sum(self.predictions());
        (truths > 0.0).then(|| Average {
            precision: hits / predictions,
            recall: hits / truths,
            f1: 2.0 * hits / (truths + predictions),
        })
    }

    fn hits(&self) -> f64 {
        sum((0..self.classes).map(|class| self.count(class, class)))
    }

    fn truths(&self) -> Vec<f64> {
        self.rows().map(|row| sum(row.iter().copied())).collect()
    }

    fn predictions(&self) -> Vec<f64> {
        (0..self.classes).map(|class| sum(self.rows().map(|row| row[class]))).collect()
    }
}

fn one_class(weights: &[f64]) -> bool {
    weights.iter().filter(|weight| **weight > 0.0).count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_do_not_fit_are_refused_with_their_place() {
        let short = Labelled::new(&[0, 1], &[0], 2, None).unwrap_err();
        assert_eq!(short, Error::Length { what: "predicted", expected: 2, found: 1 });
        let high = Labelled::new(&[0, 2], &[0, 1], 2, None).unwrap_err();
        assert_eq!(high.to_string(), "row 1 has class 2, but there are only 2 classes");
        for weight in [-1.0, f64::NAN, f64::INFINITY] {
            let error = Labelled::new(&[0, 1], &[0, 1], 2, Some(&[1.0, weight])).unwrap_err();
            assert!(matches!(error, Error::Value { what: "weights", row: 1, .. }), "{error}");
        }
    }

    #[test]
    fn nothing_is_defined_without_rows_or_weight() {
        let none = Confusion::of(&Labelled::new(&[], &[], 3, None).unwrap());
        let zero = Confusion::of(&Labelled::new(&[0, 1], &[1, 1], 3, Some(&[0.0; 2])).unwrap());
        for confusion in [none, zero] {
            assert_eq!(confusion.accuracy(), None);
            assert_eq!(confusion.accuracy_interval(), None);
            assert_eq!(confusion.balanced_accuracy(), None);
            assert_eq!(confusion.mcc(), None);
            assert_eq!(confusion.cohen_kappa(), None);
            for averaging in [Averaging::Macro, Averaging::Weighted, Averaging::Micro] {
                assert_eq!(confusion.average(averaging), None);
            }
        }
    }
}
