//! Looking at the rows of a table.

use crate::schema::Column;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The most rows in one answer.
pub const MAX_ROWS: u32 = 1_000;

/// Which rows to look at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowsQuery {
    /// Rows to skip, of those that fit.
    pub offset: u64,
    /// Rows wanted, at most [`MAX_ROWS`].
    pub limit: u32,
    /// Only these columns, in this order; all when empty.
    pub columns: Vec<String>,
    /// Conditions that must all hold.
    pub filters: Vec<Filter>,
    /// Only rows with this text in one of their text columns.
    pub search: Option<String>,
    /// The order; the file's own order breaks ties and stands when empty.
    pub sort: Vec<Sort>,
}

/// One key of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The column.
    pub column: String,
    /// Largest first. Missing values come last either way.
    pub descending: bool,
}

/// How a cell is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// One of a list, separated by commas.
    In,
    /// Has the text in it.
    Contains,
    /// Starts with the text.
    Starts,
    /// Is missing.
    Null,
    /// Is there.
    NotNull,
}

impl Op {
    /// All, in the order in which a form offers them.
    pub const ALL: [Self; 11] = [
        Self::Eq,
        Self::Ne,
        Self::Lt,
        Self::Le,
        Self::Gt,
        Self::Ge,
        Self::In,
        Self::Contains,
        Self::Starts,
        Self::Null,
        Self::NotNull,
    ];

    /// The word in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Lt => "lt",
            Self::Le => "le",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::In => "in",
            Self::Contains => "contains",
            Self::Starts => "starts",
            Self::Null => "null",
            Self::NotNull => "notnull",
        }
    }

    /// How a person says it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Eq => "is",
            Self::Ne => "is not",
            Self::Lt => "<",
            Self::Le => "≤",
            Self::Gt => ">",
            Self::Ge => "≥",
            Self::In => "is one of",
            Self::Contains => "contains",
            Self::Starts => "starts with",
            Self::Null => "is missing",
            Self::NotNull => "is there",
        }
    }
}

/// A condition on one column, written `column:op:value`; a colon in the column's name is `\:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The column.
    pub column: String,
    /// How it is compared.
    pub op: Op,
    /// What with, as text; empty for `null` and `notnull`.
    pub value: String,
}

/// A text that is not a filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFilter {
    /// Not of the form `column:op:value`.
    #[error("“{0}” is not of the form column:op:value")]
    Form(String),
    /// The operator is not known.
    #[error("“{0}” is not an operator: use eq ne lt le gt ge in contains starts null notnull")]
    Op(String),
}

impl std::str::FromStr for Filter {
    type Err = BadFilter;

    fn from_str(text: &str) -> Result<Self, BadFilter> {
        let form = || BadFilter::Form(text.into());
        let mut column = String::new();
        let mut rest = text.chars();
        loop {
            match rest.next().ok_or_else(form)? {
                ':' => break,
                '\\' if rest.as_str().starts_with(':') => {
                    rest.next();
                    column.push(':');
                }
                c => column.push(c),
            }
        }
        let (word, value) = rest.as_str().split_once(':').unwrap_or((rest.as_str(), ""));
        let op = Op::ALL
            .into_iter()
            .find(|op| op.as_str() == word)
            .ok_or_else(|| BadFilter::Op(word.into()))?;
        if column.is_empty() {
            return Err(form());
        }
        Ok(Self { column, op, value: value.into() })
    }
}

impl std::fmt::Display for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.column.replace(':', "\\:"), self.op.as_str())?;
        if matches!(self.op, Op::Null | Op::NotNull) {
            Ok(())
        } else {
            write!(f, ":{}", self.value)
        }
    }
}

impl std::fmt::Display for Sort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", if self.descending { "-" } else { "" }, self.column)
    }
}

impl From<&str> for Sort {
    fn from(text: &str) -> Self {
        match text.strip_prefix('-') {
            Some(column) => Self { column: column.into(), descending: true },
            None => Self { column: text.into(), descending: false },
        }
    }
}

/// Rows of a table: what a page shows and what REST answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Rows {
    /// The columns of each row.
    pub columns: Vec<Column>,
    /// A value for each column: `null` when missing, text for dates, for integers beyond 2^53 and
    /// for decimals.
    #[cfg_attr(not(target_family = "wasm"), schema(value_type = Vec<Vec<Value>>))]
    pub rows: Vec<Vec<Value>>,
    /// How many rows fit the filters.
    pub total: u64,
}

/// Why a cell or a row of the file is not in the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Rejected {
    /// The data row, from 1.
    pub row: u64,
    /// The physical line, from 1.
    pub line: u64,
    /// The column, or `null` when the whole row is left out.
    pub column: Option<String>,
    /// What stands in the file, at most 1,000 characters.
    pub text: String,
    /// Why it is not in the table.
    pub reason: String,
}

/// A page of rejected cells and rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct RejectedPage {
    /// How many are listed in all.
    pub total: u64,
    /// Those of this page.
    pub items: Vec<Rejected>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_reads_what_it_writes() {
        for text in ["age:ge:30", "a\\:b:eq:x:y", "name:contains:", "x:null", "class:in:a,b"] {
            assert_eq!(text.parse::<Filter>().unwrap().to_string(), text);
        }
        assert_eq!("age".parse::<Filter>(), Err(BadFilter::Form("age".into())));
        assert_eq!("age:over:3".parse::<Filter>(), Err(BadFilter::Op("over".into())));
        assert!(":eq:3".parse::<Filter>().is_err());
    }
}
