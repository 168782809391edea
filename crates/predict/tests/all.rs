//! Artifacts made by hand: what they answer, and that damaged ones are refused.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use mlhub_domain::algorithms::AlgorithmKind;
use mlhub_domain::models::{Signature, Task, Unusual};
use mlhub_domain::num::Num;
use mlhub_domain::schema::{Column, LogicalType};
use mlhub_predict::{Activation, Artifact, Error, FORMAT, Head, Manifest, Predictor};
use mlhub_recipe::design::Style;
use mlhub_recipe::{Design, Encoder, Frame, Values};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const TREES: &str = "tree\nnum_tree_per_iteration=1\nobjective=binary sigmoid:1\n\n\
    Tree=0\nnum_leaves=3\nnum_cat=1\nsplit_feature=0 1\nthreshold=2.5 0\ndecision_type=8 1\n\
    left_child=1 -1\nright_child=-2 -3\nleaf_value=-1 2 1\ncat_boundaries=0 1\ncat_threshold=1\n\n\
    end of trees\n";

/// A model of `size` (a number, sometimes missing) and `colour` (red, blue).
fn artifact(head: Head, classes: Option<Vec<Value>>) -> Artifact {
    let colours = ["red", "blue", "red", "red"].map(Some);
    let frame = Frame::new(vec![
        ("size".into(), Values::Number(vec![1.0, 2.0, 3.0, f64::NAN])),
        ("colour".into(), Values::Text(colours.into_iter().collect())),
    ])
    .unwrap();
    let columns = [("size", LogicalType::Number), ("colour", LogicalType::Text)]
        .map(|(name, kind)| Column { name: name.into(), kind });
    let rows = [0, 1, 2, 3];
    let fitted = Encoder::fit(&frame, &columns, &rows);
    let table = fitted.encoder.table(&frame, &rows).unwrap();
    let design = Design::fit(&fitted.encoder, &table, Style::Linear { width: 10 });
    // size, size missing, red, blue
    assert_eq!(design.width(), 4);
    let weights = match &head {
        Head::Trees => TREES.into(),
        Head::Linear => {
            [10.0_f64, 5.0, 1.0, -1.0, 100.0].iter().flat_map(|w| w.to_le_bytes()).collect()
        }
        Head::Constant => [0.25_f64, 0.75].iter().flat_map(|w| w.ln().to_le_bytes()).collect(),
        Head::Network { .. } => {
            (0..(4 * 2 + 2) + (2 * 2 + 2)).flat_map(|at| (at as f32 / 10.0).to_le_bytes()).collect()
        }
    };
    let target_type = if classes.is_some() { LogicalType::Integer } else { LogicalType::Number };
    let task = if classes.is_some() { Task::Classification } else { Task::Regression };
    let signature = Signature { inputs: fitted.inputs, target: "y".into(), target_type, classes };
    Artifact {
        manifest: Manifest {
            algorithm: AlgorithmKind::Baseline,
            task,
            signature,
            encoder: fitted.encoder,
            design: Some(design),
            head,
            offset: 0.0,
            factor: 1.0,
        },
        weights,
    }
}

fn all() -> Vec<Artifact> {
    let classes = || Some(vec![json!(7), json!(9)]);
    vec![
        artifact(Head::Trees, classes()),
        artifact(Head::Linear, None),
        artifact(Head::Constant, classes()),
        artifact(Head::Network { hidden: vec![2], activation: Activation::Silu }, classes()),
    ]
}

fn rows(rows: &Value) -> Vec<Map<String, Value>> {
    serde_json::from_value(rows.clone()).unwrap()
}

#[test]
fn a_file_is_read_as_it_was_written() {
    for artifact in all() {
        let bytes = artifact.to_bytes();
        assert_eq!(Artifact::from_bytes(&bytes).unwrap(), artifact);
        Predictor::load(&bytes).unwrap();
    }
}

#[test]
fn a_linear_model_imputes_scales_and_adds_up() {
    let predictor = Predictor::new(&artifact(Head::Linear, None)).unwrap();
    let given = rows(
        &json!([{"size": 2, "colour": "blue"}, {"colour": "red", "x": 1}, {"colour": "green"}]),
    );
    let answer = predictor.predict(&given).unwrap();
    assert_eq!(answer.ignored, ["x"]);
    let values: Vec<f64> = answer.predictions.iter().map(|p| p.value.as_f64().unwrap()).collect();
    // 2 is the mean and stands for a missing size, which has a weight of its own.
    assert_eq!(values, [99.0, 106.0, 105.0]);
    assert!(answer.predictions[0].probabilities.is_none());
}

