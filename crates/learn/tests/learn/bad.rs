//! Tables and specs that cannot work: each says why and what to do.

use crate::tables::{Listener, noise, run, spec, table};
use mlhub_domain::algorithms::AlgorithmKind::{Baseline, Lightgbm, Logistic, Mlp, Ridge};
use mlhub_domain::models::Spec;
use mlhub_domain::schema::Column;
use mlhub_learn::{TrainError, train};
use mlhub_recipe::{Frame, Values};
use serde_json::json;

fn columns(cells: Vec<(&str, Values)>) -> (Vec<Column>, Frame) {
    let described =
        cells.iter().map(|(name, v)| Column { name: (*name).into(), kind: v.kind() }).collect();
    let cells = cells.into_iter().map(|(name, values)| (name.to_owned(), values)).collect();
    (described, Frame::new(cells).unwrap())
}

fn numbers(rows: usize) -> Values {
    Values::Number((0..rows).map(|row| noise(row, 9)).collect())
}

fn texts(cells: impl IntoIterator<Item = String>) -> Values {
    Values::Text(
        cells.into_iter().collect::<Vec<_>>().iter().map(|text| Some(text.as_str())).collect(),
    )
}

/// Predicts `y` from all other columns.
fn any(kind: mlhub_domain::algorithms::AlgorithmKind) -> Spec {
    Spec { features: None, ..spec(kind, "y") }
}

fn says(result: Result<mlhub_learn::Trained, TrainError>, words: &str) {
    let error = result.map(|trained| trained.params).unwrap_err();
    assert!(error.message.contains(words), "{}", error.message);
    assert!(!error.hint.is_empty());
}

#[test]
fn targets_that_cannot_be_predicted_are_explained() {
    let yes = |rows| texts((0..rows).map(|_| "yes".to_owned()));
    let missing = Values::Number(vec![f64::NAN; 50]);
    let many = |rows| texts((0..rows).map(|row| format!("class {row}")));
    says(run(&any(Lightgbm), columns(vec![("x", numbers(50)), ("y", yes(50))])), "the same value");
    says(
        run(&any(Lightgbm), columns(vec![("x", numbers(50)), ("y", missing)])),
        "every value of “y” is missing",
    );
    says(run(&any(Mlp), columns(vec![("x", numbers(3)), ("y", many(3))])), "only 3 rows");
    says(
        run(&any(Logistic), columns(vec![("x", numbers(100_000)), ("y", many(100_000))])),
        "100 000 different values",
    );
    let regression = Spec { task: mlhub_domain::models::Task::Regression, ..any(Ridge) };
    says(run(&regression, columns(vec![("x", numbers(50)), ("y", many(50))])), "holds text");
    let constant = Values::Number(vec![1.5; 50]);
    says(run(&regression, columns(vec![("x", numbers(50)), ("y", constant)])), "the same value");
    let huge = Values::Number((0..50).map(|row| 1e300 * f64::from(row)).collect());
    says(run(&regression, columns(vec![("x", numbers(50)), ("y", huge)])), "beyond");
}

#[test]
fn specs_that_do_not_fit_the_table_are_explained() {
    says(run(&spec(Logistic, "price"), table(50)), "does not do regression");
    says(run(&spec(Lightgbm, "cost"), table(50)), "no column “cost”");
    let unknown = Spec { features: Some(vec!["weight".into()]), ..spec(Lightgbm, "label") };
    says(run(&unknown, table(50)), "no column “weight”");
    let itself = Spec { features: Some(vec!["label".into()]), ..spec(Lightgbm, "label") };
    says(run(&itself, table(50)), "from itself");
    let mut wrong = spec(Lightgbm, "label");
    wrong.algorithm.params.insert("leafs".into(), json!(3));
    says(run(&wrong, table(50)), "leafs");
}

#[test]
fn without_a_column_to_learn_from_only_the_baseline_works() {
    let cells = || {
        let classes = texts((0..60).map(|row| ["a", "b"][row % 2].to_owned()));
        let empty = Values::Text((0..60).map(|_| None).collect());
        columns(vec![("x", Values::Integer(vec![Some(1); 60])), ("z", empty), ("y", classes)])
    };
    for kind in [Lightgbm, Mlp, Logistic] {
        says(run(&any(kind), cells()), "no column to learn from: “x” is left out");
    }
    assert!(run(&any(Baseline), cells()).unwrap().model.is_some());
}

#[test]
fn rows_without_a_target_are_left_out_and_columns_that_cannot_help_are_named() {
    let rows = 4_000;
    let target = Values::Number(
        (0..rows).map(|row| if row % 4 == 0 { f64::NAN } else { noise(row, 9) }).collect(),
    );
    let names = texts((0..rows).map(|row| format!("row {row}")));
    let rare = texts((0..rows).map(|row| format!("word {}", row % 1_500)));
    let (described, frame) =
        columns(vec![("x", numbers(rows)), ("name", names), ("word", rare), ("y", target)]);
    let mut listener = Listener::default();
    let spec = Spec { task: mlhub_domain::models::Task::Regression, ..any(Ridge) };
    let trained = train(&spec, &described, frame, 1, &mut listener).unwrap();
    assert_eq!(trained.params["rows"], 3_000);
    assert_eq!(trained.params["rows_without_target"], 1_000);
    let warnings = listener.warnings();
    assert_eq!(warnings[0], "1000 rows are left out: no value in “y”.");
    assert_eq!(warnings[1], "“name” is left out: its text is different in every row.");
    assert!(warnings[2].starts_with("“word” is left out: it has 1"), "{warnings:?}");
    assert_eq!(warnings.len(), 3);
}

#[test]
fn a_class_of_one_row_is_learned_and_many_columns_are_no_trouble() {
    let classes =
        texts((0..40).map(|row| if row == 5 { "once" } else { ["a", "b"][row % 2] }.to_owned()));
    let mut cells: Vec<(String, Values)> = (0..300)
        .map(|at| {
            (format!("x{at}"), Values::Number((0..40).map(|row| noise(row, at + 20)).collect()))
        })
        .collect();
    cells.push(("y".into(), classes));
    let described: Vec<Column> =
        cells.iter().map(|(name, v)| Column { name: name.clone(), kind: v.kind() }).collect();
    for kind in [Lightgbm, Mlp, Logistic] {
        let frame = Frame::new(cells.clone()).unwrap();
        let model = run(&any(kind), (described.clone(), frame)).unwrap().model.unwrap();
        assert_eq!(model.signature.classes, Some(vec![json!("a"), json!("b"), json!("once")]));
        assert_eq!(model.evaluation.per_class[2].support, 0, "{kind:?}: it is never held out");
    }
}

#[test]
fn a_diverging_network_says_so() {
    let mut spec = spec(Mlp, "price");
    spec.algorithm.params.insert("learning_rate".into(), json!(1.0));
    spec.algorithm.params.insert("hidden".into(), json!([64, 64, 64, 64]));
    match run(&spec, table(200)) {
        Ok(trained) => assert!(trained.model.is_some()),
        Err(error) => assert!(error.hint.contains("learning rate"), "{error}"),
    }
}

#[test]
fn trees_that_find_no_split_predict_the_mean() {
    let mut spec = spec(Lightgbm, "flag");
    spec.algorithm.params.insert("l1".into(), json!(1_000));
    let model = run(&spec, table(200)).unwrap().model.unwrap();
    let metrics = [&model.evaluation.metrics, &model.evaluation.baseline].map(|m| m["log_loss"].0);
    assert!((metrics[0] - metrics[1]).abs() < 0.01, "{metrics:?}");
    assert!(model.evaluation.importance.is_empty());
}
