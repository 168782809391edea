//! How much each feature counts.

use crate::assignment::Assignment;
use crate::report::Reporter;
use crate::rng::{Rng, Stream};
use crate::target::Truth;
use mlhub_domain::evaluation::Importance;
use mlhub_domain::num::Num;
use mlhub_predict::{Outputs, Predictor};
use mlhub_recipe::{Encoder, Table};
use std::time::{Duration, Instant};

/// Rows that are shuffled and predicted again for each feature: so many, fewer where the features
/// are many, and never less than the fewest.
const ROWS: usize = 2_000;
const FEWEST_ROWS: usize = 200;
/// Of rows and features together.
const CELLS: usize = 200_000;
/// A model that takes longer than this is not judged.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sums up the columns of each feature, as shares, the largest first.
pub(super) fn by_feature(encoder: &Encoder, columns: &[f64]) -> Vec<Importance> {
    let sources = encoder.sources();
    let mut values = vec![0.0; sources.len()];
    for (owner, column) in encoder.owners().into_iter().zip(columns) {
        values[owner] += column.max(0.0);
    }
    let sum: f64 = values.iter().sum();
    if !(sum > 0.0 && sum.is_finite()) {
        return Vec::new();
    }
    let share = |(source, value): (&mlhub_recipe::encoder::Source, f64)| Importance {
        feature: source.name.clone(),
        value: Num(value / sum),
    };
    let mut shares: Vec<Importance> = sources.iter().zip(values).map(share).collect();
    shares.sort_by(|a, b| b.value.0.total_cmp(&a.value.0));
    shares
}

/// A model and rows to judge its columns on.
pub(super) struct Judge<'a> {
    pub(super) assignment: &'a Assignment<'a>,
    pub(super) predictor: &'a Predictor,
    pub(super) rows: &'a [u32],
}

impl Judge<'_> {
    /// By how much the loss rises when the cells of a feature are shuffled: all columns that are
    /// read from it together, on some rows of `table`, which stays as it was. Nothing where not
    /// every feature was reached: beside the others, those would count as worth nothing.
    pub(super) fn permutation(
        &self,
        table: &mut Table,
        report: &mut Reporter<'_>,
    ) -> Option<Vec<f64>> {
        let began = Instant::now();
        let mut rng = Rng::new(self.assignment.seed, Stream::Importance);
        let owners = self.predictor.manifest().encoder.owners();
        let features = owners.chunk_by(|a, b| a == b).count();
        let most = (CELLS / features.max(1)).clamp(FEWEST_ROWS, ROWS);
        let count = table.rows().min(most);
        let before = self.loss(table, count);
        let mut rises = vec![0.0; owners.len()];
        let mut order: Vec<usize> = (0..count).collect();
        for columns in owners.chunk_by(|a, b| a == b).scan(0, |next, owners| {
            let first = *next;
            *next += owners.len();
            Some(first..*next)
        }) {
            if report.cancelled() {
                return None;
            }
            if began.elapsed() > PATIENCE {
                report.warn("How much each column counts was not measured: it takes too long.");
                return None;
            }
            rng.shuffle(&mut order);
            let kept: Vec<Vec<f64>> =
                columns.clone().map(|column| table.column(column)[..count].to_vec()).collect();
            for (column, cells) in columns.clone().zip(&kept) {
                let shuffled = table.column_mut(column).iter_mut().zip(&order);
                shuffled.for_each(|(cell, from)| *cell = cells[*from]);
            }
            rises[columns.start] = (self.loss(table, count) - before).max(0.0);
            for (column, cells) in columns.zip(kept) {
                table.column_mut(column)[..count].copy_from_slice(&cells);
            }
        }
        Some(rises)
    }

    /// The summed log loss or squared error of the first `count` rows.
    fn loss(&self, table: &Table, count: usize) -> f64 {
        let rows = self.rows[..count].iter().map(|row| *row as usize);
        match (self.predictor.outputs(table, 0..count), self.assignment.truth) {
            (Outputs::Probabilities { classes, values }, Truth::Classes { codes, .. }) => rows
                .zip(values.chunks_exact(classes))
                .map(|(row, shares)| -shares[codes[row] as usize].max(f64::EPSILON).ln())
                .sum(),
            (Outputs::Numbers(values), Truth::Numbers(numbers)) => {
                rows.zip(values).map(|(row, value)| (numbers[row] - value).powi(2)).sum()
            }
            _ => unreachable!("the model was made for this target"),
        }
    }
}
