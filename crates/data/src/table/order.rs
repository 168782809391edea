//! The order of rows.

use super::Table;
use super::filter::Conditions;
use crate::Error;
use arrow_array::cast::AsArray;
use arrow_array::types::UInt64Type;
use arrow_array::{ArrayRef, BooleanArray, UInt64Array};
use arrow_ord::sort::{SortColumn, lexsort_to_indices};
use arrow_schema::SortOptions;
use arrow_select::concat::concat;
use arrow_select::filter::filter;
use arrow_select::take::take;
use mlhub_domain::tables::Sort;
use std::sync::Arc;

/// Rows gathered before those that cannot be wanted are thrown away.
const GATHERED: usize = 1 << 20;

/// The sort keys of rows, with the number of each row as the last key: ties stay in file order.
struct Keys {
    options: Vec<SortOptions>,
    columns: Vec<Vec<ArrayRef>>,
    rows: usize,
    /// How many of the first rows are wanted.
    wanted: usize,
}

impl Keys {
    fn push(&mut self, keys: impl Iterator<Item = ArrayRef>) -> Result<(), Error> {
        let mut length = 0;
        for (column, key) in self.columns.iter_mut().zip(keys) {
            length = key.len();
            column.push(key);
        }
        self.rows += length;
        if self.rows >= GATHERED.max(self.wanted.saturating_mul(2)) {
            self.shrink()?;
        }
        Ok(())
    }

    /// Sorts, and keeps what is wanted.
    fn shrink(&mut self) -> Result<(), Error> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut columns = Vec::with_capacity(self.columns.len());
        for column in &mut self.columns {
            let parts: Vec<_> = column.iter().map(|part| part.as_ref()).collect();
            columns.push(concat(&parts)?);
            column.clear();
        }
        let keys: Vec<SortColumn> = columns
            .iter()
            .zip(&self.options)
            .map(|(values, options)| SortColumn {
                values: Arc::clone(values),
                options: Some(*options),
            })
            .collect();
        let order = lexsort_to_indices(&keys, Some(self.wanted))?;
        for (column, values) in self.columns.iter_mut().zip(columns) {
            column.push(take(&values, &order, None)?);
        }
        self.rows = order.len();
        Ok(())
    }
}

impl Table {
    /// The numbers of the first `wanted` rows that fit `conditions`, in the order of `sort`, and
    /// how many rows fit.
    pub(crate) fn ordered(
        &self,
        conditions: &Conditions,
        sort: &[Sort],
        wanted: usize,
    ) -> Result<(Vec<u64>, u64), Error> {
        let mut columns = conditions.columns();
        let tests = columns.len();
        for key in sort {
            columns.push(self.index(&key.column)?);
        }
        let descending = |descending| SortOptions { descending, nulls_first: false };
        let options: Vec<_> = sort.iter().map(|key| descending(key.descending)).collect();
        let options: Vec<_> = options.into_iter().chain([descending(false)]).collect();
        let mut keys = Keys { columns: vec![Vec::new(); options.len()], options, rows: 0, wanted };
        let places = Self::places(&columns);
        let (mut first, mut total) = (0, 0);
        for batch in self.scan(&columns)? {
            let batch = batch?;
            let rows = batch.num_rows() as u64;
            let numbers: ArrayRef = Arc::new(UInt64Array::from_iter_values(first..first + rows));
            let all = places[tests..].iter().map(|&place| Arc::clone(batch.column(place)));
            let all: Vec<ArrayRef> = all.chain([numbers]).collect();
            first += rows;
            if conditions.is_empty() {
                total += rows;
                keys.push(all.into_iter())?;
            } else {
                let mask = BooleanArray::from(conditions.mask(&batch, &places[..tests])?);
                total += mask.true_count() as u64;
                let kept: Result<Vec<_>, _> = all.iter().map(|key| filter(key, &mask)).collect();
                keys.push(kept?.into_iter())?;
            }
        }
        keys.shrink()?;
        let rows = keys.columns.last().and_then(|column| column.first());
        let rows = rows.map(|rows| rows.as_primitive::<UInt64Type>().values().to_vec());
        Ok((rows.unwrap_or_default(), total))
    }
}
