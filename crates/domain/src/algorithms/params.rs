//! Hyperparameters and the values they take.

use crate::num::{Num, grouped};
use serde::Serialize;
use serde_json::Value;

/// A hyperparameter.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Param {
    /// Its key in `params`.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// Which values it takes.
    #[serde(flatten)]
    pub domain: ParamDomain,
    /// What the numbers count; empty for plain numbers.
    pub unit: &'static str,
    /// Whether the form shows it at once, or under "more".
    pub essential: bool,
    /// What it does, and which way to turn it.
    pub help: &'static str,
}

/// The values a hyperparameter takes, and the one it has when none is given.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum ParamDomain {
    /// A whole number.
    Integer {
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
        /// How a search and a slider step through the range.
        scale: Scale,
        /// When none is given.
        default: i64,
    },
    /// A number.
    Number {
        /// The smallest.
        min: f64,
        /// The largest.
        max: f64,
        /// How a search and a slider step through the range.
        scale: Scale,
        /// When none is given.
        default: f64,
    },
    /// One of a few words.
    Choice {
        /// The words.
        options: &'static [&'static str],
        /// When none is given.
        default: &'static str,
    },
    /// Yes or no.
    Flag {
        /// When none is given.
        default: bool,
    },
    /// A list of whole numbers, such as layer widths.
    Integers {
        /// The smallest of each.
        min: i64,
        /// The largest of each.
        max: i64,
        /// The most entries.
        most: usize,
        /// When none is given.
        default: &'static [i64],
    },
}

/// How a range is walked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// By adding.
    Linear,
    /// By multiplying.
    Log,
}

/// A hyperparameter that cannot be used as given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BadParam {
    /// Its key.
    pub name: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl ParamDomain {
    /// The value when none is given.
    pub fn default(&self) -> Value {
        match *self {
            Self::Integer { default, .. } => default.into(),
            Self::Number { default, .. } => default.into(),
            Self::Choice { default, .. } => default.into(),
            Self::Flag { default } => default.into(),
            Self::Integers { default, .. } => default.to_vec().into(),
        }
    }

    /// Reads what a form sent: `"0.1"`, `"128, 64"`, `"on"`; a minus may be the printed one.
    pub fn read(&self, text: &str) -> Value {
        let text = text.trim().replace('−', "-");
        let text = text.as_str();
        let whole = |t: &str| t.trim().parse::<i64>().map_or_else(|_| Value::from(t), Value::from);
        match self {
            Self::Integer { .. } => whole(text),
            Self::Number { .. } => text.parse::<f64>().map_or_else(|_| text.into(), Value::from),
            Self::Choice { .. } => text.into(),
            Self::Flag { .. } => matches!(text, "on" | "true" | "yes" | "1").into(),
            Self::Integers { .. } => text.split(',').map(whole).collect::<Vec<_>>().into(),
        }
    }

    /// Says what is wrong with `value`, if anything.
    pub fn check(&self, value: &Value) -> Result<(), String> {
        let whole = |end: i64| grouped(&end.to_string(), ' ');
        let number = |end: f64| grouped(&Num(end).to_string(), ' ');
        match *self {
            Self::Integer { min, max, .. } => match value.as_i64() {
                Some(n) if (min..=max).contains(&n) => Ok(()),
                _ => Err(format!("use a whole number from {} to {}", whole(min), whole(max))),
            },
            Self::Number { min, max, .. } => match value.as_f64() {
                Some(x) if (min..=max).contains(&x) => Ok(()),
                _ => Err(format!("use a number from {} to {}", number(min), number(max))),
            },
            Self::Choice { options, .. } => match value.as_str() {
                Some(word) if options.contains(&word) => Ok(()),
                _ => Err(format!("use one of: {}", options.join(", "))),
            },
            Self::Flag { .. } if value.is_boolean() => Ok(()),
            Self::Flag { .. } => Err("use true or false".into()),
            Self::Integers { min, max, most, .. } => {
                let fits = |v: &Value| v.as_i64().is_some_and(|n| (min..=max).contains(&n));
                match value.as_array() {
                    Some(list)
                        if !list.is_empty() && list.len() <= most && list.iter().all(fits) =>
                    {
                        Ok(())
                    }
                    _ => {
                        let (min, max) = (whole(min), whole(max));
                        Err(format!("use 1 to {most} whole numbers from {min} to {max}"))
                    }
                }
            }
        }
    }
}
