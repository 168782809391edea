//! What happens, in which order, and that it can be repeated and stopped.

use crate::tables::{FEATURES, Listener, run, spec, table};
use mlhub_domain::algorithms::AlgorithmKind::{self, Baseline, Lightgbm, Logistic, Mlp, Ridge};
use mlhub_domain::models::{Spec, Validation};
use mlhub_domain::runs::Event;
use mlhub_domain::schema::LogicalType;
use mlhub_learn::{Observer, train};
use mlhub_predict::Predictor;
use mlhub_recipe::{Frame, Values};
use serde_json::{Map, Value, json};
use std::cell::Cell;

const ALL: [(AlgorithmKind, &str); 11] = [
    (Lightgbm, "label"),
    (Lightgbm, "grade"),
    (Lightgbm, "price"),
    (Mlp, "flag"),
    (Mlp, "grade"),
    (Mlp, "price"),
    (Logistic, "label"),
    (Logistic, "grade"),
    (Ridge, "price"),
    (Baseline, "grade"),
    (Baseline, "price"),
];

#[test]
fn the_same_seed_gives_the_same_bytes() {
    for (kind, target) in ALL {
        let artifact = || run(&spec(kind, target), table(300)).unwrap().model.unwrap().artifact;
        assert!(artifact() == artifact(), "{kind:?} {target}");
    }
}

#[test]
fn every_algorithm_predicts_in_the_targets_own_type() {
    let row = json!({
        "size": 9.5, "count": 3, "colour": "red", "old": true, "sold": "1975-03-01", "more": 1
    });
    let rows = [row.as_object().unwrap().clone(), Map::new()];
    for (kind, target) in ALL {
        let model = run(&spec(kind, target), table(300)).unwrap().model.unwrap();
        let predictor = Predictor::load(&model.artifact).unwrap();
        let answer = predictor.predict(&rows).unwrap();
        // The baseline knows no column of another type either; all have the five features.
        assert_eq!(answer.ignored, ["more"], "{kind:?} {target}");
        for prediction in &answer.predictions {
            let value = &prediction.value;
            match target {
                "label" => assert!(value == "yes" || value == "no", "{value}"),
                "flag" => assert!(value.is_boolean(), "{value}"),
                "grade" => assert!(value.is_i64(), "{value}"),
                _ => assert!(value.is_f64(), "{value}"),
            }
            if let Some(probabilities) = &prediction.probabilities {
                let sum: f64 = probabilities.values().map(|share| share.0).sum();
                assert!((sum - 1.0).abs() < 1e-9, "{kind:?} {target}: {sum}");
            }
        }
        if kind != Baseline && target == "label" {
            assert_eq!(answer.predictions[0].value, "yes", "{kind:?}: large and red");
        }
    }
}

#[test]
fn a_wrong_type_is_named_by_row_and_column() {
    let model = run(&spec(Logistic, "label"), table(100)).unwrap().model.unwrap();
    let predictor = Predictor::load(&model.artifact).unwrap();
    let rows: Vec<Map<String, Value>> = [json!({"size": 1}), json!({"size": "big", "old": 3})]
        .map(|row| row.as_object().unwrap().clone())
        .to_vec();
    let error = predictor.predict(&rows).unwrap_err();
    assert_eq!(
        error.to_string(),
        "row 2, column “size”: expected a number, found the text \"big\""
    );
}

#[test]
fn the_signature_describes_the_columns_that_are_used() {
    let (columns, frame) = table(300);
    let model = run(&spec(Lightgbm, "label"), (columns, frame)).unwrap().model.unwrap();
    let signature = &model.signature;
    let names: Vec<&str> = signature.inputs.iter().map(|input| input.name.as_str()).collect();
    assert_eq!(names, FEATURES);
    assert_eq!(signature.classes, Some(vec![json!("no"), json!("yes")]));
    let [size, count, colour, old, sold] = signature.inputs.as_slice() else { panic!("five") };
    assert!(size.missing && size.range.is_some() && size.example.is_f64());
    assert!(!count.missing && count.example.is_i64());
    let mut levels = colour.levels.clone().unwrap();
    assert_eq!(colour.example, levels[0], "the most frequent comes first");
    levels.sort();
    assert_eq!(levels, ["blue", "green", "red"]);
    assert_eq!((old.kind, old.range), (LogicalType::Boolean, None));
    assert_eq!(sold.example.as_str().unwrap().len(), "1975-03-01".len());
}

