//! From cells of any type to numbers and category codes, fitted on training rows only.

mod fit;

use crate::frame::{Frame, Texts, Values};
use crate::table::Table;
use crate::times::Reading;
use mlhub_domain::schema::LogicalType;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

pub use fit::{Fitted, Note};

/// Numbers beyond this count as this: sums of squares must stay finite.
pub const LARGEST: f64 = 1e100;

/// How each column is read. Columns that cannot help are not in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Encoder {
    sources: Vec<Source>,
}

/// A column of the frame and what is read from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: LogicalType,
    /// What is read: a column of the table each.
    pub parts: Vec<Part>,
    /// The first and the last moment seen in training, in microseconds as [`crate::times`] has
    /// them; `None` for other types, and in models of before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<[i64; 2]>,
}

/// A column of the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// A number.
    Number(Reading),
    /// The index of the text in a list.
    Category(Levels),
}

/// The texts that a category column tells apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Levels {
    /// The most frequent first: a text's code is its place.
    pub known: Vec<String>,
    /// Whether training saw more texts than these. They, and any unseen text, share the code
    /// after the last; without it an unseen text counts as missing.
    pub other: bool,
}

impl Levels {
    /// How many codes there are.
    pub fn codes(&self) -> usize {
        self.known.len() + usize::from(self.other)
    }
}

/// A frame that the encoder was not fitted for.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("column “{column}” holds {found} where the model was trained on {expected}")]
pub struct Mismatch {
    /// The column.
    pub column: String,
    /// What it was in training.
    pub expected: LogicalType,
    /// What it is.
    pub found: LogicalType,
}

impl Encoder {
    /// The columns that are read, in order.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The columns of the table, in order.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.sources.iter().flat_map(|source| &source.parts)
    }

    /// For each column of the table the index of its source.
    pub fn owners(&self) -> Vec<usize> {
        let own = |(at, source): (usize, &Source)| std::iter::repeat_n(at, source.parts.len());
        self.sources.iter().enumerate().flat_map(own).collect()
    }

    /// Encodes `rows` of `frame`, in that order. A column that is not there is missing in every
    /// row; an infinite number is missing too.
    ///
    /// # Errors
    /// [`Mismatch`] when a column is of a type that cannot be read like the one trained on.
    pub fn table(&self, frame: &Frame, rows: &[u32]) -> Result<Table, Mismatch> {
        let mut table = Table::new(rows.len(), self.parts().count());
        for source in &self.sources {
            let values = frame.column(&source.name);
            for part in &source.parts {
                match values {
                    None => table.push(rows.iter().map(|_| f64::NAN)),
                    Some(values) => encode(values, part, rows, &mut table).ok_or_else(|| {
                        let (column, expected) = (source.name.clone(), source.kind);
                        Mismatch { column, expected, found: values.kind() }
                    })?,
                }
            }
        }
        Ok(table)
    }
}

/// Adds one column to `table`; `None` when `part` cannot be read from `values`.
fn encode(values: &Values, part: &Part, rows: &[u32], table: &mut Table) -> Option<()> {
    match (part, values) {
        (Part::Category(levels), Values::Text(texts)) => {
            let codes = translate(levels, texts);
            table.push(rows.iter().map(|row| {
                let code = texts.codes[*row as usize];
                codes.get(code as usize).copied().unwrap_or(f64::NAN)
            }));
        }
        (Part::Number(reading), _) => {
            let read = reader(values, *reading)?;
            table.push(rows.iter().map(|row| read(*row as usize)));
        }
        (Part::Category(_), _) => return None,
    }
    Some(())
}

/// For each text of the frame the code of the encoder.
fn translate(levels: &Levels, texts: &Texts) -> Vec<f64> {
    let unseen = if levels.other { levels.known.len() as f64 } else { f64::NAN };
    if texts.levels.len() <= 4 {
        let place = |text| levels.known.iter().position(|known| known == text);
        return texts.levels.iter().map(|t| place(t).map_or(unseen, |at| at as f64)).collect();
    }
    let known = levels.known.iter().enumerate().map(|(code, text)| (text.as_str(), code as f64));
    let known: HashMap<&str, f64> = known.collect();
    texts.levels.iter().map(|text| known.get(text.as_str()).copied().unwrap_or(unseen)).collect()
}

/// Reads a row's number; NaN is missing. `None` when there are no numbers in `values`.
fn reader(values: &Values, reading: Reading) -> Option<Box<dyn Fn(usize) -> f64 + '_>> {
    Some(match values {
        Values::Boolean(v) => Box::new(|row| v[row].map_or(f64::NAN, f64::from)),
        Values::Integer(v) => Box::new(|row| v[row].map_or(f64::NAN, |n| n as f64)),
        Values::Number(v) => Box::new(|row| bounded(v[row])),
        Values::Time(kind, v) => {
            Box::new(move |row| v[row].map_or(f64::NAN, |at| reading.read(*kind, at)))
        }
        Values::Text(_) => return None,
    })
}

fn bounded(value: f64) -> f64 {
    if value.is_infinite() { f64::NAN } else { value.clamp(-LARGEST, LARGEST) }
}