#[test]
fn trees_decide_by_number_and_category() {
    let classes = Some(vec![json!(7), json!(9)]);
    let predictor = Predictor::new(&artifact(Head::Trees, classes)).unwrap();
    let given = rows(&json!([
        {"size": 2, "colour": "red"}, {"size": 2, "colour": "blue"}, {"size": 3}, {"size": null}
    ]));
    let answer = predictor.predict(&given).unwrap();
    let values: Vec<&Value> = answer.predictions.iter().map(|p| &p.value).collect();
    assert_eq!(values, [&json!(7), &json!(9), &json!(9), &json!(9)]);
    let shares = answer.predictions[0].probabilities.as_ref().unwrap();
    assert_eq!(shares.keys().collect::<Vec<_>>(), ["7", "9"]);
    assert!((shares["9"].0 - 1.0 / (1.0 + 1_f64.exp())).abs() < 1e-15);
}

#[test]
fn the_first_wrong_cell_is_named() {
    let predictor = Predictor::new(&artifact(Head::Linear, None)).unwrap();
    let given = rows(&json!([{"size": 1}, {"size": 1, "colour": 5}, {"size": [1]}]));
    let error = predictor.predict(&given).unwrap_err();
    assert_eq!((error.row, error.column.as_str()), (2, "colour"));
    assert_eq!(error.message, "expected a text, found 5");
    let all: Vec<_> = predictor.unreadable(&given).into_iter().map(|e| (e.row, e.column)).collect();
    assert_eq!(all, [(2, "colour".to_owned()), (3, "size".to_owned())]);
    let family = "👨‍👩‍👧";
    let long = rows(&json!([{"size": format!("{}{family}{family}", "a".repeat(34))}]));
    let said = format!("expected a number, found the text \"{}{family}…\"", "a".repeat(34));
    assert_eq!(predictor.predict(&long).unwrap_err().message, said, "no letter is cut in two");
}

#[test]
fn other_files_and_newer_formats_are_told_apart_from_damage() {
    assert!(matches!(Predictor::load(b"PK\x03\x04"), Err(Error::Foreign)));
    let bytes = artifact(Head::Linear, None).to_bytes();
    let mut newer = bytes.clone();
    newer[8..12].copy_from_slice(&(FORMAT + 1).to_le_bytes());
    assert!(matches!(Predictor::load(&newer), Err(Error::Newer(_))));
    for end in [8, 11, 15, 100, bytes.len() - 1] {
        assert!(matches!(Predictor::load(&bytes[..end]), Err(Error::Damaged(_))), "{end}");
    }
}

#[test]
fn parts_that_do_not_fit_each_other_are_refused() {
    let refused = |change: fn(&mut Artifact)| {
        let mut artifact = artifact(Head::Linear, Some(vec![json!(1), json!(2)]));
        change(&mut artifact);
        assert!(matches!(Predictor::new(&artifact), Err(Error::Damaged(_))));
    };
    refused(|artifact| artifact.manifest.design = None);
    refused(|artifact| artifact.weights.truncate(32));
    refused(|artifact| artifact.manifest.head = Head::Trees);
    refused(|artifact| artifact.manifest.signature.classes = Some(vec![json!(1)]));
    refused(|artifact| artifact.manifest.signature.classes = Some(vec![Value::Null; 3]));
    refused(|artifact| {
        let hidden = vec![usize::MAX];
        artifact.manifest.head = Head::Network { hidden, activation: Activation::Relu };
    });
}

proptest! {
    #[test]
    fn hostile_bytes_never_panic(
        which in 0..4_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        digit in any::<bool>(),
        cut in 0..10_u8,
    ) {
        let mut bytes = all()[which].to_bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            // Digits keep JSON and trees readable, so that what they say is put to the test.
            bytes[at] = if digit && bytes[at].is_ascii_digit() { b'0' + byte % 10 } else { byte };
        }
        if cut == 0 {
            bytes.truncate(bytes.len() / 2);
        }
        if let Ok(predictor) = Predictor::load(&bytes) {
            let given = rows(&json!([{"size": 2.5, "colour": "blue"}, {"colour": "x"}, {}]));
            if let Ok(answer) = predictor.predict(&given) {
                prop_assert_eq!(answer.predictions.len(), 3);
                given.iter().for_each(|row| _ = predictor.unusual(row));
            }
        }
    }
}

