//! Inputs row by row without the zeros: one-hot categories cost as much as numbers.

use mlhub_recipe::{Design, Table};

pub(super) struct Rows {
    /// Where each row begins, and where the last ends.
    starts: Vec<usize>,
    inputs: Vec<u32>,
    values: Vec<f64>,
    width: usize,
}

impl Rows {
    pub(super) fn new(design: &Design, table: &Table) -> Self {
        let mut rows = Self {
            starts: Vec::with_capacity(table.rows() + 1),
            inputs: Vec::new(),
            values: Vec::new(),
            width: design.width(),
        };
        rows.starts.push(0);
        for row in 0..table.rows() {
            design.visit(table, row, |input, value| {
                rows.inputs.push(u32::try_from(input).expect("the width is limited"));
                rows.values.push(value);
            });
            rows.starts.push(rows.inputs.len());
        }
        rows
    }

    #[cfg(test)]
    pub(super) fn dense(values: &[Vec<f64>]) -> Self {
        let width = values[0].len();
        Self {
            starts: (0..=values.len()).map(|row| row * width).collect(),
            inputs: values.iter().flat_map(|_| 0..width as u32).collect(),
            values: values.concat(),
            width,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// (input, value) of each input that is not 0.
    pub(super) fn row(&self, row: usize) -> impl Iterator<Item = (usize, f64)> {
        let range = self.starts[row]..self.starts[row + 1];
        let inputs = self.inputs[range.clone()].iter().map(|input| *input as usize);
        inputs.zip(self.values[range].iter().copied())
    }

    /// The weighted sum of a row's inputs.
    pub(super) fn dot(&self, row: usize, weights: &[f64]) -> f64 {
        self.row(row).map(|(input, value)| weights[input] * value).sum()
    }

    /// The mean of each input.
    pub(super) fn means(&self) -> Vec<f64> {
        let mut means = vec![0.0; self.width];
        for row in 0..self.len() {
            self.row(row).for_each(|(input, value)| means[input] += value);
        }
        means.iter_mut().for_each(|mean| *mean /= self.len() as f64);
        means
    }
}
