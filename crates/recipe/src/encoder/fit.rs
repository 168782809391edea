//! What training rows say about each column: what to read from it, or why to leave it out.

use super::{Encoder, Levels, Part, Source, reader};
use crate::frame::{Frame, Texts, Values};
use crate::json;
use crate::times::{self, Reading};
use mlhub_domain::algorithms::{COVER, MOST_LEVELS, NAMES, RARE};
use mlhub_domain::models::Input;
use mlhub_domain::num::{Num, count};
use mlhub_domain::schema::{Column, LogicalType};
use serde_json::Value;

/// A fitted encoder and what was noticed on the way.
#[derive(Clone, Debug)]
pub struct Fitted {
    /// The encoder.
    pub encoder: Encoder,
    /// Its columns, described for people and forms.
    pub inputs: Vec<Input>,
    /// What people should know, column by column.
    pub notes: Vec<Note>,
}

/// Something about a column that people should know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Note {
    /// Left out: nothing in it.
    #[error("“{0}” is left out: every value is missing")]
    Empty(String),
    /// Left out: nothing changes.
    #[error("“{0}” is left out: it has the same value in every row")]
    Constant(String),
    /// Left out: nothing repeats.
    #[error("“{0}” is left out: its text is different in every row")]
    Unique(String),
    /// Left out: too much to tell apart.
    #[error(
        "“{column}” is left out: it has {} different texts, and the frequent ones cover less \
         than half of the rows",
        said(.distinct)
    )]
    Diverse {
        /// The column.
        column: String,
        /// How many texts.
        distinct: usize,
    },
    /// Kept, with the rare texts taken together.
    #[error(
        "“{column}” has {} different texts: the {kept} most frequent are told apart, the others \
         are taken together",
        said(.distinct)
    )]
    Rare {
        /// The column.
        column: String,
        /// How many texts.
        distinct: usize,
        /// How many of them have a code.
        kept: usize,
    },
}

fn said(number: &usize) -> String {
    count(*number as u64)
}

impl Encoder {
    /// Looks at `rows` of the `columns` of `frame`. Columns that are not in the frame are empty.
    pub fn fit(frame: &Frame, columns: &[Column], rows: &[u32]) -> Fitted {
        let mut fitted =
            Fitted { encoder: Self { sources: Vec::new() }, inputs: Vec::new(), notes: Vec::new() };
        for column in columns {
            let found = match frame.column(&column.name) {
                None => Err(Note::Empty(column.name.clone())),
                Some(Values::Text(texts)) => categories(column, texts, rows),
                Some(values) => numbers(column, values, rows),
            };
            match found {
                Ok((parts, input, note)) => {
                    let (name, kind) = (column.name.clone(), column.kind);
                    let span = frame.column(&name).and_then(|values| span(values, rows));
                    fitted.encoder.sources.push(Source { name, kind, parts, span });
                    fitted.inputs.push(input);
                    fitted.notes.extend(note);
                }
                Err(note) => fitted.notes.push(note),
            }
        }
        fitted
    }
}

type Found = Result<(Vec<Part>, Input, Option<Note>), Note>;

fn categories(column: &Column, texts: &Texts, rows: &[u32]) -> Found {
    let name = || column.name.clone();
    let mut counts = vec![0_usize; texts.levels.len()];
    let mut missing = 0;
    for row in rows {
        match counts.get_mut(texts.codes[*row as usize] as usize) {
            Some(count) => *count += 1,
            None => missing += 1,
        }
    }
    let mut seen: Vec<(usize, &str)> = counts
        .iter()
        .zip(&texts.levels)
        .filter(|(count, _)| **count > 0)
        .map(|(count, text)| (*count, text.as_str()))
        .collect();
    seen.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let (distinct, cells) = (seen.len(), rows.len() - missing);
    if distinct == 0 {
        return Err(Note::Empty(name()));
    }
    if distinct == 1 && missing == 0 {
        return Err(Note::Constant(name()));
    }
    if distinct == cells && cells >= NAMES {
        return Err(Note::Unique(name()));
    }
    let mut note = None;
    let other = distinct > MOST_LEVELS;
    if other {
        seen.truncate(MOST_LEVELS);
        seen.retain(|(count, _)| *count >= RARE);
        let covered: usize = seen.iter().map(|(count, _)| count).sum();
        if (covered as f64) < COVER * cells as f64 {
            return Err(Note::Diverse { column: name(), distinct });
        }
        note = Some(Note::Rare { column: name(), distinct, kept: seen.len() });
    }
    let known: Vec<String> = seen.iter().map(|(_, text)| (*text).to_owned()).collect();
    let input = Input {
        name: name(),
        kind: column.kind,
        range: None,
        example: usual(missing, rows.len(), || known[0].as_str().into()),
        levels: (!other).then(|| known.clone()),
        missing: missing > 0,
    };
    Ok((vec![Part::Category(Levels { known, other })], input, note))
}

