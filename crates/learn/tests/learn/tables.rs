//! Tables, specs and a listener for the tests.

use mlhub_domain::algorithms::AlgorithmKind;
use mlhub_domain::models::{AlgorithmChoice, Spec, Task, Validation};
use mlhub_domain::runs::{Event, Level};
use mlhub_domain::schema::{Column, LogicalType};
use mlhub_learn::{Observer, TrainError, Trained, train};
use mlhub_recipe::{Frame, Values};
use serde_json::Value;
use std::cell::Cell;

/// Numbers that look random and are the same every time.
pub(crate) fn noise(row: usize, salt: usize) -> f64 {
    let mixed = (row * 2_654_435_761 + salt * 40_503 + 12_345) % 1_000_003;
    ((mixed * mixed) % 1_000_003) as f64 / 1_000_003.0
}

/// Every type of column, with holes; `label` (text), `flag`, `grade` (integer) and `price` follow
/// from the others.
pub(crate) fn table(rows: usize) -> (Vec<Column>, Frame) {
    let size = |row| noise(row, 1) * 10.0;
    let hole = |row: usize, cell: f64| if row % 11 == 3 { f64::NAN } else { cell };
    let colour = |row: usize| ["red", "green", "blue"][(noise(row, 2) * 3.0) as usize];
    let score = |row: usize| size(row) + f64::from(colour(row) == "red") * 4.0 + noise(row, 3);
    let day = 86_400_000_000_i64;
    let all = || 0..rows;
    let columns = vec![
        ("size", Values::Number(all().map(|row| hole(row, size(row))).collect())),
        ("count", Values::Integer(all().map(|row| Some((noise(row, 4) * 50.0) as i64)).collect())),
        ("colour", Values::Text(all().map(|row| (row % 7 != 2).then(|| colour(row))).collect())),
        ("old", Values::Boolean(all().map(|row| Some(noise(row, 5) > 0.5)).collect())),
        (
            "sold",
            Values::Time(
                LogicalType::Date,
                all().map(|row| Some((noise(row, 6) * 4_000.0) as i64 * day)).collect(),
            ),
        ),
        (
            "label",
            Values::Text(
                all().map(|row| Some(if score(row) > 7.0 { "yes" } else { "no" })).collect(),
            ),
        ),
        ("flag", Values::Boolean(all().map(|row| Some(score(row) > 6.0)).collect())),
        ("grade", Values::Integer(all().map(|row| Some((score(row) / 5.0) as i64)).collect())),
        ("price", Values::Number(all().map(|row| 100.0 * score(row)).collect())),
    ];
    let described = columns
        .iter()
        .map(|(name, values)| Column { name: (*name).into(), kind: values.kind() })
        .collect();
    let columns = columns.into_iter().map(|(name, values)| (name.to_owned(), values)).collect();
    (described, Frame::new(columns).unwrap())
}

pub(crate) const FEATURES: [&str; 5] = ["size", "count", "colour", "old", "sold"];

/// A quick spec that predicts `target` from [`FEATURES`].
pub(crate) fn spec(kind: AlgorithmKind, target: &str) -> Spec {
    let params = match kind {
        AlgorithmKind::Lightgbm => serde_json::json!({"trees": 60, "early_stopping": 10}),
        AlgorithmKind::Mlp => serde_json::json!({"hidden": [16], "epochs": 15}),
        AlgorithmKind::Logistic | AlgorithmKind::Ridge | AlgorithmKind::Baseline => {
            serde_json::json!({})
        }
    };
    let Value::Object(params) = params else { panic!("an object") };
    Spec {
        task: if target == "price" { Task::Regression } else { Task::Classification },
        target: target.into(),
        features: Some(FEATURES.map(Into::into).to_vec()),
        algorithm: AlgorithmChoice { kind, params },
        validation: Validation::default(),
        seed: 42,
    }
}

/// Keeps all events and cancels when it has been asked often enough.
#[derive(Default)]
pub(crate) struct Listener {
    pub(crate) events: Vec<Event>,
    pub(crate) cancel_after: Option<usize>,
    asked: Cell<usize>,
}

impl Listener {
    pub(crate) fn cancelling(after: usize) -> Self {
        Self { cancel_after: Some(after), ..Self::default() }
    }

    /// The validation loss after each step.
    pub(crate) fn losses(&self) -> Vec<f64> {
        let loss = |event: &Event| match event {
            Event::Metric { key, value, .. } if key == "validation/loss" => Some(value.0),
            _ => None,
        };
        self.events.iter().filter_map(loss).collect()
    }

    pub(crate) fn warnings(&self) -> Vec<&str> {
        let warning = |event| match event {
            &Event::Log { level: Level::Warning, ref message } => Some(message.as_str()),
            _ => None,
        };
        self.events.iter().filter_map(warning).collect()
    }
}

impl Observer for Listener {
    fn event(&mut self, event: Event) {
        self.events.push(event);
    }

    fn cancelled(&self) -> bool {
        self.asked.set(self.asked.get() + 1);
        self.cancel_after.is_some_and(|after| self.asked.get() > after)
    }
}

/// Trains quietly.
pub(crate) fn run(
    spec: &Spec,
    (columns, frame): (Vec<Column>, Frame),
) -> Result<Trained, TrainError> {
    train(spec, &columns, frame, 2, &mut Listener::default())
}
