//! The column to predict: classes in order, or numbers.

use crate::TrainError;
use mlhub_domain::algorithms::{FEWEST_ROWS, MOST_CLASSES};
use mlhub_domain::models::{Spec, Task};
use mlhub_domain::num::{count, counted};
use mlhub_domain::schema::LogicalType;
use mlhub_recipe::{Frame, Texts, Values, encoder, json, times};
use serde_json::Value;
use std::collections::HashMap;
use std::hash::Hash;

#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) truth: Truth,
    /// The rows of the frame that have a value.
    pub(crate) rows: Vec<u32>,
}

/// By row of the frame; what stands in rows without a value means nothing.
#[derive(Debug)]
pub(crate) enum Truth {
    Classes { labels: Vec<Value>, codes: Vec<u32> },
    Numbers(Vec<f64>),
}

impl Truth {
    /// How many classes; 1 for a number.
    pub(crate) fn classes(&self) -> usize {
        match self {
            Self::Classes { labels, .. } => labels.len(),
            Self::Numbers(_) => 1,
        }
    }
}

/// Reads the target of `spec`, whose type is `kind`.
pub(crate) fn read(spec: &Spec, kind: LogicalType, frame: &Frame) -> Result<Target, TrainError> {
    let name = &spec.target;
    let values = frame.column(name).ok_or_else(|| missing_column(name))?;
    let present = |row: usize| match values {
        Values::Number(v) => v[row].is_finite(),
        _ => !values.is_missing(row),
    };
    let rows: Vec<u32> = (0..frame.rows())
        .filter(|row| present(*row))
        .map(|row| u32::try_from(row).expect("frames have fewer rows than u32"))
        .collect();
    if rows.is_empty() {
        return Err(TrainError::new(
            format!("every value of “{name}” is missing"),
            "Choose a target column that has values.",
        ));
    }
    if (rows.len() as u64) < FEWEST_ROWS {
        let have = counted(rows.len() as u64, "row has", "rows have");
        return Err(TrainError::new(
            format!("only {have} a value in “{name}”"),
            format!("At least {FEWEST_ROWS} rows are needed to fit a model and to measure it."),
        ));
    }
    let truth = match spec.task {
        Task::Classification => classes(name, kind, values, &rows)?,
        Task::Regression => numbers(name, kind, values, &rows)?,
    };
    Ok(Target { truth, rows })
}

pub(crate) fn missing_column(name: &str) -> TrainError {
    TrainError::new(
        format!("the table has no column “{name}”"),
        "Edit the model, or train it on a version that has this column.",
    )
}

fn numbers(
    name: &str,
    kind: LogicalType,
    values: &Values,
    rows: &[u32],
) -> Result<Truth, TrainError> {
    let numbers: Vec<f64> = match values {
        Values::Integer(v) => v.iter().map(|cell| cell.map_or(f64::NAN, |n| n as f64)).collect(),
        Values::Number(v) => v.clone(),
        Values::Boolean(_) | Values::Text(_) | Values::Time(..) => {
            return Err(TrainError::new(
                format!("regression predicts a number, but “{name}” holds {kind}"),
                "Choose classification, or a target column of numbers.",
            ));
        }
    };
    let used = || rows.iter().map(|row| numbers[*row as usize]);
    if used().any(|value| value.abs() > encoder::LARGEST) {
        return Err(TrainError::new(
            format!("“{name}” has values beyond ±{:e}", encoder::LARGEST),
            "Predict a smaller unit or the logarithm of this column.",
        ));
    }
    let first = numbers[rows[0] as usize];
    if used().all(|value| value == first) {
        return Err(only_one(name));
    }
    Ok(Truth::Numbers(numbers))
}

fn only_one(name: &str) -> TrainError {
    TrainError::new(
        format!("“{name}” has the same value in every row: there is nothing to predict"),
        "Choose another target column, or add rows with other values.",
    )
}

