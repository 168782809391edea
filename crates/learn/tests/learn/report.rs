//! The evaluation of a training.

use crate::tables::{run, spec, table};
use mlhub_domain::algorithms::AlgorithmKind::{Baseline, Lightgbm, Logistic, Mlp, Ridge};
use mlhub_domain::evaluation::Evaluation;

fn evaluation(kind: mlhub_domain::algorithms::AlgorithmKind, target: &str) -> Evaluation {
    run(&spec(kind, target), table(1_000)).unwrap().model.unwrap().evaluation
}

#[test]
fn a_classification_is_reported_in_full() {
    let report = evaluation(Lightgbm, "grade");
    assert_eq!(report.rows, 200);
    assert_eq!(
        report.measured_on,
        "20 % held out (200 rows), stratified by grade, seed 42; then fitted again on all 1000 rows"
    );
    let confusion = report.confusion.unwrap();
    assert_eq!(confusion.labels, ["0", "1", "2"]);
    assert_eq!(confusion.counts.iter().flatten().sum::<u64>(), 200);
    assert_eq!(report.per_class.iter().map(|class| class.support).sum::<u64>(), 200);
    assert_eq!((report.roc.len(), report.pr.len()), (3, 3));
    assert!(report.roc.iter().all(|curve| (2..=500).contains(&curve.points.len())));
    assert_eq!(report.roc[0].points[0].threshold.0, f64::INFINITY);
    assert!(report.metrics["accuracy"].0 > 0.85, "{:?}", report.metrics);
    assert!(report.baseline["accuracy"].0 < 0.7, "{:?}", report.baseline);
    let [low, high] = report.intervals["accuracy"];
    assert!(low.0 < report.metrics["accuracy"].0 && report.metrics["accuracy"].0 < high.0);
    let keys: Vec<&str> = report.curves.iter().map(|curve| curve.key.as_str()).collect();
    assert_eq!(keys, ["train/loss", "validation/loss"]);
}

#[test]
fn a_regression_is_reported_in_full() {
    let report = evaluation(Ridge, "price");
    assert_eq!(report.metrics.keys().collect::<Vec<_>>(), ["mae", "median_ae", "r2", "rmse"]);
    assert!(report.metrics["rmse"].0 < 0.6 * report.baseline["rmse"].0, "{:?}", report.metrics);
    let residuals = report.residuals.unwrap();
    assert_eq!(residuals.counts.iter().sum::<u64>(), 200);
    assert_eq!(residuals.edges.len(), residuals.counts.len() + 1);
    assert_eq!(residuals.points.len(), 200);
    assert!(report.confusion.is_none() && report.roc.is_empty());
}

#[test]
fn importance_finds_the_columns_that_matter() {
    for (kind, target) in
        [(Lightgbm, "price"), (Mlp, "price"), (Ridge, "price"), (Logistic, "label")]
    {
        let importance = evaluation(kind, target).importance;
        let sum: f64 = importance.iter().map(|part| part.value.0).sum();
        assert!((sum - 1.0).abs() < 1e-9, "{kind:?}: {sum}");
        let first: Vec<&str> = importance[..2].iter().map(|part| part.feature.as_str()).collect();
        assert_eq!(first, ["size", "colour"], "{kind:?}");
    }
    assert!(evaluation(Baseline, "label").importance.is_empty());
}
