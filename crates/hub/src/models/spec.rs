//! Whether a definition can be trained: by itself, and on a table.

use crate::Error;
use mlhub_domain::models::{Spec, Task};
use mlhub_domain::problem::{Code, FieldError, Problem};
use mlhub_domain::schema::{Column, LogicalType};

/// The shares of rows that can be held out.
const HOLDOUT: std::ops::RangeInclusive<f64> = 0.05..=0.5;

/// Checks what can be known without a table.
///
/// # Errors
/// `InvalidSpec` with one entry for each field that is wrong.
pub fn check(spec: &Spec) -> Result<(), Error> {
    let mut found = Findings::default();
    let algorithm = spec.algorithm.kind.schema();
    if !algorithm.tasks.contains(&spec.task) {
        let others =
            mlhub_domain::algorithms::CATALOGUE.iter().filter(|a| a.tasks.contains(&spec.task));
        let others: Vec<_> = others.map(|a| a.kind.as_str()).collect();
        found.add(
            "algorithm.kind",
            format!(
                "{} does not do {}: use one of {}",
                algorithm.title,
                spec.task.as_str(),
                others.join(", ")
            ),
        );
    }
    for bad in algorithm.complete(&spec.algorithm.params).err().unwrap_or_default() {
        found.add(&format!("algorithm.params.{}", bad.name), bad.message);
    }
    if !HOLDOUT.contains(&spec.validation.holdout) {
        found.add("validation.holdout", "hold out a share from 0.05 to 0.5".into());
    }
    if spec.target.is_empty() {
        found.add("target", "name the column to predict".into());
    }
    if let Some(features) = &spec.features {
        if features.is_empty() {
            found.add("features", "choose at least one column to predict from".into());
        }
        if features.contains(&spec.target) {
            found.add(
                "features",
                format!("“{}” is the target: a model cannot be given the answer", spec.target),
            );
        }
        if let Some(twice) = twice(features) {
            found.add("features", format!("“{twice}” stands there twice"));
        }
    }
    found.end()
}

/// Checks a definition against the columns of a table.
///
/// # Errors
/// `InvalidSpec` with one entry for each field that is wrong.
pub(super) fn fits(spec: &Spec, columns: &[Column]) -> Result<(), Error> {
    let mut found = Findings::default();
    let find = |name: &str| columns.iter().find(|column| column.name == name);
    match find(&spec.target) {
        None => found.add("target", missing(&spec.target, columns)),
        Some(column) => {
            let number = column.kind.is_numeric() || column.kind == LogicalType::Boolean;
            if spec.task == Task::Regression && !number {
                found.add("target", format!(
                    "“{}” is {}: regression predicts numbers. Choose classification, or a column of numbers",
                    column.name, column.kind
                ));
            }
        }
    }
    for name in spec.features.iter().flatten().filter(|name| find(name).is_none()) {
        found.add("features", missing(name, columns));
    }
    if spec.features.is_none() && columns.len() < 2 {
        found.add("features", "the table has no other column to predict from".into());
    }
    found.end()
}

fn missing(name: &str, columns: &[Column]) -> String {
    let names: Vec<_> = columns.iter().take(20).map(|c| c.name.as_str()).collect();
    let more = if columns.len() > 20 { ", …" } else { "" };
    format!("the table has no column “{name}”; it has {}{more}", names.join(", "))
}

fn twice(names: &[String]) -> Option<&String> {
    let mut seen = std::collections::HashSet::new();
    names.iter().find(|name| !seen.insert(*name))
}

#[derive(Default)]
struct Findings(Vec<FieldError>);

impl Findings {
    fn add(&mut self, field: &str, message: String) {
        self.0.push(FieldError { field: format!("spec.{field}"), message, given: None });
    }

    fn end(self) -> Result<(), Error> {
        let Some(first) = self.0.first() else { return Ok(()) };
        let mut problem =
            Problem::new(Code::InvalidSpec, format!("{}: {}.", first.field, first.message));
        problem.fields = self.0;
        Err(problem.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn spec(json: serde_json::Value) -> Spec {
        serde_json::from_value(json).unwrap()
    }

    fn fields(result: Result<(), Error>) -> Vec<String> {
        let error = result.unwrap_err();
        error.problem().fields.iter().map(|f| f.field.clone()).collect()
    }

    #[test]
    fn everything_that_is_wrong_is_named_at_once() {
        let bad = spec(json!({
            "task": "regression", "target": "y", "features": ["y", "a", "a"],
            "algorithm": {"kind": "logistic", "params": {"l2": -1, "c": 1}},
            "validation": {"holdout": 0.9}
        }));
        assert_eq!(
            fields(check(&bad)),
            [
                "spec.algorithm.kind",
                "spec.algorithm.params.c",
                "spec.algorithm.params.l2",
                "spec.validation.holdout",
                "spec.features",
                "spec.features",
            ]
        );
    }

    #[test]
    fn a_definition_must_fit_the_table() {
        let column = |name: &str, kind| Column { name: name.into(), kind };
        let columns = [column("y", LogicalType::Text), column("a", LogicalType::Number)];
        let of = |task: &str, target: &str, features: serde_json::Value| {
            spec(
                json!({"task": task, "target": target, "features": features, "algorithm": {"kind": "lightgbm"}}),
            )
        };
        assert!(fits(&of("classification", "y", json!(null)), &columns).is_ok());
        assert_eq!(fields(fits(&of("regression", "y", json!(null)), &columns)), ["spec.target"]);
        assert_eq!(
            fields(fits(&of("regression", "z", json!(["b"])), &columns)),
            ["spec.target", "spec.features"]
        );
        assert_eq!(
            fields(fits(&of("classification", "y", json!(null)), &columns[..1])),
            ["spec.features"]
        );
    }
}
