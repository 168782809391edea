//! A table in memory, for training.

use super::Table;
use crate::Error;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float64Type, Int64Type, Time64MicrosecondType,
    TimestampMicrosecondType,
};
use arrow_array::{Array, ArrayRef};
use mlhub_domain::num::count;
use mlhub_domain::schema::LogicalType;
use mlhub_recipe::{Frame, Texts, Values};
use std::collections::HashMap;

use crate::cells::days::MICROS_OF_DAY;

/// The most rows of a frame: rows are numbered by u32 in it.
const MAX_FRAME_ROWS: u64 = u32::MAX as u64 - 1;

impl Table {
    /// The columns called `columns`, in that order; all when there are none. Texts are kept by
    /// dictionary, decimals as the nearest float64.
    ///
    /// # Errors
    /// [`Error::NoColumn`]; [`Error::TooMany`] beyond 2^32 rows.
    pub fn frame(&self, columns: &[String]) -> Result<Frame, Error> {
        if self.rows_count() > MAX_FRAME_ROWS {
            return Err(Error::TooMany(format!(
                "a table of {} rows is too large to train on",
                count(self.rows_count())
            )));
        }
        let indices: Vec<usize> = if columns.is_empty() {
            (0..self.columns.len()).collect()
        } else {
            columns.iter().map(|name| self.index(name)).collect::<Result<_, _>>()?
        };
        let mut all = Vec::with_capacity(indices.len());
        for index in indices {
            let column = &self.columns[index];
            let mut values = Gathered::new(column.kind, self.rows_count() as usize);
            self.each(&[index], |batch| {
                values.extend(batch.column(0));
                Ok(())
            })?;
            all.push((column.name.clone(), values.finish()));
        }
        Frame::new(all).map_err(|bad| Error::TooMany(bad.to_string()))
    }
}

/// A column on its way into the frame; texts with the code of each level.
struct Gathered {
    values: Values,
    codes: HashMap<String, u32>,
}

impl Gathered {
    fn new(kind: LogicalType, rows: usize) -> Self {
        let values = match kind {
            LogicalType::Boolean => Values::Boolean(Vec::with_capacity(rows)),
            LogicalType::Integer => Values::Integer(Vec::with_capacity(rows)),
            LogicalType::Number | LogicalType::Decimal => Values::Number(Vec::with_capacity(rows)),
            LogicalType::Text | LogicalType::Category => {
                Values::Text(Texts { codes: Vec::with_capacity(rows), levels: Vec::new() })
            }
            LogicalType::Date | LogicalType::Datetime | LogicalType::Time => {
                Values::Time(kind, Vec::with_capacity(rows))
            }
        };
        Self { values, codes: HashMap::new() }
    }

    fn extend(&mut self, array: &ArrayRef) {
        match &mut self.values {
            Values::Boolean(to) => to.extend(array.as_boolean().iter()),
            Values::Integer(to) => to.extend(array.as_primitive::<Int64Type>().iter()),
            Values::Number(to) => extend_numbers(to, array),
            Values::Text(to) => {
                for cell in array.as_string::<i32>() {
                    to.codes.push(cell.map_or(Texts::MISSING, |text| {
                        if let Some(&code) = self.codes.get(text) {
                            return code;
                        }
                        let code = to.levels.len() as u32;
                        to.levels.push(text.to_owned());
                        self.codes.insert(text.to_owned(), code);
                        code
                    }));
                }
            }
            Values::Time(LogicalType::Date, to) => {
                let days = array.as_primitive::<Date32Type>();
                to.extend(days.iter().map(|day| day.map(|day| i64::from(day) * MICROS_OF_DAY)));
            }
            Values::Time(LogicalType::Time, to) => {
                to.extend(array.as_primitive::<Time64MicrosecondType>().iter());
            }
            Values::Time(_, to) => {
                to.extend(array.as_primitive::<TimestampMicrosecondType>().iter());
            }
        }
    }

    fn finish(self) -> Values {
        self.values
    }
}

fn extend_numbers(to: &mut Vec<f64>, array: &ArrayRef) {
    if let Some(decimals) = array.as_primitive_opt::<Decimal128Type>() {
        let scale = decimals.scale();
        // Through the digits, so that the float is the nearest one.
        let nearest = |value: i128| {
            super::json::decimal(value, scale).parse().expect("its digits are a number")
        };
        to.extend(decimals.iter().map(|value| value.map_or(f64::NAN, nearest)));
        return;
    }
    let numbers = array.as_primitive::<Float64Type>();
    if numbers.null_count() == 0 {
        to.extend_from_slice(numbers.values());
    } else {
        to.extend(numbers.iter().map(|value| value.unwrap_or(f64::NAN)));
    }
}
