//! Rows of JSON as a frame.

use crate::RowError;
use mlhub_domain::models::{Input, Signature};
use mlhub_domain::num::Num;
use mlhub_domain::schema::LogicalType;
use mlhub_domain::text::cut;
use mlhub_recipe::{Frame, Values, json, times};
use serde_json::{Map, Value};
use std::collections::{BTreeSet, HashSet};

/// The most characters of a text that a message repeats.
const REPEATED: usize = 40;

/// The columns that `signature` asks for, and the keys that it does not.
pub(crate) fn frame(
    signature: &Signature,
    rows: &[Map<String, Value>],
) -> Result<(Frame, Vec<String>), RowError> {
    let mut columns = Vec::with_capacity(signature.inputs.len());
    let mut first: Option<RowError> = None;
    for input in &signature.inputs {
        match column(input, rows) {
            Ok(values) => columns.push((input.name.clone(), values)),
            Err(error) if first.as_ref().is_none_or(|other| error.row < other.row) => {
                first = Some(error);
            }
            Err(_) => {}
        }
    }
    if let Some(error) = first {
        return Err(error);
    }
    let known: HashSet<&str> = signature.inputs.iter().map(|input| input.name.as_str()).collect();
    let keys = rows.iter().flat_map(Map::keys).filter(|key| !known.contains(key.as_str()));
    let ignored: BTreeSet<&String> = keys.collect();
    let frame = Frame::new(columns).map_err(|error| RowError {
        row: 1,
        column: String::new(),
        message: error.to_string(),
    })?;
    Ok((frame, ignored.into_iter().cloned().collect()))
}

/// Of every column the first cell that cannot be read.
pub(crate) fn unreadable(signature: &Signature, rows: &[Map<String, Value>]) -> Vec<RowError> {
    signature.inputs.iter().filter_map(|input| column(input, rows).err()).collect()
}

fn column(input: &Input, rows: &[Map<String, Value>]) -> Result<Values, RowError> {
    Ok(match input.kind {
        LogicalType::Boolean => Values::Boolean(cells(input, rows, Value::as_bool)?),
        LogicalType::Integer | LogicalType::Number | LogicalType::Decimal => {
            let read = |value: &Value| number(input.kind, value);
            let cells = cells(input, rows, read)?;
            Values::Number(cells.into_iter().map(|cell| cell.unwrap_or(f64::NAN)).collect())
        }
        LogicalType::Text | LogicalType::Category => {
            Values::Text(cells(input, rows, Value::as_str)?.into_iter().collect())
        }
        LogicalType::Date | LogicalType::Datetime | LogicalType::Time => {
            let read = |value: &Value| times::parse(input.kind, value.as_str()?);
            Values::Time(input.kind, cells(input, rows, read)?)
        }
    })
}

fn cells<'a, T>(
    input: &Input,
    rows: &'a [Map<String, Value>],
    read: impl Fn(&'a Value) -> Option<T>,
) -> Result<Vec<Option<T>>, RowError> {
    let cell = |(at, row): (usize, &'a Map<String, Value>)| match row.get(&input.name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => read(value).map(Some).ok_or_else(|| RowError {
            row: at + 1,
            column: input.name.clone(),
            message: format!("expected {}, found {}", expected(input.kind), found(value)),
        }),
    };
    rows.iter().enumerate().map(cell).collect()
}

/// A number, or the text that stands for one which JSON cannot hold.
pub(crate) fn number(kind: LogicalType, value: &Value) -> Option<f64> {
    if let Some(text) = value.as_str() {
        let parsed = serde_json::from_value::<Num>(value.clone()).ok().map(f64::from);
        return parsed.or_else(|| {
            let number: f64 = text.parse().ok()?;
            let exact = kind == LogicalType::Integer && number.abs() < json::SAFE_INTEGER as f64;
            (kind != LogicalType::Number && !exact).then_some(number)
        });
    }
    value.as_f64()
}

fn expected(kind: LogicalType) -> &'static str {
    match kind {
        LogicalType::Boolean => "true or false",
        LogicalType::Integer => "a whole number",
        LogicalType::Number | LogicalType::Decimal => "a number",
        LogicalType::Text | LogicalType::Category => "a text",
        LogicalType::Date => "a date such as \"2026-01-31\"",
        LogicalType::Datetime => "a time such as \"2026-01-31T10:00:00Z\"",
        LogicalType::Time => "a time of day such as \"10:00:00\"",
    }
}

fn found(value: &Value) -> String {
    match value {
        Value::String(text) => format!("the text \"{}\"", cut(text, REPEATED)),
        Value::Array(_) => "a list".into(),
        Value::Object(_) => "an object".into(),
        other => other.to_string(),
    }
}

/// A cell of a form or of CSV as JSON of `kind`. Empty is missing. What cannot be read stays
/// text, so that [`crate::Predictor::predict`] names its row and column.
pub fn cell(kind: LogicalType, text: &str) -> Value {
    if text.is_empty() {
        return Value::Null;
    }
    let plain = text.trim();
    match kind {
        LogicalType::Boolean => match plain.to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "on" | "1" => true.into(),
            "false" | "f" | "no" | "n" | "off" | "0" => false.into(),
            _ => text.into(),
        },
        LogicalType::Integer | LogicalType::Number | LogicalType::Decimal => {
            if let Ok(whole) = plain.parse::<i64>() {
                return json::integer(whole);
            }
            match plain.parse::<f64>() {
                Ok(value) => json::number(LogicalType::Number, value),
                Err(_) => text.into(),
            }
        }
        LogicalType::Text | LogicalType::Category => text.into(),
        LogicalType::Date | LogicalType::Datetime | LogicalType::Time => plain.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_that_json_lacks_are_read_from_text() {
        let read = |kind, value| number(kind, &value);
        assert_eq!(
            read(LogicalType::Integer, json!("9007199254740993")),
            Some(9_007_199_254_740_992.0)
        );
        assert_eq!(read(LogicalType::Integer, json!("37")), None);
        assert_eq!(read(LogicalType::Integer, json!(37.5)), Some(37.5));
        assert_eq!(read(LogicalType::Decimal, json!("0.1")), Some(0.1));
        assert_eq!(read(LogicalType::Number, json!("0.1")), None);
        assert_eq!(read(LogicalType::Number, json!("-Infinity")), Some(f64::NEG_INFINITY));
        assert!(read(LogicalType::Number, json!("NaN")).unwrap().is_nan());
    }

    #[test]
    fn cells_of_a_form_become_json_of_their_type() {
        assert_eq!(cell(LogicalType::Integer, " 37 "), json!(37));
        assert_eq!(cell(LogicalType::Number, "1e3"), json!(1000.0));
        assert_eq!(cell(LogicalType::Number, "old"), json!("old"));
        assert_eq!(cell(LogicalType::Boolean, "Yes"), json!(true));
        assert_eq!(cell(LogicalType::Text, "007"), json!("007"));
        assert_eq!(cell(LogicalType::Date, ""), Value::Null);
    }
}
