//! `fixtures/metrics/golden.json` holds what scikit-learn answers; `generate.py` makes it.

use mlhub_metrics::calibration::{Binning, calibration_curve};
use mlhub_metrics::classification::{Averaging, Confusion, Labelled};
use mlhub_metrics::curves::{Intermediate, det_curve, precision_recall_curve, roc_curve};
use mlhub_metrics::intervals::{Interval, auc_interval};
use mlhub_metrics::probabilities::Probabilities;
use mlhub_metrics::ranking::{Ranking, Scored};
use mlhub_metrics::regression::Regression;
use mlhub_metrics::residuals::residual_histogram;
use serde_json::Value;

/// Relative above 1, absolute below.
const TOLERANCE: f64 = 1e-12;

#[test]
fn metrics_of_labels_equal_scikit_learn() {
    for case in cases("labels", 75) {
        let (truth, predicted) = (case.classes("truth"), case.classes("predicted"));
        let classes = case.given["classes"].as_u64().unwrap() as usize;
        let weights = case.weights();
        let rows = Labelled::new(&truth, &predicted, classes, weights.as_deref()).unwrap();
        let confusion = Confusion::of(&rows);
        case.table("confusion", Some(confusion.rows().map(<[f64]>::to_vec).collect()));
        case.number("accuracy", confusion.accuracy());
        case.number("balanced_accuracy", confusion.balanced_accuracy());
        case.number("mcc", confusion.mcc());
        case.number("kappa", confusion.cohen_kappa());
        case.list("wilson", confusion.accuracy_interval().map(ends));
        let reports = confusion.per_class().into_iter();
        let reports = reports.map(|c| vec![c.precision, c.recall, c.f1, c.support]).collect();
        // Scikit-learn refuses weights that are all 0; the parts without an answer are 0 here.
        case.table("per_class", confusion.accuracy().map(|_| reports));
        let averages = [
            ("macro", Averaging::Macro),
            ("weighted", Averaging::Weighted),
            ("micro", Averaging::Micro),
        ];
        for (name, averaging) in averages {
            let average = confusion.average(averaging);
            case.list(name, average.map(|a| vec![a.precision, a.recall, a.f1]));
        }
    }
}

#[test]
fn metrics_of_probabilities_equal_scikit_learn() {
    for case in cases("probabilities", 90) {
        let (truth, values) = (case.classes("truth"), numbers(&case.given["values"]));
        let classes = case.given["classes"].as_u64().unwrap() as usize;
        let weights = case.weights();
        let rows = Probabilities::new(&truth, &values, classes, weights.as_deref()).unwrap();
        assert_eq!(rows.predicted(), classes_of(&case.expected["predicted"]), "{}", case.name);
        case.number("log_loss", rows.log_loss());
        case.number("brier", rows.brier());
        case.number("roc_auc", rows.roc_auc());
        case.number("pr_auc", rows.average_precision());
        for (index, expected) in case.expected["top_k"].as_array().unwrap().iter().enumerate() {
            case.close(&format!("top_k {index}"), rows.top_k_accuracy(index + 1), expected);
        }
    }
}

#[test]
fn rankings_and_their_curves_equal_scikit_learn() {
    for case in cases("scores", 75) {
        let (truth, scores, weights) = case.scored();
        let ranking = Ranking::of(&Scored::new(&truth, &scores, weights.as_deref()).unwrap());
        case.number("roc_auc", ranking.roc_auc());
        case.number("average_precision", ranking.average_precision());
        case.list("delong", auc_interval(&ranking).map(ends));
        for (name, what) in [("keep", Intermediate::Keep), ("drop", Intermediate::Drop)] {
            let roc = roc_curve(&ranking, what)
                .map(|p| columns(p.iter().map(|p| [p.fpr, p.tpr, p.threshold])));
            case.table(&format!("roc_{name}"), roc);
            let det = det_curve(&ranking, what)
                .map(|p| columns(p.iter().map(|p| [p.fpr, p.fnr, p.threshold])));
            case.table(&format!("det_{name}"), det);
            let pr = precision_recall_curve(&ranking, what).map(|points| {
                let mut pr = columns(points.iter().map(|p| [p.precision, p.recall, p.threshold]));
                // The last point is nobody's threshold, which scikit-learn leaves out.
                assert_eq!(pr[2].pop(), Some(f64::INFINITY));
                pr
            });
            case.table(&format!("pr_{name}"), pr);
        }
    }
}

#[test]
fn counts_at_a_threshold_equal_scikit_learn() {
    for case in cases("scores", 75) {
        let (truth, scores, weights) = case.scored();
        let ranking = Ranking::of(&Scored::new(&truth, &scores, weights.as_deref()).unwrap());
        for expected in case.expected["thresholds"].as_array().unwrap() {
            let threshold = number(&expected["threshold"]);
            let c = ranking.at(threshold);
            let counts = [c.true_positives, c.false_positives, c.false_negatives, c.true_negatives];
            let at = format!("counts at {threshold}");
            case.close_all(&at, &counts, &expected["counts"]);
            let scores = [c.precision(), c.recall(), c.f1(), c.fpr()];
            case.close_all(&at, &scores, &expected["precision_recall_f1_fpr"]);
        }
    }
}

