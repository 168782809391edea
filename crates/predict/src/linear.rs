//! Weighted sums.

use crate::Error;
use mlhub_recipe::{Design, Table};
use std::ops::Range;

#[derive(Debug)]
pub(crate) struct Linear {
    /// `[outputs, width]`
    weights: Vec<f64>,
    intercepts: Vec<f64>,
    width: usize,
}

impl Linear {
    pub(crate) fn read(bytes: &[u8], width: usize, outputs: usize) -> Result<Self, Error> {
        let numbers = f64s(bytes)?;
        let needed = width.checked_add(1).and_then(|width| width.checked_mul(outputs));
        if needed != Some(numbers.len()) {
            return Err(Error::damaged("the number of weights is not the number of inputs"));
        }
        let (weights, intercepts) = numbers.split_at(width * outputs);
        Ok(Self { weights: weights.to_vec(), intercepts: intercepts.to_vec(), width })
    }

    pub(crate) fn raw(&self, design: &Design, table: &Table, rows: Range<usize>) -> Vec<f64> {
        let mut raw = Vec::with_capacity(rows.len() * self.intercepts.len());
        for row in rows {
            let first = raw.len();
            raw.extend_from_slice(&self.intercepts);
            let sums = &mut raw[first..];
            design.visit(table, row, |input, value| {
                for (output, sum) in sums.iter_mut().enumerate() {
                    *sum += self.weights[output * self.width + input] * value;
                }
            });
        }
        raw
    }
}

/// Little-endian numbers.
pub(crate) fn f64s(bytes: &[u8]) -> Result<Vec<f64>, Error> {
    let (chunks, []) = bytes.as_chunks::<8>() else {
        return Err(Error::damaged("its weights are cut off"));
    };
    Ok(chunks.iter().map(|chunk| f64::from_le_bytes(*chunk)).collect())
}
