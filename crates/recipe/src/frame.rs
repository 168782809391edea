//! A table in memory, column by column: what training and prediction work on.

use mlhub_domain::schema::LogicalType;
use std::collections::HashMap;
use std::ops::Range;

/// Named columns of equal length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    columns: Vec<(String, Values)>,
    rows: usize,
}

/// The cells of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// `boolean`.
    Boolean(Vec<Option<bool>>),
    /// `integer`.
    Integer(Vec<Option<i64>>),
    /// `number` and `decimal`; NaN is missing.
    Number(Vec<f64>),
    /// `text` and `category`.
    Text(Texts),
    /// `date`, `datetime`, `time`: microseconds since 1970-01-01T00:00Z, or since midnight.
    Time(LogicalType, Vec<Option<i64>>),
}

/// Texts by dictionary: each distinct text once, each cell a code.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Texts {
    /// For each row the index into `levels`, or [`Texts::MISSING`].
    pub codes: Vec<u32>,
    /// The distinct texts, in order of first appearance.
    pub levels: Vec<String>,
}

impl Texts {
    /// The code of a missing cell.
    pub const MISSING: u32 = u32::MAX;

    /// The text of `row`.
    pub fn get(&self, row: usize) -> Option<&str> {
        self.levels.get(self.codes[row] as usize).map(String::as_str)
    }
}

impl<'a> FromIterator<Option<&'a str>> for Texts {
    fn from_iter<I: IntoIterator<Item = Option<&'a str>>>(cells: I) -> Self {
        let mut texts = Self::default();
        let mut seen: HashMap<&'a str, u32> = HashMap::new();
        for cell in cells {
            let code = cell.map_or(Self::MISSING, |text| {
                *seen.entry(text).or_insert_with(|| {
                    texts.levels.push(text.to_owned());
                    u32::try_from(texts.levels.len() - 1).expect("fewer rows than u32")
                })
            });
            texts.codes.push(code);
        }
        texts
    }
}

impl Values {
    /// How many cells.
    pub fn len(&self) -> usize {
        match self {
            Self::Boolean(v) => v.len(),
            Self::Integer(v) | Self::Time(_, v) => v.len(),
            Self::Number(v) => v.len(),
            Self::Text(v) => v.codes.len(),
        }
    }

    /// Whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the cell of `row` is missing.
    pub fn is_missing(&self, row: usize) -> bool {
        match self {
            Self::Boolean(v) => v[row].is_none(),
            Self::Integer(v) | Self::Time(_, v) => v[row].is_none(),
            Self::Number(v) => v[row].is_nan(),
            Self::Text(v) => v.codes[row] == Texts::MISSING,
        }
    }

    /// The logical type. `decimal` and `category` look like what they are kept as.
    pub const fn kind(&self) -> LogicalType {
        match self {
            Self::Boolean(_) => LogicalType::Boolean,
            Self::Integer(_) => LogicalType::Integer,
            Self::Number(_) => LogicalType::Number,
            Self::Text(_) => LogicalType::Text,
            Self::Time(kind, _) => *kind,
        }
    }

    /// The cells of `rows`, in that order. The levels of a text column stay as they are.
    pub fn take(&self, rows: &[u32]) -> Self {
        fn pick<T: Copy>(cells: &[T], rows: &[u32]) -> Vec<T> {
            rows.iter().map(|&row| cells[row as usize]).collect()
        }
        match self {
            Self::Boolean(v) => Self::Boolean(pick(v, rows)),
            Self::Integer(v) => Self::Integer(pick(v, rows)),
            Self::Number(v) => Self::Number(pick(v, rows)),
            Self::Text(v) => {
                Self::Text(Texts { codes: pick(&v.codes, rows), levels: v.levels.clone() })
            }
            Self::Time(kind, v) => Self::Time(*kind, pick(v, rows)),
        }
    }
}

/// Columns that do not make a table.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFrame {
    /// Two columns of one name.
    #[error("two columns are called “{0}”")]
    Twice(String),
    /// A column of another length.
    #[error("column “{name}” has {cells} cells where the others have {rows}")]
    Length {
        /// The column.
        name: String,
        /// Its length.
        cells: usize,
        /// The length of the others.
        rows: usize,
    },
}

impl Frame {
    /// A table of `columns`.
    ///
    /// # Errors
    /// [`BadFrame`] when a name stands twice or the lengths differ.
    pub fn new(columns: Vec<(String, Values)>) -> Result<Self, BadFrame> {
        let rows = columns.first().map_or(0, |(_, values)| values.len());
        for (i, (name, values)) in columns.iter().enumerate() {
            if columns[..i].iter().any(|(other, _)| other == name) {
                return Err(BadFrame::Twice(name.clone()));
            }
            if values.len() != rows {
                return Err(BadFrame::Length { name: name.clone(), cells: values.len(), rows });
            }
        }
        Ok(Self { columns, rows })
    }

    /// How many rows.
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// Names and cells, in order.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &Values)> {
        self.columns.iter().map(|(name, values)| (name.as_str(), values))
    }

    /// The cells of the column called `name`.
    pub fn column(&self, name: &str) -> Option<&Values> {
        self.columns.iter().find(|(other, _)| other == name).map(|(_, values)| values)
    }

    /// The rows named, in that order.
    pub fn take(&self, rows: &[u32]) -> Self {
        let take = |(name, values): &(String, Values)| (name.clone(), values.take(rows));
        Self { columns: self.columns.iter().map(take).collect(), rows: rows.len() }
    }

    /// A contiguous part.
    pub fn slice(&self, rows: Range<u32>) -> Self {
        self.take(&rows.collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> Frame {
        Frame::new(vec![
            ("n".into(), Values::Number(vec![1.0, f64::NAN, 3.0])),
            ("t".into(), Values::Text([Some("a"), None, Some("a")].into_iter().collect())),
        ])
        .unwrap()
    }

    #[test]
    fn missing_cells_are_seen_and_rows_are_taken() {
        let frame = frame();
        assert!(frame.column("n").unwrap().is_missing(1));
        assert!(frame.column("t").unwrap().is_missing(1));
        let two = frame.take(&[2, 0]);
        assert_eq!(two.column("n"), Some(&Values::Number(vec![3.0, 1.0])));
        let Some(Values::Text(texts)) = two.column("t") else { panic!("text stays text") };
        assert_eq!((texts.get(0), texts.levels.len()), (Some("a"), 1));
    }

    #[test]
    fn columns_of_one_name_or_unequal_length_are_refused() {
        let one = || Values::Number(vec![1.0]);
        let twice = Frame::new(vec![("a".into(), one()), ("a".into(), one())]);
        assert_eq!(twice, Err(BadFrame::Twice("a".into())));
        let ragged = Frame::new(vec![("a".into(), one()), ("b".into(), Values::Number(vec![]))]);
        assert!(matches!(ragged, Err(BadFrame::Length { cells: 0, rows: 1, .. })));
    }
}