#[test]
fn calibration_equals_scikit_learn() {
    let mut compared = 0;
    for case in cases("scores", 75) {
        let (truth, scores, weights) = case.scored();
        let scored = Scored::new(&truth, &scores, weights.as_deref()).unwrap();
        for expected in case.expected["calibration"].as_array().unwrap() {
            if expected["skip"].as_bool().unwrap() {
                continue;
            }
            let binning = match expected["strategy"].as_str().unwrap() {
                "uniform" => Binning::Uniform,
                _ => Binning::Quantile,
            };
            let bins = expected["bins"].as_u64().unwrap() as usize;
            let curve = calibration_curve(&scored, bins, binning);
            if expected["observed"].is_null() {
                assert_eq!(curve, None, "{}", case.name);
                continue;
            }
            let [observed, predicted] =
                &columns(curve.unwrap().iter().map(|bin| [bin.observed, bin.predicted]))[..]
            else {
                unreachable!("two columns")
            };
            let at = format!("{bins} {binning:?} bins");
            case.close_all(&at, observed, &expected["observed"]);
            case.close_all(&at, predicted, &expected["predicted"]);
            compared += 1;
        }
    }
    assert!(compared > 150, "only {compared} curves were compared");
}

#[test]
fn metrics_of_numbers_equal_scikit_learn() {
    for case in cases("regression", 65) {
        let (truth, predicted) = (numbers(&case.given["truth"]), numbers(&case.given["predicted"]));
        let weights = case.weights();
        let rows = Regression::new(&truth, &predicted, weights.as_deref()).unwrap();
        case.number("rmse", rows.rmse());
        case.number("mae", rows.mae());
        case.number("r2", rows.r2());
        case.number("median_ae", rows.median_ae());
        case.number("max_error", rows.max_error());
        case.number("mape", rows.mape());
        case.number("explained_variance", rows.explained_variance());
        let histogram = residual_histogram(&rows, 7);
        case.table("histogram", histogram.map(|found| vec![found.edges, found.counts]));
    }
}

struct Case {
    name: String,
    given: Value,
    expected: Value,
}

/// All cases of `kind`, which are `count`: a file cut short must not pass.
fn cases(kind: &str, count: usize) -> Vec<Case> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/metrics/golden.json");
    let text = std::fs::read_to_string(path).unwrap();
    let mut golden: Value = serde_json::from_str(&text).unwrap();
    let Value::Array(all) = golden["cases"].take() else { panic!("no cases") };
    let cases: Vec<Case> = all
        .into_iter()
        .filter(|case| case["kind"] == kind)
        .map(|mut given| Case {
            name: format!("{kind}: {}", given["name"].as_str().unwrap()),
            expected: given["expected"].take(),
            given,
        })
        .collect();
    assert_eq!(cases.len(), count, "cases of {kind}");
    cases
}

impl Case {
    fn weights(&self) -> Option<Vec<f64>> {
        let weights = &self.given["weights"];
        (!weights.is_null()).then(|| numbers(weights))
    }

    fn classes(&self, what: &str) -> Vec<u32> {
        classes_of(&self.given[what])
    }

    fn scored(&self) -> (Vec<bool>, Vec<f64>, Option<Vec<f64>>) {
        let truth = self.classes("truth").into_iter().map(|class| class == 1).collect();
        (truth, numbers(&self.given["scores"]), self.weights())
    }

    fn number(&self, what: &str, found: Option<f64>) {
        self.close(what, found, self.answer(what));
    }

    fn list(&self, what: &str, found: Option<Vec<f64>>) {
        match (found, self.answer(what)) {
            (None, Value::Null) => {}
            (Some(found), expected) => self.close_all(what, &found, expected),
            (None, expected) => panic!("{}: {what} is missing, not {expected}", self.name),
        }
    }

    fn table(&self, what: &str, found: Option<Vec<Vec<f64>>>) {
        match (found, self.answer(what)) {
            (None, Value::Null) => {}
            (Some(found), Value::Array(expected)) => {
                assert_eq!(found.len(), expected.len(), "{}: {what}", self.name);
                for (found, expected) in found.iter().zip(expected) {
                    self.close_all(what, found, expected);
                }
            }
            (found, expected) => panic!("{}: {what} is {found:?}, not {expected}", self.name),
        }
    }

    fn close_all(&self, what: &str, found: &[f64], expected: &Value) {
        let Value::Array(expected) = expected else {
            panic!("{}: {what} is {found:?}, not {expected}", self.name)
        };
        assert_eq!(found.len(), expected.len(), "{}: length of {what}", self.name);
        for (found, expected) in found.iter().zip(expected) {
            self.close(what, Some(*found), expected);
        }
    }

    fn close(&self, what: &str, found: Option<f64>, expected: &Value) {
        let expected = (!expected.is_null()).then(|| number(expected));
        let near = match (found, expected) {
            (None, None) => true,
            (Some(a), Some(b)) => a == b || (a - b).abs() <= TOLERANCE * b.abs().max(1.0),
            (Some(_), None) | (None, Some(_)) => false,
        };
        assert!(near, "{}: {what} is {found:?}, scikit-learn says {expected:?}", self.name);
    }

    /// A misspelt name must not read as an undefined value.
    fn answer(&self, what: &str) -> &Value {
        self.expected.get(what).unwrap_or_else(|| panic!("{}: no answer for {what}", self.name))
    }
}

fn ends(interval: Interval) -> Vec<f64> {
    vec![interval.low, interval.high]
}

fn columns<const N: usize>(rows: impl Iterator<Item = [f64; N]>) -> Vec<Vec<f64>> {
    let mut columns = vec![Vec::new(); N];
    for row in rows {
        columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
    }
    columns
}

fn classes_of(list: &Value) -> Vec<u32> {
    numbers(list).into_iter().map(|class| class as u32).collect()
}

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().unwrap().iter().map(number).collect()
}

fn number(value: &Value) -> f64 {
    match value.as_str() {
        Some("Infinity") => f64::INFINITY,
        Some(other) => panic!("no number: {other}"),
        None => value.as_f64().unwrap(),
    }
}
