//! All headline metrics at once, by the names of [`crate::catalogue`].

use crate::classification::{Averaging, Confusion};
use crate::probabilities::Probabilities;
use crate::regression::Regression;
use std::collections::BTreeMap;

/// Name to value; what is not defined on the rows given is left out.
pub type Summary = BTreeMap<&'static str, f64>;

/// The headline metrics of `probabilities` and of the classes predicted from them, which
/// [`Probabilities::confusion`] counts.
pub fn classification(confusion: &Confusion, probabilities: &Probabilities<'_>) -> Summary {
    let plain = confusion.average(Averaging::Macro);
    let weighted = confusion.average(Averaging::Weighted);
    let ranked = probabilities.one_vs_rest();
    defined([
        ("accuracy", confusion.accuracy()),
        ("balanced_accuracy", confusion.balanced_accuracy()),
        ("precision_macro", plain.map(|average| average.precision)),
        ("recall_macro", plain.map(|average| average.recall)),
        ("f1_macro", plain.map(|average| average.f1)),
        ("precision_weighted", weighted.map(|average| average.precision)),
        ("recall_weighted", weighted.map(|average| average.recall)),
        ("f1_weighted", weighted.map(|average| average.f1)),
        ("log_loss", probabilities.log_loss()),
        ("roc_auc", ranked.roc_auc),
        ("pr_auc", ranked.average_precision),
        ("mcc", confusion.mcc()),
    ])
}

/// The headline metrics of `rows`.
pub fn regression(rows: &Regression<'_>) -> Summary {
    defined([
        ("rmse", rows.rmse()),
        ("mae", rows.mae()),
        ("r2", rows.r2()),
        ("median_ae", rows.median_ae()),
    ])
}

fn defined<const N: usize>(values: [(&'static str, Option<f64>); N]) -> Summary {
    values.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;

    #[test]
    fn the_summary_has_every_headline_metric_and_no_other() {
        let (truth, values) = ([0, 1, 1], [0.9, 0.1, 0.2, 0.8, 0.6, 0.4]);
        let probabilities = Probabilities::new(&truth, &values, 2, None).unwrap();
        let confusion = probabilities.confusion();
        let names: Vec<&str> = classification(&confusion, &probabilities).into_keys().collect();
        let mut listed = catalogue::CLASSIFICATION.map(|metric| metric.name);
        listed.sort_unstable();
        assert_eq!(names, listed);

        let rows = Regression::new(&[1.0, 2.0], &[1.0, 3.0], None).unwrap();
        let names: Vec<&str> = regression(&rows).into_keys().collect();
        let mut listed = catalogue::REGRESSION.map(|metric| metric.name);
        listed.sort_unstable();
        assert_eq!(names, listed);
    }

    #[test]
    fn what_is_not_defined_is_left_out() {
        let probabilities = Probabilities::new(&[1, 1], &[0.5; 4], 2, None).unwrap();
        let summary = classification(&probabilities.confusion(), &probabilities);
        assert!(!summary.contains_key("roc_auc"));
        assert_eq!(summary["accuracy"], 0.0);
    }
}
