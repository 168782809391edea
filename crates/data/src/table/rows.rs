//! A page of rows.

use super::filter::Conditions;
use super::{Table, json};
use crate::Error;
use arrow_array::RecordBatch;
use mlhub_domain::tables::{MAX_ROWS, Rows, RowsQuery};
use serde_json::Value;

impl Table {
    /// The rows that `query` asks for. Rows that are skipped are not decoded; a filter reads the
    /// columns it names and an order its keys, the page itself comes by row selection.
    ///
    /// A comparison with a missing cell holds for no operator but `null`. `q` finds text in any
    /// text column, whatever the case; `contains` and `starts` go by the letter. Missing cells come
    /// last in either direction and ties stay in the order of the file.
    ///
    /// # Errors
    /// [`Error::NoColumn`]; [`Error::Filter`] for a value that does not fit its column;
    /// [`Error::TooMany`] for a limit beyond [`MAX_ROWS`].
    pub fn rows(&self, query: &RowsQuery) -> Result<Rows, Error> {
        if query.limit > MAX_ROWS {
            return Err(Error::TooMany(format!("at most {MAX_ROWS} rows can be asked for")));
        }
        let columns: Vec<usize> = if query.columns.is_empty() {
            (0..self.columns.len()).collect()
        } else {
            query.columns.iter().map(|name| self.index(name)).collect::<Result<_, _>>()?
        };
        let conditions = Conditions::new(self, &query.filters, query.search.as_deref())?;
        let (ids, total) = if !query.sort.is_empty() {
            self.sorted_ids(query, &conditions)?
        } else if conditions.is_empty() {
            let total = self.rows_count();
            let end = query.offset.saturating_add(query.limit.into()).min(total);
            ((query.offset.min(end)..end).collect(), total)
        } else {
            self.fitting_ids(query, &conditions)?
        };
        let rows = self.fetch(&columns, &ids)?;
        let columns = columns.iter().map(|&index| self.columns[index].clone()).collect();
        Ok(Rows { columns, rows, total })
    }

    fn sorted_ids(
        &self,
        query: &RowsQuery,
        conditions: &Conditions,
    ) -> Result<(Vec<u64>, u64), Error> {
        let offset = usize::try_from(query.offset).unwrap_or(usize::MAX);
        let wanted = offset.saturating_add(query.limit as usize);
        let most = usize::try_from(self.rows_count()).unwrap_or(usize::MAX);
        let (mut ids, total) = self.ordered(conditions, &query.sort, wanted.min(most))?;
        ids.drain(..offset.min(ids.len()));
        Ok((ids, total))
    }

    fn fitting_ids(
        &self,
        query: &RowsQuery,
        conditions: &Conditions,
    ) -> Result<(Vec<u64>, u64), Error> {
        let columns = conditions.columns();
        let places = Self::places(&columns);
        let (mut first, mut total, mut ids) = (0, 0, Vec::new());
        // A search in a table without text finds nothing and needs no column.
        if columns.is_empty() {
            return Ok((ids, 0));
        }
        let page = query.offset..query.offset.saturating_add(query.limit.into());
        for batch in self.scan(&columns)? {
            let batch = batch?;
            let mask = conditions.mask(&batch, &places)?;
            let fitting = mask.count_set_bits() as u64;
            if total < page.end && total + fitting > page.start {
                let numbered = mask.set_indices().zip(total..);
                ids.extend(
                    numbered.filter(|(_, n)| page.contains(n)).map(|(i, _)| first + i as u64),
                );
            }
            total += fitting;
            first += batch.num_rows() as u64;
        }
        Ok((ids, total))
    }

    /// The rows `ids`, in that order.
    fn fetch(&self, columns: &[usize], ids: &[u64]) -> Result<Vec<Vec<Value>>, Error> {
        let mut ascending = ids.to_vec();
        ascending.sort_unstable();
        let places = Self::places(columns);
        let mut found = Vec::with_capacity(ids.len());
        for batch in self.take(columns, &ascending)? {
            found.extend((0..batch.num_rows()).map(|row| values(&batch, &places, row)));
        }
        let place = |id: &u64| ascending.binary_search(id).expect("it was sorted from these");
        let mut take = |id: &u64| found.get_mut(place(id)).map(std::mem::take).unwrap_or_default();
        Ok(ids.iter().map(&mut take).collect())
    }
}

fn values(batch: &RecordBatch, places: &[usize], row: usize) -> Vec<Value> {
    places.iter().map(|&place| json::cell(batch.column(place), row)).collect()
}
