use mlhub_metrics::calibration::{Binning, calibration_curve};
use mlhub_metrics::classification::{Averaging, Confusion, Labelled};
use mlhub_metrics::curves::{Intermediate, precision_recall_curve, roc_curve};
use mlhub_metrics::intervals::auc_interval;
use mlhub_metrics::probabilities::Probabilities;
use mlhub_metrics::ranking::{Ranking, Scored};
use mlhub_metrics::regression::Regression;
use mlhub_metrics::residuals::{residual_histogram, scatter};
use mlhub_metrics::thin::thin;
use proptest::collection::vec;
use proptest::prelude::*;

const CLASSES: usize = 4;

/// Truth, prediction, weight.
fn labelled() -> impl Strategy<Value = Vec<(u32, u32, f64)>> {
    vec((0..CLASSES as u32, 0..CLASSES as u32, weight()), 1..60)
}

/// Truth, score with ties, weight; both classes are there.
fn scored() -> impl Strategy<Value = Vec<(bool, f64, f64)>> {
    let score = (-40..40i32).prop_map(|score| f64::from(score) / 4.0);
    vec((any::<bool>(), score, weight()), 0..80).prop_map(|mut rows| {
        rows.push((true, 1.0, 1.0));
        rows.push((false, 1.25, 2.0));
        rows
    })
}

fn weight() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), Just(1.0), 0.01..5.0]
}

fn ranked(rows: &[(bool, f64, f64)], score: impl Fn(f64) -> f64) -> Ranking {
    let truth: Vec<bool> = rows.iter().map(|row| row.0).collect();
    let scores: Vec<f64> = rows.iter().map(|row| score(row.1)).collect();
    let weights: Vec<f64> = rows.iter().map(|row| row.2).collect();
    Ranking::of(&Scored::new(&truth, &scores, Some(&weights)).unwrap())
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * a.abs().max(b.abs()).max(1.0)
}