#[test]
fn phases_come_in_order_and_progress_counts_both_fits() {
    let (columns, frame) = table(300);
    let mut listener = Listener::default();
    let trained = train(&spec(Lightgbm, "price"), &columns, frame, 1, &mut listener).unwrap();
    let phases: Vec<&str> = listener
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Phase { phase } => Some(phase.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(phases, ["split", "fit", "evaluate", "refit", "save"]);
    let progress: Vec<(u64, u64)> = listener
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Progress(progress) => Some((progress.done, progress.total)),
            _ => None,
        })
        .collect();
    assert_eq!(progress[0], (0, 120), "sixty trees, twice");
    let steps = trained.params["steps"].as_u64().unwrap();
    let (done, total) = *progress.last().unwrap();
    assert!(done == total && (2 * steps..=2 * steps + 10).contains(&done), "{done} {steps}");
    assert!(progress.is_sorted_by_key(|(done, _)| *done), "{progress:?}");
    for key in ["split", "fit", "evaluate", "refit", "save", "total"] {
        assert!(trained.timing[key].0 >= 0.0, "{key}");
    }
    let losses = |wanted: &str| {
        let found = |event: &&Event| matches!(event, Event::Metric { key, .. } if key == wanted);
        listener.events.iter().filter(found).count()
    };
    assert_eq!(losses("train/loss"), losses("validation/loss"));
    assert!(losses("train/loss") as u64 >= steps);
}

#[test]
fn cancelling_before_the_fit_leaves_no_model() {
    for (kind, target) in ALL {
        let (columns, frame) = table(100);
        let mut listener = Listener::cancelling(0);
        let trained = train(&spec(kind, target), &columns, frame, 1, &mut listener).unwrap();
        assert!(trained.cancelled && trained.model.is_none(), "{kind:?}");
    }
}

#[test]
fn cancelling_during_the_fit_keeps_the_best_so_far_and_measures_it() {
    for (kind, target, after) in
        [(Lightgbm, "price", 25), (Mlp, "flag", 100), (Logistic, "grade", 8)]
    {
        let (columns, frame) = table(300);
        let mut listener = Listener::cancelling(after);
        let trained = train(&spec(kind, target), &columns, frame, 1, &mut listener).unwrap();
        let model = trained.model.unwrap_or_else(|| panic!("{kind:?}: no model"));
        assert!(trained.cancelled);
        let refits = |event: &Event| matches!(event, Event::Phase { phase } if phase == "refit");
        assert!(!listener.events.iter().any(refits), "{kind:?}");
        let better = if target == "price" { "rmse" } else { "log_loss" };
        let [ours, base] =
            [&model.evaluation.metrics, &model.evaluation.baseline].map(|m| m[better].0);
        assert!(ours < base, "{kind:?}: {ours} {base}");
        assert!(!model.evaluation.measured_on.contains("again"));
        Predictor::load(&model.artifact).unwrap();
    }
}

