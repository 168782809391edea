use crate::Error;
use crate::error::check_length;
use crate::sum::{Sum, sum};

/// One weight per row; 1 for each when none are given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weights<'a> {
    given: Option<&'a [f64]>,
    rows: usize,
}

impl<'a> Weights<'a> {
    pub(crate) fn new(given: Option<&'a [f64]>, rows: usize) -> Result<Self, Error> {
        if let Some(weights) = given {
            check_length("weights", weights.len(), rows)?;
            let bad = weights.iter().position(|weight| !(weight.is_finite() && *weight >= 0.0));
            if let Some(row) = bad {
                let rule = "a finite number of at least 0";
                return Err(Error::Value { what: "weights", row, value: weights[row], rule });
            }
        }
        Ok(Self { given, rows })
    }

    pub(crate) fn of(self, row: usize) -> f64 {
        self.given.map_or(1.0, |weights| weights[row])
    }

    /// The rows that count, with their weights.
    pub(crate) fn rows(self) -> impl Iterator<Item = (usize, f64)> {
        (0..self.rows).map(move |row| (row, self.of(row))).filter(|(_, weight)| *weight > 0.0)
    }

    pub(crate) fn squares(self) -> f64 {
        sum(self.rows().map(|(_, weight)| weight * weight))
    }

    /// The weighted mean of `value(row)`; none when no row counts.
    pub(crate) fn mean(self, value: impl Fn(usize) -> f64) -> Option<f64> {
        let (mut total, mut weights) = (Sum::default(), Sum::default());
        for (row, weight) in self.rows() {
            total.add(weight * value(row));
            weights.add(weight);
        }
        let weights = weights.value();
        (weights > 0.0).then(|| total.value() / weights)
    }
}