fn numbers(column: &Column, values: &Values, rows: &[u32]) -> Found {
    let spread = |reading| {
        let read = reader(values, reading).expect("text is a category");
        let cells = rows.iter().map(|row| read(*row as usize)).filter(|value| !value.is_nan());
        cells.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        })
    };
    let (low, high) = spread(Reading::Value);
    if low > high {
        return Err(Note::Empty(column.name.clone()));
    }
    let value = reader(values, Reading::Value).expect("text is a category");
    let missing = rows.iter().filter(|row| value(**row as usize).is_nan()).count();
    if low == high && missing == 0 {
        return Err(Note::Constant(column.name.clone()));
    }
    let varies = |reading: &&Reading| {
        **reading == Reading::Value || {
            let (low, high) = spread(**reading);
            low < high
        }
    };
    let parts = Reading::of(values.kind()).iter().filter(varies).map(|r| Part::Number(*r));
    let counts = values.kind().is_numeric();
    let input = Input {
        name: column.name.clone(),
        kind: column.kind,
        range: counts.then_some([Num(low), Num(high)]),
        levels: None,
        missing: missing > 0,
        example: usual(missing, rows.len(), || middle(column.kind, values, rows)),
    };
    Ok((parts.collect(), input, None))
}

/// The first and the last moment of a column of dates or times.
fn span(values: &Values, rows: &[u32]) -> Option<[i64; 2]> {
    let Values::Time(_, moments) = values else {
        return None;
    };
    let seen = || rows.iter().filter_map(|row| moments[*row as usize]);
    Some([seen().min()?, seen().max()?])
}

/// What is usual in a column: nothing, where most of its cells are missing.
fn usual(missing: usize, rows: usize, value: impl FnOnce() -> Value) -> Value {
    if missing * 2 > rows { Value::Null } else { value() }
}

/// A value that occurs: the middle one, or the more frequent of false and true.
fn middle(kind: LogicalType, values: &Values, rows: &[u32]) -> Value {
    let rows = rows.iter().map(|row| *row as usize);
    match values {
        Values::Boolean(v) => {
            let (yes, no) = rows
                .filter_map(|row| v[row])
                .fold((0, 0), |(yes, no), cell| if cell { (yes + 1, no) } else { (yes, no + 1) });
            (yes > no).into()
        }
        Values::Integer(v) => median(rows.filter_map(|row| v[row]).collect(), i64::cmp)
            .map_or(Value::Null, json::integer),
        Values::Time(_, v) => median(rows.filter_map(|row| v[row]).collect(), i64::cmp)
            .map_or(Value::Null, |at| times::format(kind, at).into()),
        Values::Number(v) => {
            let finite = rows.map(|row| v[row]).filter(|value| value.is_finite()).collect();
            median(finite, f64::total_cmp).map_or(Value::Null, |value| json::number(kind, value))
        }
        Values::Text(_) => Value::Null,
    }
}

/// The lower of the two in the middle.
fn median<T: Copy>(
    mut cells: Vec<T>,
    order: impl FnMut(&T, &T) -> std::cmp::Ordering,
) -> Option<T> {
    let at = cells.len().checked_sub(1)? / 2;
    Some(*cells.select_nth_unstable_by(at, order).1)
}