#[test]
fn what_no_training_row_had_is_named() {
    let predictor = Predictor::new(&artifact(Head::Linear, None)).unwrap();
    let unusual = |row: Value| predictor.unusual(row.as_object().unwrap());
    assert_eq!(unusual(json!({"size": 1, "colour": "red"})), []);
    assert_eq!(unusual(json!({"size": 3.0, "colour": "blue", "x": 9})), []);
    let column = |name: &str| String::from(name);
    let outside = |value: f64| Unusual::Outside {
        column: column("size"),
        value: json!(value),
        range: [json!(1.0), json!(3.0)],
    };
    let green =
        Unusual::Unseen { column: column("colour"), text: "green".into(), known: 2, other: false };
    assert_eq!(unusual(json!({"size": 3.5, "colour": "green"})), [outside(3.5), green]);
    assert_eq!(unusual(json!({"size": -1, "colour": "red"})), [outside(-1.0)]);
    let empty = |name, seen| Unusual::Empty { column: column(name), seen };
    assert_eq!(unusual(json!({"colour": null})), [empty("size", true), empty("colour", false)]);
    let endless = json!({"size": "Infinity", "colour": "red"});
    assert_eq!(unusual(endless), [Unusual::NotFinite { column: column("size") }]);
}

/// A model of one column, which predicts the same whatever stands in it.
fn constant(kind: LogicalType, values: Values) -> Artifact {
    let rows: Vec<u32> = (0..values.len() as u32).collect();
    let frame = Frame::new(vec![("x".into(), values)]).unwrap();
    let fitted = Encoder::fit(&frame, &[Column { name: "x".into(), kind }], &rows);
    let mut artifact = artifact(Head::Constant, Some(vec![json!(7), json!(9)]));
    artifact.manifest.signature.inputs = fitted.inputs;
    artifact.manifest.encoder = fitted.encoder;
    artifact
}

#[test]
fn a_day_outside_of_the_training_rows_is_named_where_the_model_kept_them() {
    const DAY: i64 = 86_400_000_000;
    let days = vec![Some(15_706 * DAY), None, Some(16_070 * DAY)];
    let sold = constant(LogicalType::Date, Values::Time(LogicalType::Date, days));
    let row = |day: &str| json!({"x": day}).as_object().unwrap().clone();
    let new = Predictor::load(&sold.to_bytes()).unwrap();
    assert_eq!(new.unusual(&row("2013-12-31")), []);
    let outside = Unusual::Outside {
        column: "x".into(),
        value: json!("2014-01-01"),
        range: [json!("2013-01-01"), json!("2013-12-31")],
    };
    assert_eq!(new.unusual(&row("2014-01-01")), [outside]);

    let mut manifest = serde_json::to_value(&sold.manifest).unwrap();
    let source = &mut manifest["encoder"]["sources"][0];
    assert!(source.as_object_mut().unwrap().remove("span").is_some());
    let manifest = serde_json::from_value(manifest).unwrap();
    let old = Predictor::load(&Artifact { manifest, ..sold }.to_bytes()).unwrap();
    assert_eq!(old.unusual(&row("2014-01-01")), [], "a model of before does not know");
}

#[test]
fn a_part_of_a_whole_number_is_named() {
    let whole = constant(LogicalType::Integer, Values::Integer(vec![Some(1), Some(4)]));
    let predictor = Predictor::new(&whole).unwrap();
    let unusual = |x: f64| predictor.unusual(json!({"x": x}).as_object().unwrap());
    assert_eq!(unusual(3.0), []);
    assert_eq!(unusual(1.5), [Unusual::Broken { column: "x".into(), value: Num(1.5) }]);
    assert!(matches!(unusual(4.5)[..], [Unusual::Outside { .. }]));
}

#[test]
fn a_rare_text_counts_as_one_of_the_others() {
    let texts = (0..20_000)
        .map(|n| if n % 2 == 0 { format!("often {}", n % 8) } else { format!("once {n}") });
    let texts: Vec<String> = texts.collect();
    let values = Values::Text(texts.iter().map(|text| Some(text.as_str())).collect());
    let predictor = Predictor::new(&constant(LogicalType::Text, values)).unwrap();
    let unusual = |text: &str| predictor.unusual(json!({"x": text}).as_object().unwrap());
    assert_eq!(unusual("often 2"), []);
    let (column, text) = ("x".into(), "once 1".into());
    assert_eq!(unusual("once 1"), [Unusual::Unseen { column, text, known: 4, other: true }]);
}

#[test]
fn a_model_that_looks_at_nothing_answers_every_row() {
    let mut artifact = artifact(Head::Constant, Some(vec![json!(7), json!(9)]));
    artifact.manifest.signature.inputs.clear();
    let predictor = Predictor::new(&artifact).unwrap();
    let answer = predictor.predict(&rows(&json!([{"x": 1}, {}]))).unwrap();
    let values: Vec<&Value> = answer.predictions.iter().map(|p| &p.value).collect();
    assert_eq!(values, [&json!(9), &json!(9)]);
    assert_eq!(answer.ignored, ["x"]);
}