proptest! {
    #[test]
    fn the_auc_knows_only_the_order(rows in scored()) {
        let plain = ranked(&rows, |score| score);
        for other in [ranked(&rows, f64::atan), ranked(&rows, |score| score.exp() * 3.0 + 1.0)] {
            prop_assert_eq!(plain.roc_auc(), other.roc_auc());
            prop_assert_eq!(plain.average_precision(), other.average_precision());
            prop_assert_eq!(auc_interval(&plain), auc_interval(&other));
        }
    }

    #[test]
    fn the_auc_of_the_opposite_score_is_the_rest_of_one(rows in scored()) {
        let auc = ranked(&rows, |score| score).roc_auc().unwrap();
        let opposite = ranked(&rows, |score| -score).roc_auc().unwrap();
        prop_assert!(close(auc + opposite, 1.0), "{} and {}", auc, opposite);
    }

    #[test]
    fn the_auc_is_the_share_of_pairs_in_order(rows in scored()) {
        let (mut right, mut all) = (0.0, 0.0);
        for positive in rows.iter().filter(|row| row.0) {
            for negative in rows.iter().filter(|row| !row.0) {
                let pair = positive.2 * negative.2;
                all += pair;
                right += pair * f64::from(positive.1 > negative.1);
                right += pair / 2.0 * f64::from(positive.1 == negative.1);
            }
        }
        prop_assert!(close(ranked(&rows, |score| score).roc_auc().unwrap(), right / all));
    }

    #[test]
    fn a_roc_curve_climbs_from_corner_to_corner(rows in scored()) {
        let ranking = ranked(&rows, |score| score);
        for intermediate in [Intermediate::Keep, Intermediate::Drop] {
            let curve = roc_curve(&ranking, intermediate).unwrap();
            let (first, last) = (curve[0], curve[curve.len() - 1]);
            prop_assert_eq!((first.fpr, first.tpr, first.threshold), (0.0, 0.0, f64::INFINITY));
            prop_assert_eq!((last.fpr, last.tpr), (1.0, 1.0));
            for pair in curve.windows(2) {
                prop_assert!(pair[0].fpr <= pair[1].fpr && pair[0].tpr <= pair[1].tpr);
                prop_assert!(pair[0].threshold > pair[1].threshold);
            }
        }
    }

    #[test]
    fn dropped_points_do_not_change_the_area(rows in scored()) {
        let ranking = ranked(&rows, |score| score);
        let curve = roc_curve(&ranking, Intermediate::Drop).unwrap();
        let area = |pair: &[_]| -> f64 {
            let [a, b]: [mlhub_metrics::curves::RocPoint; 2] = [pair[0], pair[1]];
            (b.fpr - a.fpr) * (a.tpr + b.tpr) / 2.0
        };
        let area: f64 = curve.windows(2).map(area).sum();
        prop_assert!(close(area, ranking.roc_auc().unwrap()));
    }

    #[test]
    fn recall_falls_as_the_threshold_rises(rows in scored()) {
        let ranking = ranked(&rows, |score| score);
        for intermediate in [Intermediate::Keep, Intermediate::Drop] {
            let curve = precision_recall_curve(&ranking, intermediate).unwrap();
            prop_assert_eq!(curve[0].recall, 1.0);
            let last = curve[curve.len() - 1];
            prop_assert_eq!((last.recall, last.precision), (0.0, 1.0));
            for pair in curve.windows(2) {
                prop_assert!(pair[0].threshold < pair[1].threshold);
                prop_assert!(pair[0].recall >= pair[1].recall);
            }
        }
    }

    #[test]
    fn each_point_of_a_curve_is_what_the_slider_counts(rows in scored()) {
        let ranking = ranked(&rows, |score| score);
        for point in roc_curve(&ranking, Intermediate::Keep).unwrap() {
            let counts = ranking.at(point.threshold);
            prop_assert!(close(counts.fpr(), point.fpr) && close(counts.recall(), point.tpr));
        }
        for (threshold, counts) in ranking.slider(9) {
            prop_assert_eq!(counts, ranking.at(threshold));
            prop_assert!(counts.f1() <= ranking.best_f1().unwrap().1.f1());
        }
    }

    #[test]
    fn a_confusion_matrix_loses_no_row(rows in labelled()) {
        let (confusion, weights) = confusion(&rows);
        prop_assert!(close(confusion.total(), weights.iter().sum()));
        for (class, report) in confusion.per_class().iter().enumerate() {
            let support = rows.iter().filter(|row| row.0 as usize == class).map(|row| row.2).sum();
            prop_assert!(close(report.support, support));
        }
    }

    #[test]
    fn micro_averages_are_the_accuracy(rows in labelled()) {
        let (confusion, _) = confusion(&rows);
        let micro = confusion.average(Averaging::Micro);
        prop_assert_eq!(micro.is_none(), confusion.accuracy().is_none());
        if let (Some(micro), Some(accuracy)) = (micro, confusion.accuracy()) {
            prop_assert!(close(micro.precision, accuracy));
            prop_assert!(close(micro.recall, accuracy));
            prop_assert!(close(micro.f1, accuracy));
            let interval = confusion.accuracy_interval().unwrap();
            prop_assert!(interval.low <= accuracy + 1e-12 && accuracy <= interval.high + 1e-12);
        }
    }

    #[test]
    fn doubled_weights_change_no_metric(rows in labelled()) {
        let (once, _) = confusion(&rows);
        let doubled: Vec<_> = rows.iter().map(|row| (row.0, row.1, row.2 * 2.0)).collect();
        let (twice, _) = confusion(&doubled);
        prop_assert_eq!(once.mcc(), twice.mcc());
        prop_assert_eq!(once.cohen_kappa(), twice.cohen_kappa());
        prop_assert_eq!(once.average(Averaging::Macro), twice.average(Averaging::Macro));
        prop_assert_eq!(once.accuracy_interval(), twice.accuracy_interval());
    }

    #[test]
    fn probabilities_of_any_shape_cause_no_panic(
        rows in vec((0..CLASSES as u32, vec(0.0..=1.0, CLASSES)), 0..20), k in 0..6usize,
    ) {
        let truth: Vec<u32> = rows.iter().map(|row| row.0).collect();
        let values: Vec<f64> = rows.iter().flat_map(|row| row.1.clone()).collect();
        let rows = Probabilities::new(&truth, &values, CLASSES, None).unwrap();
        let accuracy = rows.confusion().accuracy();
        prop_assert_eq!(rows.log_loss().is_some(), accuracy.is_some());
        prop_assert!(rows.top_k_accuracy(k) <= rows.top_k_accuracy(k + 1));
        prop_assert!(rows.brier().is_none_or(|brier| (0.0..=CLASSES as f64).contains(&brier)));
    }

    #[test]
    fn thinned_points_are_points_of_the_curve_in_order(
        points in vec((-9..9i32, -9..9i32), 2..200), limit in 0..60usize,
    ) {
        let points: Vec<(usize, (f64, f64))> =
            points.iter().map(|p| (f64::from(p.0), f64::from(p.1))).enumerate().collect();
        let kept = thin(&points, limit, |point| point.1);
        prop_assert_eq!(kept.len(), points.len().min(limit.max(2)));
        prop_assert_eq!(kept.first(), points.first());
        prop_assert_eq!(kept.last(), points.last());
        prop_assert!(kept.windows(2).all(|pair| pair[0].0 < pair[1].0));
        prop_assert!(kept.iter().all(|point| points[point.0] == *point));
    }

    #[test]
    fn calibration_bins_keep_every_row(rows in scored(), bins in 1..12usize) {
        let truth: Vec<bool> = rows.iter().map(|row| row.0).collect();
        let scores: Vec<f64> = rows.iter().map(|row| row.1 / 20.0 + 0.5).collect();
        let weights: Vec<f64> = rows.iter().map(|row| row.2).collect();
        let scored = Scored::new(&truth, &scores, Some(&weights)).unwrap();
        for binning in [Binning::Uniform, Binning::Quantile] {
            let curve = calibration_curve(&scored, bins, binning).unwrap();
            let total: f64 = curve.iter().map(|bin| bin.weight).sum();
            prop_assert!(close(total, weights.iter().sum()));
            let mean: f64 = curve.iter().map(|bin| bin.weight * bin.predicted).sum();
            prop_assert!(close(mean, scores.iter().zip(&weights).map(|(s, w)| s * w).sum()));
            prop_assert!(curve.windows(2).all(|pair| pair[0].predicted < pair[1].predicted));
        }
    }

    #[test]
    fn plots_of_a_regression_keep_their_promises(
        rows in vec((-1e6..1e6, -1e6..1e6), 1..80), limit in 0..40usize, bins in 1..12usize,
    ) {
        let (truth, predicted): (Vec<f64>, Vec<f64>) = rows.into_iter().unzip();
        let rows = Regression::new(&truth, &predicted, None).unwrap();
        let histogram = residual_histogram(&rows, bins).unwrap();
        prop_assert_eq!(histogram.counts.iter().sum::<f64>(), truth.len() as f64);
        prop_assert_eq!(histogram.edges.len(), bins + 1);
        let chosen = scatter(&rows, limit);
        prop_assert_eq!(chosen.len(), truth.len().min(limit));
        prop_assert!(chosen.windows(2).all(|pair| pair[0] < pair[1]));
        prop_assert!(rows.mae().unwrap() <= rows.rmse().unwrap() * (1.0 + 1e-12));
        prop_assert!(rows.median_ae().unwrap() <= rows.max_error().unwrap());
    }
}

