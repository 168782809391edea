//! Whether a definition can be trained: by itself, and on a table.

use crate::Error;
use mlhub_domain::algorithms::{
    AlgorithmKind, COVER, FEWEST_ROWS, MOST_CLASSES, MOST_LEVELS, NAMES, RARE,
};
use mlhub_domain::models::{Spec, Task, Validation};
use mlhub_domain::num::{count, counted};
use mlhub_domain::problem::{Code, FieldError, Problem};
use mlhub_domain::profile::{ColumnProfile, Profile};
use mlhub_domain::schema::{Column, LogicalType};

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
    if !Validation::HOLDOUT.contains(&spec.validation.holdout) {
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

/// Checks a definition against what is known of the table's values. Only what is certain to fail is
/// refused: the training sees more, and says the rest.
///
/// # Errors
/// `InvalidSpec` with one entry for each field that is wrong.
pub(super) fn can_be_learnt(spec: &Spec, profile: &Profile) -> Result<(), Error> {
    let mut found = Findings::default();
    let find = |name: &String| profile.columns.iter().find(|column| column.name == *name);
    if let Some(reason) = unfit(profile, &spec.target, spec.task) {
        found.add("target", reason);
    }
    let chosen = spec.features.iter().flatten().map(find).collect::<Option<Vec<_>>>();
    let chosen = chosen.unwrap_or_default();
    let have = profile.rows.saturating_sub(find(&spec.target).map_or(0, |target| target.missing));
    // What is held out does not teach.
    let taught = (have as f64 * (1.0 - spec.validation.holdout)) as u64;
    let same = |column: &&ColumnProfile| column.distinct <= 1;
    let name = |column: &&ColumnProfile| names(column, profile.rows, taught);
    let useless = !chosen.is_empty() && chosen.iter().all(|column| same(column) || name(column));
    if useless && spec.algorithm.kind != AlgorithmKind::Baseline {
        let reason = if chosen.iter().all(same) {
            "none of these columns differs from row to row"
        } else {
            "in each of these columns the text hardly ever repeats, or never changes"
        };
        let advice = "so there is nothing to learn from: choose others, or the baseline";
        found.add("features", format!("{reason}, {advice}"));
    }
    found.end()
}

/// Whether the encoder leaves the texts of a column out whichever `taught` of the `rows` it sees:
/// nothing repeats, or too little.
fn names(column: &ColumnProfile, rows: u64, taught: u64) -> bool {
    // No choice of rows has fewer cells, should all the rows without one be chosen…
    let cells = taught.saturating_sub(column.missing) as f64;
    // …nor more of those whose text stands in another one already.
    let repeated = rows.saturating_sub(column.missing + column.distinct) as f64;
    let unique = repeated == 0.0 && cells >= NAMES as f64;
    // Of a text that is seen `RARE` times all but one are repeated.
    let frequent = repeated * RARE as f64 / (RARE - 1) as f64;
    let diverse = cells - repeated > MOST_LEVELS as f64 && frequent < COVER * cells;
    column.kind == LogicalType::Text && counts(column) && (unique || diverse)
}

/// Whether the number of different values is counted, not estimated.
fn counts(column: &ColumnProfile) -> bool {
    !column.approximate.iter().any(|field| field == "distinct")
}

/// Why nothing can be learnt about the column `target`, where that is known.
pub fn unfit(profile: &Profile, target: &str, task: Task) -> Option<String> {
    let target = profile.columns.iter().find(|column| column.name == target)?;
    let (name, distinct) = (&target.name, target.distinct);
    let have = profile.rows.saturating_sub(target.missing);
    if have == 0 {
        return Some(format!(
            "every value of “{name}” is missing: choose a column that has values"
        ));
    }
    if have < FEWEST_ROWS {
        let have = counted(have, "row has", "rows have");
        return Some(format!(
            "only {have} a value in “{name}”: at least {FEWEST_ROWS} are needed to fit a model and \
             to measure it"
        ));
    }
    if distinct <= 1 {
        return Some(format!(
            "“{name}” has the same value in every row: choose a column whose values differ"
        ));
    }
    (task == Task::Classification && counts(target) && distinct > MOST_CLASSES).then(|| {
        format!(
            "“{name}” has {} different values, and at most {} classes are told apart: choose a \
             column with fewer values{}",
            count(distinct),
            count(MOST_CLASSES),
            if target.kind.is_numeric() { ", or regression" } else { "" },
        )
    })
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
        let mut problem = Problem::new(Code::InvalidSpec, format!("{}.", first.message));
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

    #[test]
    fn only_what_is_known_to_fail_is_refused() {
        let told = |task: &str, kind: &str, y: serde_json::Value, x: serde_json::Value| {
            let column = |name: &str, changed: serde_json::Value| {
                let mut column = json!({
                    "name": name, "type": "text", "missing": 0, "distinct": 2, "min": null,
                    "max": null, "mean": null, "sd": null, "quantiles": {}, "top": [],
                    "histogram": null, "approximate": [],
                });
                let changed = changed.as_object().unwrap().clone();
                column.as_object_mut().unwrap().extend(changed);
                column
            };
            let columns = [column("y", y), column("x", x)];
            let profile = json!({"rows": 5000, "columns": columns, "warnings": []});
            let spec = json!({
                "task": task, "target": "y", "features": ["x"], "algorithm": {"kind": kind},
            });
            let profile: Profile = serde_json::from_value(profile).unwrap();
            can_be_learnt(&serde_json::from_value(spec).unwrap(), &profile)
                .map_err(|error| error.problem().fields[0].message.clone())
        };
        let classes = |y| told("classification", "mlp", y, json!({}));
        assert_eq!(classes(json!({"distinct": 1000, "missing": 4990})), Ok(()));
        assert_eq!(classes(json!({"distinct": 1001, "approximate": ["distinct"]})), Ok(()));
        let many = classes(json!({"distinct": 1001})).unwrap_err();
        assert!(many.ends_with("choose a column with fewer values"), "{many}");
        let many = classes(json!({"distinct": 1001, "type": "integer"})).unwrap_err();
        assert!(many.ends_with("fewer values, or regression"), "{many}");
        let few = classes(json!({"distinct": 2, "missing": 4991})).unwrap_err();
        assert!(few.starts_with("only 9 rows have a value in “y”"), "{few}");
        let number = json!({"distinct": 5000, "type": "number"});
        let of = |kind: &str, x| told("regression", kind, number.clone(), x);
        let same = json!({"distinct": 1});
        assert_eq!(of("ridge", json!({})), Ok(()));
        assert_eq!(of("baseline", same.clone()), Ok(()));
        assert!(of("ridge", same).unwrap_err().starts_with("none of these"));
        let names = json!({"distinct": 4_990, "missing": 10});
        assert!(of("ridge", names).unwrap_err().starts_with("in each of these"));
        let almost = json!({"distinct": 4_700});
        assert!(of("mlp", almost.clone()).unwrap_err().starts_with("in each of these"));
        assert_eq!(of("baseline", almost), Ok(()));
        assert!(of("ridge", json!({"distinct": 3_201})).is_err(), "half of 4,000 cells is rare");
        assert_eq!(of("ridge", json!({"distinct": 3_200})), Ok(()));
        for fine in [
            json!({"distinct": 4_700, "approximate": ["distinct"]}),
            json!({"distinct": 5_000, "type": "integer"}),
            json!({"distinct": 50, "missing": 4_950}),
        ] {
            assert_eq!(of("ridge", fine.clone()), Ok(()), "{fine}");
        }
    }
}
