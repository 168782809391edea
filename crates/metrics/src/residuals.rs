//! What the plots of a regression need: a histogram of errors and a readable choice of rows.

use crate::edges::linspace;
use crate::regression::Regression;
use std::collections::BTreeSet;

/// Weights of the rows that fall between neighbouring edges.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// `[bins + 1]`, ascending.
    pub edges: Vec<f64>,
    /// `[bins]`. A row on an edge belongs to the bin above it, on the last edge to the last bin.
    pub counts: Vec<f64>,
}

/// Histogram of true minus predicted over `bins` equal bins: `numpy.histogram`. When all
/// residuals are equal it spans half a unit to either side. None without rows or bins.
pub fn residual_histogram(rows: &Regression<'_>, bins: usize) -> Option<Histogram> {
    let residuals: Vec<(f64, f64)> =
        rows.weights.rows().map(|(row, weight)| (rows.residual(row), weight)).collect();
    let mut low = residuals.iter().map(|(value, _)| *value).min_by(f64::total_cmp)?;
    let mut high = residuals.iter().map(|(value, _)| *value).max_by(f64::total_cmp)?;
    if bins == 0 {
        return None;
    }
    if low == high {
        (low, high) = (low - 0.5, high + 0.5);
    }
    let edges = linspace(low, high, bins);
    let mut counts = vec![0.0; bins];
    for (value, weight) in residuals {
        counts[edges[1..bins].partition_point(|edge| *edge <= value)] += weight;
    }
    Some(Histogram { edges, counts })
}

/// Indices of at most `limit` rows for a plot of predicted against true, ascending: those with
/// the extreme truths, predictions and errors, then rows spread evenly over the order of truth.
/// The same for the same rows; weights do not matter.
pub fn scatter(rows: &Regression<'_>, limit: usize) -> Vec<usize> {
    let count = rows.truth.len();
    if count <= limit {
        return (0..count).collect();
    }
    let mut chosen: BTreeSet<usize> = extremes(rows).into_iter().take(limit).collect();
    let mut order: Vec<usize> = (0..count).filter(|row| !chosen.contains(row)).collect();
    order.sort_by(|a, b| rows.truth[*a].total_cmp(&rows.truth[*b]).then(a.cmp(b)));
    let free = limit - chosen.len();
    chosen.extend((0..free).map(|step| order[(2 * step + 1) * order.len() / (2 * free)]));
    chosen.into_iter().collect()
}

/// The `limit` rows predicted worst, the worst first.
pub fn hardest(rows: &Regression<'_>, limit: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rows.truth.len()).collect();
    let error = |row: usize| rows.residual(row).abs();
    order.sort_by(|a, b| error(*b).total_cmp(&error(*a)).then(a.cmp(b)));
    order.truncate(limit);
    order
}

fn extremes(rows: &Regression<'_>) -> Vec<usize> {
    let values: [&dyn Fn(usize) -> f64; 3] =
        [&|row| rows.truth[row], &|row| rows.predicted[row], &|row| rows.residual(row)];
    let mut found = Vec::new();
    for value in values {
        let order = |a: &usize, b: &usize| value(*a).total_cmp(&value(*b));
        found.extend((0..rows.truth.len()).min_by(order));
        found.extend((0..rows.truth.len()).max_by(order));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scatter_keeps_extremes_and_spreads_the_rest() {
        let truth: Vec<f64> = (0..1000).map(f64::from).collect();
        let mut predicted = truth.clone();
        predicted[500] = -5.0;
        predicted[321] = 9999.0;
        let rows = Regression::new(&truth, &predicted, None).unwrap();
        let chosen = scatter(&rows, 50);
        assert_eq!(chosen.len(), 50);
        for row in [0, 321, 500, 999] {
            assert!(chosen.contains(&row), "{row} is missing from {chosen:?}");
        }
        let widest = chosen.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
        assert!(widest <= 2 * 1000 / 46, "a gap of {widest}");
        assert_eq!(scatter(&rows, 3).len(), 3);
        assert!(scatter(&rows, 0).is_empty());
        assert_eq!(hardest(&rows, 2), [321, 500]);
    }

    #[test]
    fn equal_residuals_have_a_histogram_of_one_full_bin() {
        let rows = Regression::new(&[1.0, 2.0], &[0.0, 1.0], None).unwrap();
        let histogram = residual_histogram(&rows, 4).unwrap();
        assert_eq!(histogram.edges, [0.5, 0.75, 1.0, 1.25, 1.5]);
        assert_eq!(histogram.counts, [0.0, 0.0, 2.0, 0.0]);
        assert_eq!(residual_histogram(&rows, 0), None);
    }
}
