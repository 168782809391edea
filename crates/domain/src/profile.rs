//! What a version's columns look like.

use crate::num::Num;
use crate::schema::LogicalType;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The statistics of one dataset version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Profile {
    /// Rows of the version.
    pub rows: u64,
    /// One entry for each column, in their order.
    pub columns: Vec<ColumnProfile>,
    /// What is worth a look before training, the most serious first.
    pub warnings: Vec<Warning>,
}

/// Texts with more distinct values than this are no categories.
pub const CATEGORIES: u64 = 1_000;

/// The statistics of one column. What a type does not have is `null`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct ColumnProfile {
    /// Its name.
    pub name: String,
    /// What its values are.
    #[serde(rename = "type")]
    pub kind: LogicalType,
    /// Missing cells.
    pub missing: u64,
    /// Distinct values that are not missing.
    pub distinct: u64,
    /// The smallest value: a number, or a text for dates and times.
    #[cfg_attr(not(target_family = "wasm"), schema(value_type = Option<Value>))]
    pub min: Option<Value>,
    /// The largest value.
    #[cfg_attr(not(target_family = "wasm"), schema(value_type = Option<Value>))]
    pub max: Option<Value>,
    /// The mean of a numeric column.
    pub mean: Option<Num>,
    /// The standard deviation with n − 1.
    pub sd: Option<Num>,
    /// Quantiles, keyed `"0.01"`, `"0.05"`, `"0.25"`, `"0.5"`, `"0.75"`, `"0.95"`, `"0.99"`,
    /// linear between neighbours as in NumPy; of dates in whole days.
    pub quantiles: BTreeMap<String, Mark>,
    /// The ten most frequent values, the most frequent first; ties in order of the value.
    pub top: Vec<Top>,
    /// Twenty equal bins from the smallest to the largest value; of dates at most one for a day.
    pub histogram: Option<Histogram>,
    /// The names of those of the fields above that are estimates.
    pub approximate: Vec<String>,
    /// The first column that says the same row by row, be it in other words: `yes` where that has 1.
    /// `null` also for columns with more than 1,000 distinct values.
    #[serde(default)]
    pub same_as: Option<String>,
}

/// A value and how often it occurs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Top {
    /// The value.
    #[cfg_attr(not(target_family = "wasm"), schema(value_type = Value))]
    pub value: Value,
    /// Rows that have it.
    pub count: u64,
}

/// Counts in bins: bin `i` goes from `edges[i]` to `edges[i + 1]`, the last one with its end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Histogram {
    /// One more than there are bins.
    pub edges: Vec<Mark>,
    /// Values in each bin.
    pub counts: Vec<u64>,
}

/// A place among the values of a column, written as they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum Mark {
    /// Of numbers.
    Number(Num),
    /// Of dates, datetimes and times of day: as in `min` and `max`.
    Moment(String),
}

impl Mark {
    /// The number, where it is one.
    pub const fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number.0),
            Self::Moment(_) => None,
        }
    }
}

/// Something to look at before training.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Warning {
    /// What kind of thing.
    pub kind: WarningKind,
    /// The column it is about; `null` when it is the whole table.
    pub column: Option<String>,
    /// What it is and what to do about it.
    pub message: String,
}

/// The kinds of warnings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum WarningKind {
    /// Cells or rows of the file are not in the table.
    Rejected,
    /// The columns are not those of the version that was current before.
    ColumnsChanged,
    /// Text for the sake of a few words: all else in it are numbers, dates or the like.
    StrayTexts,
    /// Every value is the same, or there is none.
    Constant,
    /// Nearly every value is the same.
    NearlyConstant,
    /// A different value in (nearly) every row: a name or a number, nothing to learn from.
    IdLike,
    /// Many values are missing.
    ManyMissing,
    /// Rows that occur more than once.
    DuplicateRows,
    /// The same values as another column.
    DuplicateColumn,
    /// Text with very many distinct values.
    HighCardinality,
    /// A number format, a date order or an encoding that was guessed.
    Guessed,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn marks_are_written_as_the_values_of_their_column() {
        for (mark, shown) in [
            (Mark::Number(Num(1.5)), json!(1.5)),
            (Mark::Number(Num(f64::INFINITY)), json!("Infinity")),
            (Mark::Moment("2020-01-02".into()), json!("2020-01-02")),
        ] {
            assert_eq!(serde_json::to_value(&mark).unwrap(), shown);
            assert_eq!(serde_json::from_value::<Mark>(shown).unwrap(), mark);
        }
    }
}
