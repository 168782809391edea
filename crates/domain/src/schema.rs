//! Columns and their logical types.

use serde::{Deserialize, Serialize};

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum LogicalType {
    /// True or false.
    Boolean,
    /// A whole number within int64.
    Integer,
    /// A float64.
    Number,
    /// A number that neither of the two can hold exactly: up to 38 digits.
    Decimal,
    /// Any text.
    Text,
    /// Text with few distinct values, said to be so by a user or a recipe.
    Category,
    /// A calendar date.
    Date,
    /// A date with a time of day, UTC, to the microsecond.
    Datetime,
    /// A time of day, to the microsecond.
    Time,
}

impl LogicalType {
    /// The word used in JSON and on pages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Decimal => "decimal",
            Self::Text => "text",
            Self::Category => "category",
            Self::Date => "date",
            Self::Datetime => "datetime",
            Self::Time => "time",
        }
    }

    /// Whether values are numbers, which stand to the right in a table.
    pub const fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Number | Self::Decimal)
    }
}

impl std::fmt::Display for LogicalType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A column of a dataset version.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Column {
    /// Its name, unique in the table.
    pub name: String,
    /// What its values are.
    #[serde(rename = "type")]
    pub kind: LogicalType,
}
