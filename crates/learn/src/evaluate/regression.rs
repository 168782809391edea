use mlhub_domain::evaluation::{Evaluation, Residuals};
use mlhub_domain::models::Task;
use mlhub_domain::num::Num;
use mlhub_metrics::Error;
use mlhub_metrics::regression::Regression;
use mlhub_metrics::residuals::residual_histogram;
use mlhub_metrics::summary;
use std::collections::BTreeMap;

const MOST_POINTS: usize = 500;
const BINS: usize = 40;

/// truth, predicted: `[rows]`; base: the mean of the target in training.
pub(super) fn report(truth: &[f64], predicted: &[f64], base: f64) -> Result<Evaluation, Error> {
    let model = Regression::new(truth, predicted, None)?;
    let constant = vec![base; truth.len()];
    let baseline = Regression::new(truth, &constant, None)?;
    let histogram = residual_histogram(&model, BINS);
    let (edges, counts) = histogram.map(|h| (h.edges, h.counts)).unwrap_or_default();
    Ok(Evaluation {
        task: Task::Regression,
        rows: 0,
        measured_on: String::new(),
        metrics: super::metrics(summary::regression(&model)),
        baseline: super::metrics(summary::regression(&baseline)),
        intervals: BTreeMap::new(),
        confusion: None,
        per_class: Vec::new(),
        roc: Vec::new(),
        pr: Vec::new(),
        curves: Vec::new(),
        importance: Vec::new(),
        residuals: Some(Residuals {
            points: spread(truth, predicted),
            edges: edges.into_iter().map(Num).collect(),
            counts: counts.into_iter().map(|count| count as u64).collect(),
        }),
    })
}

/// (actual, predicted) of rows that lie evenly in the order of the predictions, the first and the
/// last among them.
fn spread(truth: &[f64], predicted: &[f64]) -> Vec<(Num, Num)> {
    let mut order: Vec<usize> = (0..truth.len()).collect();
    order.sort_by(|a, b| predicted[*a].total_cmp(&predicted[*b]).then(a.cmp(b)));
    let count = order.len().min(MOST_POINTS);
    let place = |at: usize| at * (order.len() - 1) / (count - 1).max(1);
    let chosen = (0..count).map(|at| order[place(at)]);
    chosen.map(|row| (Num(truth[row]), Num(predicted[row]))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plotted_rows_are_spread_over_the_predictions() {
        let predicted: Vec<f64> = (0..2_000).map(f64::from).rev().collect();
        let points = spread(&vec![0.0; 2_000], &predicted);
        assert_eq!(points.len(), MOST_POINTS);
        assert_eq!((points[0].1, points[499].1), (Num(0.0), Num(1999.0)));
        assert!(points.is_sorted_by(|a, b| a.1 < b.1));
        assert_eq!(spread(&[1.0], &[2.0]), [(Num(1.0), Num(2.0))]);
    }
}
