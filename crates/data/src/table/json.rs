//! Cells as JSON.

use crate::cells::days::MICROS_OF_DAY;
use crate::cells::number::DECIMAL_DIGITS;
use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float64Type, Int64Type, Time64MicrosecondType,
    TimestampMicrosecondType,
};
use arrow_schema::DataType;
use serde_json::{Number, Value};

/// Integers up to here, and down to its negative, are numbers in every JSON reader.
const SAFE_INTEGER: u64 = 1 << 53;

/// The cell at `row`: `null` when missing, text for dates, times, decimals, integers beyond 2^53
/// and numbers that JSON lacks.
pub(crate) fn cell(array: &dyn Array, row: usize) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::Boolean => array.as_boolean().value(row).into(),
        DataType::Int64 => integer(array.as_primitive::<Int64Type>().value(row)),
        DataType::Float64 => number(array.as_primitive::<Float64Type>().value(row)),
        DataType::Decimal128(_, scale) => {
            decimal(array.as_primitive::<Decimal128Type>().value(row), *scale).into()
        }
        DataType::Utf8 => array.as_string::<i32>().value(row).into(),
        DataType::Date32 => date(array.as_primitive::<Date32Type>().value(row)).into(),
        DataType::Timestamp(..) => {
            datetime(array.as_primitive::<TimestampMicrosecondType>().value(row)).into()
        }
        DataType::Time64(_) => {
            time(array.as_primitive::<Time64MicrosecondType>().value(row)).into()
        }
        other => format!("{other}").into(),
    }
}

/// An integer, as text beyond 2^53.
pub(crate) fn integer(value: i64) -> Value {
    if value.unsigned_abs() <= SAFE_INTEGER { value.into() } else { value.to_string().into() }
}

/// A number, or the word for one that JSON lacks.
pub(crate) fn number(value: f64) -> Value {
    match Number::from_f64(value) {
        Some(number) => Value::Number(number),
        None => mlhub_domain::num::Num(value).to_string().into(),
    }
}

/// All digits of a decimal.
pub(crate) fn decimal(value: i128, scale: i8) -> String {
    let scale = usize::from(scale.max(0).unsigned_abs()).min(DECIMAL_DIGITS as usize);
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let sign = if value < 0 { "-" } else { "" };
    let point = if scale > 0 { "." } else { "" };
    format!("{sign}{whole}{point}{fraction}")
}

/// `2020-01-02`, from days since 1970.
pub(crate) fn date(days: i32) -> String {
    let date = chrono::DateTime::from_timestamp(i64::from(days) * 86_400, 0);
    date.map_or_else(|| days.to_string(), |date| date.format("%Y-%m-%d").to_string())
}

/// RFC 3339 in UTC, from microseconds since 1970.
pub(crate) fn datetime(micros: i64) -> String {
    let days = micros.div_euclid(MICROS_OF_DAY);
    let days = i32::try_from(days).expect("i64 microseconds are fewer days than i32 holds");
    format!("{}T{}Z", date(days), time(micros.rem_euclid(MICROS_OF_DAY)))
}

/// `03:04:05.5`, from microseconds since midnight.
pub(crate) fn time(micros: i64) -> String {
    let (seconds, fraction) = (micros / 1_000_000, micros % 1_000_000);
    let mut text = format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if fraction != 0 {
        text += format!(".{fraction:06}").trim_end_matches('0');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_json_lacks_are_words() {
        assert_eq!(integer(1 << 53), Value::from(9_007_199_254_740_992_i64));
        assert_eq!(integer((1 << 53) + 1), Value::from("9007199254740993"));
        assert_eq!(number(f64::NEG_INFINITY), Value::from("-Infinity"));
        assert_eq!(decimal(-5, 2), "-0.05");
        assert_eq!(decimal(12_345, 0), "12345");
        assert_eq!(date(18_263), "2020-01-02");
        assert_eq!(datetime(-500_000), "1969-12-31T23:59:59.5Z");
        assert_eq!(time(11_045_000_001), "03:04:05.000001");
    }
}
