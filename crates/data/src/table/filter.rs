//! Conditions on rows.

use super::Table;
use crate::Error;
use crate::cells::days::{self, MICROS_OF_DAY, Order};
use crate::cells::number;
use arrow_array::cast::AsArray;
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array,
    RecordBatch, Scalar, StringArray, Time64MicrosecondArray, TimestampMicrosecondArray,
};
use arrow_buffer::BooleanBuffer;
use arrow_ord::cmp;
use arrow_schema::DataType;
use mlhub_domain::schema::{Column, LogicalType};
use mlhub_domain::tables::{Filter, Op};
use std::sync::Arc;

/// Conditions that must all hold, ready to be tried on batches of the columns they need.
pub(crate) struct Conditions {
    tests: Vec<(usize, Test)>,
    search: Option<(Vec<usize>, String)>,
}

enum Test {
    Null,
    NotNull,
    Compare(Op, Scalar<ArrayRef>),
    /// Equal to one of them.
    In(Vec<Scalar<ArrayRef>>),
    Contains(String),
    Starts(String),
    /// No row, or every row with a value.
    Never,
    Always,
}

impl Conditions {
    /// Reads `filters` and `search` for the columns of `table`.
    ///
    /// # Errors
    /// [`Error::NoColumn`], [`Error::Filter`] for a value that its column cannot have.
    pub(crate) fn new(
        table: &Table,
        filters: &[Filter],
        search: Option<&str>,
    ) -> Result<Self, Error> {
        let test = |filter: &Filter| {
            let index = table.index(&filter.column)?;
            let kind = table.metadata.schema().field(index).data_type();
            Ok((index, Test::new(filter, &table.columns()[index], kind)?))
        };
        let tests = filters.iter().map(test).collect::<Result<_, Error>>()?;
        let texts = || {
            let text =
                |column: &Column| matches!(column.kind, LogicalType::Text | LogicalType::Category);
            let columns = table.columns().iter().enumerate();
            columns.filter(|(_, column)| text(column)).map(|(i, _)| i).collect()
        };
        let search = search.map(str::trim).filter(|text| !text.is_empty());
        Ok(Self { tests, search: search.map(|text| (texts(), text.to_lowercase())) })
    }

    /// Whether every row fits.
    pub(crate) fn is_empty(&self) -> bool {
        self.tests.is_empty() && self.search.is_none()
    }

    /// The columns that [`Conditions::mask`] looks at.
    pub(crate) fn columns(&self) -> Vec<usize> {
        let searched = self.search.iter().flat_map(|(columns, _)| columns.iter().copied());
        self.tests.iter().map(|(column, _)| *column).chain(searched).collect()
    }

    /// Which rows of `batch` fit. `places` says where each of [`Conditions::columns`] is in it.
    pub(crate) fn mask(
        &self,
        batch: &RecordBatch,
        places: &[usize],
    ) -> Result<BooleanBuffer, Error> {
        let mut mask = BooleanBuffer::new_set(batch.num_rows());
        for ((_, test), &place) in self.tests.iter().zip(places) {
            mask = &mask & &test.mask(batch.column(place))?;
        }
        if let Some((_, text)) = &self.search {
            let mut found = BooleanBuffer::new_unset(batch.num_rows());
            for &place in &places[self.tests.len()..] {
                let has = |cell: &str| contains_folded(cell, text);
                found = &found | &texts(batch.column(place), has);
            }
            mask = &mask & &found;
        }
        Ok(mask)
    }
}

/// Whether `cell` has `text` in it, whatever the case; `text` is lower-case.
fn contains_folded(cell: &str, text: &str) -> bool {
    if cell.is_ascii() && text.is_ascii() {
        let (cell, text) = (cell.as_bytes(), text.as_bytes());
        return cell.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text));
    }
    cell.to_lowercase().contains(text)
}

fn texts(array: &ArrayRef, test: impl Fn(&str) -> bool) -> BooleanBuffer {
    let texts = array.as_string::<i32>();
    BooleanBuffer::collect_bool(texts.len(), |i| texts.is_valid(i) && test(texts.value(i)))
}

fn set(array: BooleanArray) -> BooleanBuffer {
    match array.nulls() {
        Some(nulls) => array.values() & nulls.inner(),
        None => array.values().clone(),
    }
}

fn valid(array: &ArrayRef) -> BooleanBuffer {
    match array.nulls() {
        Some(nulls) => nulls.inner().clone(),
        None => BooleanBuffer::new_set(array.len()),
    }
}

impl Test {
    fn new(filter: &Filter, column: &Column, kind: &DataType) -> Result<Self, Error> {
        let value = filter.value.as_str();
        let text = matches!(kind, DataType::Utf8);
        let refuse = |message: String| Error::Filter {
            column: column.name.clone(),
            value: value.into(),
            message,
        };
        match filter.op {
            Op::Null => Ok(Self::Null),
            Op::NotNull => Ok(Self::NotNull),
            Op::Contains | Op::Starts if !text => Err(refuse(format!(
                "“{}” is of type {}: “{}” works on text only",
                column.name,
                column.kind,
                filter.op.as_str()
            ))),
            Op::Contains => Ok(Self::Contains(value.into())),
            Op::Starts => Ok(Self::Starts(value.into())),
            Op::In => {
                let all: Option<Vec<_>> = value.split(',').map(|v| scalar(v, kind)).collect();
                all.map(Self::In).ok_or_else(|| refuse(wrong(column, value)))
            }
            Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge => scalar(value, kind)
                .map(|scalar| Self::Compare(filter.op, scalar))
                .or_else(|| between(filter.op, value, kind))
                .ok_or_else(|| refuse(wrong(column, value))),
        }
    }

