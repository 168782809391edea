//! Floating-point numbers on the wire, and how people read numbers.

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// An `f64` that survives JSON: finite numbers as numbers, the others as the texts `"NaN"`,
/// `"Infinity"` and `"-Infinity"`. Plain `serde_json` writes `null` for them, which does not decode.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Num(pub f64);

impl From<f64> for Num {
    fn from(value: f64) -> Self {
        Self(value)
    }
}

impl From<Num> for f64 {
    fn from(value: Num) -> Self {
        value.0
    }
}

impl fmt::Display for Num {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            x if x.is_nan() => f.write_str("NaN"),
            f64::INFINITY => f.write_str("Infinity"),
            f64::NEG_INFINITY => f.write_str("-Infinity"),
            x => fmt::Display::fmt(&x, f),
        }
    }
}

impl Serialize for Num {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_finite() {
            serializer.serialize_f64(self.0)
        } else {
            serializer.collect_str(self)
        }
    }
}

impl<'de> Deserialize<'de> for Num {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumVisitor)
    }
}

/// A number in plain digits with `gap` between its thousands: `39 073`. From five digits on, for
/// counts and values alike: 1994 may be a year. Everything that people read follows this one rule.
pub fn grouped(plain: &str, gap: char) -> String {
    let whole = plain.find('.').unwrap_or(plain.len());
    let first = plain.find(|c: char| c.is_ascii_digit()).unwrap_or(whole);
    let few = whole - first < 5;
    let mut out = String::with_capacity(plain.len() + 8);
    for (at, digit) in plain.char_indices() {
        if !few && (first + 1..whole).contains(&at) && (whole - at).is_multiple_of(3) {
            out.push(gap);
        }
        out.push(digit);
    }
    out
}

/// A count within a sentence: `39 073`.
pub fn count(n: u64) -> String {
    grouped(&n.to_string(), ' ')
}

/// A count with its noun: `1 row`, `39 073 rows`.
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

struct NumVisitor;

impl Visitor<'_> for NumVisitor {
    type Value = Num;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, \"NaN\", \"Infinity\" or \"-Infinity\"")
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Num, E> {
        Ok(Num(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Num, E> {
        Ok(Num(value as f64))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Num, E> {
        Ok(Num(value as f64))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Num, E> {
        match value {
            "NaN" => Ok(Num(f64::NAN)),
            "Infinity" => Ok(Num(f64::INFINITY)),
            "-Infinity" => Ok(Num(f64::NEG_INFINITY)),
            other => Err(E::invalid_value(Unexpected::Str(other), &self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart_from_five_digits_on() {
        for (plain, read) in [
            ("0", "0"),
            ("1994", "1994"),
            ("-9999.12345", "-9999.12345"),
            ("39073", "39_073"),
            ("-12345.678901", "-12_345.678901"),
            ("1234567", "1_234_567"),
        ] {
            assert_eq!(grouped(plain, '_'), read);
        }
        assert_eq!([count(7_815), count(100_000)], ["7815", "100 000"]);
    }

    #[test]
    fn numbers_that_json_lacks_travel_as_words() {
        let list = [1.5, -0.25, f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(Num);
        let json = serde_json::to_string(&list).unwrap();
        assert_eq!(json, r#"[1.5,-0.25,"NaN","Infinity","-Infinity"]"#);
        let back: Vec<Num> = serde_json::from_str(&json).unwrap();
        assert!(back[2].0.is_nan());
        assert_eq!(back[3].0, f64::INFINITY);
        assert!(serde_json::from_str::<Num>("\"nan\"").is_err());
    }
}