fn confusion(rows: &[(u32, u32, f64)]) -> (Confusion, Vec<f64>) {
    let truth: Vec<u32> = rows.iter().map(|row| row.0).collect();
    let predicted: Vec<u32> = rows.iter().map(|row| row.1).collect();
    let weights: Vec<f64> = rows.iter().map(|row| row.2).collect();
    let labelled = Labelled::new(&truth, &predicted, CLASSES, Some(&weights)).unwrap();
    (Confusion::of(&labelled), weights)
}

/// A curve of 20,000 corners, as a large test set has it.
#[test]
fn five_hundred_points_draw_the_same_area() {
    let rows = 20_000u32;
    let truth: Vec<bool> = (0..rows).map(|row| row * 7919 % 10_007 < row / 3).collect();
    let scores: Vec<f64> = (0..rows).map(f64::from).collect();
    let ranking = Ranking::of(&Scored::new(&truth, &scores, None).unwrap());
    let curve = roc_curve(&ranking, Intermediate::Drop).unwrap();
    assert!(curve.len() > 5_000, "{} corners", curve.len());
    let thinned = thin(&curve, 500, |point| (point.fpr, point.tpr));
    assert_eq!(thinned.len(), 500);
    let area: f64 = thinned
        .windows(2)
        .map(|pair| (pair[1].fpr - pair[0].fpr) * (pair[0].tpr + pair[1].tpr) / 2.0)
        .sum();
    let auc = ranking.roc_auc().unwrap();
    assert!((area - auc).abs() < 1e-4, "{area} against {auc}");
}