    fn mask(&self, array: &ArrayRef) -> Result<BooleanBuffer, Error> {
        Ok(match self {
            Self::Null => !&valid(array),
            Self::NotNull | Self::Always => valid(array),
            Self::Never => BooleanBuffer::new_unset(array.len()),
            Self::Contains(text) => texts(array, |cell| cell.contains(text.as_str())),
            Self::Starts(text) => texts(array, |cell| cell.starts_with(text.as_str())),
            Self::Compare(op, value) => set(match op {
                Op::Ne => cmp::neq(array, value)?,
                Op::Lt => cmp::lt(array, value)?,
                Op::Le => cmp::lt_eq(array, value)?,
                Op::Gt => cmp::gt(array, value)?,
                Op::Ge => cmp::gt_eq(array, value)?,
                _ => cmp::eq(array, value)?,
            }),
            Self::In(values) => {
                let mut any = BooleanBuffer::new_unset(array.len());
                for value in values {
                    any = &any | &set(cmp::eq(array, value)?);
                }
                any
            }
        })
    }
}

fn wrong(column: &Column, value: &str) -> String {
    let example = match column.kind {
        LogicalType::Boolean => "true or false",
        LogicalType::Integer => "an integer such as 42",
        LogicalType::Number | LogicalType::Decimal => "a number such as 1.5",
        LogicalType::Text | LogicalType::Category => "a text",
        LogicalType::Date => "a date such as 2020-12-31",
        LogicalType::Datetime => "a date with a time such as 2020-12-31T23:59:00Z",
        LogicalType::Time => "a time such as 23:59",
    };
    format!("“{value}” does not fit the column “{}”: write {example}", column.name)
}

/// `text` as a value of the type `kind`.
fn scalar(text: &str, kind: &DataType) -> Option<Scalar<ArrayRef>> {
    let bytes = text.trim().as_bytes();
    let array: ArrayRef = match kind {
        DataType::Boolean => Arc::new(BooleanArray::from(vec![crate::cells::boolean(bytes)?])),
        DataType::Int64 => Arc::new(Int64Array::from(vec![number::integer(bytes)?])),
        DataType::Float64 => {
            let number = number::number(bytes).map(|number| number.value);
            Arc::new(Float64Array::from(vec![number.or_else(|| number::infinity(bytes))?]))
        }
        DataType::Decimal128(precision, scale) => {
            let value = number::decimal(bytes, u32::from(scale.max(&0).unsigned_abs()))?;
            let array = Decimal128Array::from(vec![value]);
            Arc::new(array.with_precision_and_scale(*precision, *scale).ok()?)
        }
        DataType::Utf8 => Arc::new(StringArray::from(vec![text])),
        DataType::Date32 => Arc::new(Date32Array::from(vec![days::date(bytes, Order::Unknown)?.0])),
        DataType::Timestamp(..) => {
            let date = || days::date(bytes, Order::Unknown).map(|(days, _)| i64::from(days));
            let micros = days::datetime(bytes, Order::Unknown).map(|(micros, ..)| micros);
            let micros = micros.or_else(|| Some(date()? * MICROS_OF_DAY))?;
            Arc::new(TimestampMicrosecondArray::from(vec![micros]).with_timezone("UTC"))
        }
        DataType::Time64(_) => Arc::new(Time64MicrosecondArray::from(vec![days::time(bytes)?])),
        _ => return None,
    };
    Some(Scalar::new(array))
}

/// An integer column compared with a number that is none: `age > 30.5` means `age >= 31`.
fn between(op: Op, text: &str, kind: &DataType) -> Option<Test> {
    let value = number::number(text.trim().as_bytes()).map(|number| number.value)?;
    if *kind != DataType::Int64 {
        return None;
    }
    let bound = |value: f64| -> Scalar<ArrayRef> {
        Scalar::new(Arc::new(Int64Array::from(vec![value as i64])))
    };
    let whole = value.fract() == 0.0 && value.abs() < 9e18;
    Some(match op {
        Op::Eq if whole => Test::Compare(Op::Eq, bound(value)),
        Op::Ne if whole => Test::Compare(Op::Ne, bound(value)),
        Op::Lt if whole => Test::Compare(Op::Lt, bound(value)),
        Op::Gt if whole => Test::Compare(Op::Gt, bound(value)),
        Op::Ne => Test::Always,
        // Numbers beyond int64 saturate, which compares the same way.
        Op::Lt | Op::Le => Test::Compare(Op::Le, bound(value.floor())),
        Op::Gt | Op::Ge => Test::Compare(Op::Ge, bound(value.ceil())),
        _ => Test::Never,
    })
}
