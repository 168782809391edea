//! Cells as JSON: integers beyond 2^53 and decimals travel as text, because JavaScript would
//! round them.

use mlhub_domain::num::Num;
use mlhub_domain::schema::LogicalType;
use serde_json::Value;

/// The largest whole number up to which every other is a float64 too.
pub const SAFE_INTEGER: i64 = 1 << 53;

/// A whole number.
pub fn integer(value: i64) -> Value {
    if value.unsigned_abs() <= SAFE_INTEGER.unsigned_abs() {
        value.into()
    } else {
        value.to_string().into()
    }
}

/// A number of a column of `kind`: text for a decimal, and for what JSON has no number for.
pub fn number(kind: LogicalType, value: f64) -> Value {
    if kind == LogicalType::Decimal || !value.is_finite() {
        Num(value).to_string().into()
    } else {
        value.into()
    }
}

/// The text of a class: a text as it is, the others as JSON writes them.
pub fn label(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_javascript_would_round_is_text() {
        assert_eq!(integer(SAFE_INTEGER), json!(9_007_199_254_740_992_i64));
        assert_eq!(integer(SAFE_INTEGER + 1), json!("9007199254740993"));
        assert_eq!(integer(i64::MIN), json!("-9223372036854775808"));
        assert_eq!(number(LogicalType::Number, 1.5), json!(1.5));
        assert_eq!(number(LogicalType::Number, f64::INFINITY), json!("Infinity"));
        assert_eq!(number(LogicalType::Decimal, 1.5), json!("1.5"));
        assert_eq!(
            (label(&json!("a")), label(&json!(2)), label(&json!(true))),
            ("a".into(), "2".into(), "true".into())
        );
    }
}