/// Whatever early stopping says: a person ended it, and was promised the best.
#[test]
fn what_is_cancelled_without_early_stopping_is_the_best_so_far_too() {
    // A tree asks about once, a network once per batch.
    for (kind, overfits, after) in [
        (Lightgbm, json!({"trees": 300, "learning_rate": 0.9, "min_leaf_rows": 1}), 150),
        (Mlp, json!({"hidden": [64], "epochs": 300, "learning_rate": 0.05}), 1_000),
    ] {
        let trained = |patience: u64, after: usize| {
            let mut spec = spec(kind, "flag");
            spec.algorithm.params = overfits.as_object().unwrap().clone();
            spec.algorithm.params.insert("early_stopping".into(), patience.into());
            spec.validation.refit = false;
            let (columns, frame) = table(300);
            let mut listener = Listener::cancelling(after);
            let trained = train(&spec, &columns, frame, 1, &mut listener).unwrap();
            (trained.cancelled, trained.model.unwrap().artifact, listener.losses())
        };
        let (cancelled, artifact, losses) = trained(0, after);
        let lowest = losses.iter().copied().fold(f64::INFINITY, f64::min);
        assert!(cancelled && *losses.last().unwrap() > lowest, "{kind:?}: {losses:?}");
        // With so much patience that nothing else ends it, the best is what is kept.
        assert!(trained(1_000, after).1 == artifact, "{kind:?}");
        // Nobody ends it: all is kept, as was asked for.
        let (cancelled, all, _) = trained(0, usize::MAX);
        assert!(!cancelled && all != trained(1_000, usize::MAX).1, "{kind:?}");
    }
}

/// Cancels when it was asked so many times after the phase began.
struct Late {
    phase: &'static str,
    more: usize,
    reached: bool,
    asked: Cell<usize>,
}

impl Observer for Late {
    fn event(&mut self, event: Event) {
        self.reached |= matches!(event, Event::Phase { phase } if phase == self.phase);
    }

    fn cancelled(&self) -> bool {
        self.asked.set(self.asked.get() + usize::from(self.reached));
        self.asked.get() > self.more
    }
}

#[test]
fn what_is_cancelled_after_the_fit_claims_no_refit_and_invents_no_importance() {
    for (kind, target) in [(Lightgbm, "price"), (Mlp, "flag")] {
        for (phase, more, columns) in
            [("evaluate", 0, 0), ("evaluate", 2, 0), ("refit", 0, 5), ("refit", 3, 5)]
        {
            let mut late = Late { phase, more, reached: false, asked: Cell::new(0) };
            let (described, frame) = table(300);
            let trained = train(&spec(kind, target), &described, frame, 1, &mut late).unwrap();
            let model = trained.model.unwrap();
            assert!(trained.cancelled, "{kind:?}, {phase}");
            let told = &model.evaluation.measured_on;
            let end = "; the fit again on all 300 rows was cancelled";
            assert!(told.ends_with(end) && !told.contains("then"), "{told}");
            // Of trees it is known from the fit.
            let columns = if kind == Lightgbm { 5 } else { columns };
            assert_eq!(model.evaluation.importance.len(), columns, "{kind:?}, {phase} {more}");
        }
    }
}

/// Changing a row that is held out changes the report, never the model.
#[test]
fn held_out_rows_have_no_part_in_the_model() {
    const ROWS: usize = 60;
    for (kind, target) in
        [(Logistic, "label"), (Lightgbm, "label"), (Mlp, "label"), (Ridge, "price")]
    {
        let spec = Spec {
            validation: Validation { holdout: 0.2, refit: false },
            features: Some(vec!["size".into(), "count".into()]),
            ..spec(kind, target)
        };
        let trained = |changed: Option<usize>| {
            let (columns, frame) = table(ROWS);
            let cells = frame.columns().map(|(name, values)| {
                let mut values = values.clone();
                if let (Some(row), Values::Number(numbers), "size") = (changed, &mut values, name) {
                    numbers[row] = 777.0;
                }
                (name.to_owned(), values)
            });
            let frame = Frame::new(cells.collect()).unwrap();
            run(&spec, (columns, frame)).unwrap().model.unwrap()
        };
        let plain = trained(None);
        let same = (0..ROWS).filter(|row| trained(Some(*row)).artifact == plain.artifact).count();
        assert_eq!(same as u64, plain.evaluation.rows, "{kind:?}");
    }
}