fn classes(
    name: &str,
    kind: LogicalType,
    values: &Values,
    rows: &[u32],
) -> Result<Truth, TrainError> {
    let (labels, codes) = match values {
        Values::Boolean(v) => coded(v.len(), rows, |row| v[row], Ord::cmp, |value| value.into()),
        Values::Integer(v) => coded(v.len(), rows, |row| v[row], Ord::cmp, json::integer),
        Values::Number(v) => coded(
            v.len(),
            rows,
            // 0 and -0 are one class.
            |row| Some((v[row] + 0.0).to_bits()),
            |a, b| f64::from_bits(*a).total_cmp(&f64::from_bits(*b)),
            |bits| json::number(kind, f64::from_bits(bits)),
        ),
        Values::Time(_, v) => {
            let write = |at| times::format(kind, at).into();
            coded(v.len(), rows, |row| v[row], Ord::cmp, write)
        }
        Values::Text(texts) => text_classes(texts, rows),
    };
    match labels.len() as u64 {
        0 | 1 => Err(only_one(name)),
        2..=MOST_CLASSES => Ok(Truth::Classes { labels, codes }),
        many => Err(TrainError::new(
            format!(
                "“{name}” has {} different values: more than {MOST_CLASSES} classes",
                count(many)
            ),
            if kind.is_numeric() {
                "Choose regression, or a column with fewer values."
            } else {
                "Choose a column with fewer values, or take rare ones together first."
            },
        )),
    }
}

/// The values that occur, in order, and for each row of the frame the place of its value.
fn coded<T: Copy + Eq + Hash>(
    length: usize,
    rows: &[u32],
    cell: impl Fn(usize) -> Option<T>,
    order: impl Fn(&T, &T) -> std::cmp::Ordering,
    label: impl Fn(T) -> Value,
) -> (Vec<Value>, Vec<u32>) {
    let mut places: HashMap<T, u32> = HashMap::new();
    let mut values: Vec<T> = Vec::new();
    let mut codes = vec![0; length];
    for row in rows {
        let Some(value) = cell(*row as usize) else { continue };
        codes[*row as usize] = *places.entry(value).or_insert_with(|| {
            values.push(value);
            u32::try_from(values.len() - 1).expect("fewer values than rows")
        });
    }
    let mut sorted: Vec<usize> = (0..values.len()).collect();
    sorted.sort_by(|a, b| order(&values[*a], &values[*b]));
    let mut ranks = vec![0; values.len()];
    for (rank, place) in sorted.iter().enumerate() {
        ranks[*place] = u32::try_from(rank).expect("fewer values than rows");
    }
    if !ranks.is_empty() {
        codes.iter_mut().for_each(|code| *code = ranks[*code as usize]);
    }
    (sorted.iter().map(|place| label(values[*place])).collect(), codes)
}

fn text_classes(texts: &Texts, rows: &[u32]) -> (Vec<Value>, Vec<u32>) {
    let cell = |row: usize| Some(texts.codes[row]).filter(|code| *code != Texts::MISSING);
    let text = |code: u32| texts.levels[code as usize].as_str();
    coded(texts.codes.len(), rows, cell, |a, b| text(*a).cmp(text(*b)), |code| text(code).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn classes_of(kind: LogicalType, values: &Values) -> (Vec<Value>, Vec<u32>) {
        let rows: Vec<u32> =
            (0..values.len() as u32).filter(|r| !values.is_missing(*r as usize)).collect();
        match classes("t", kind, values, &rows).unwrap() {
            Truth::Classes { labels, codes } => (labels, codes),
            Truth::Numbers(_) => panic!("classes were asked for"),
        }
    }

    #[test]
    fn classes_stand_in_their_natural_order_and_keep_their_type() {
        let integers = Values::Integer(vec![Some(10), Some(9), None, Some(-1), Some(9)]);
        let (labels, codes) = classes_of(LogicalType::Integer, &integers);
        assert_eq!(labels, [json!(-1), json!(9), json!(10)]);
        assert_eq!([codes[0], codes[1], codes[3], codes[4]], [2, 1, 0, 1]);

        let numbers = Values::Number(vec![0.5, -0.0, 0.0, -2.0]);
        let (labels, codes) = classes_of(LogicalType::Number, &numbers);
        assert_eq!(labels, [json!(-2.0), json!(0.0), json!(0.5)]);
        assert_eq!(codes, [2, 1, 1, 0]);

        let texts = Values::Text([Some("b"), Some("a"), None, Some("b")].into_iter().collect());
        assert_eq!(classes_of(LogicalType::Text, &texts).0, [json!("a"), json!("b")]);

        let (labels, codes) =
            classes_of(LogicalType::Boolean, &Values::Boolean(vec![Some(true), Some(false)]));
        assert_eq!((labels, codes), (vec![json!(false), json!(true)], vec![1, 0]));
    }
}
