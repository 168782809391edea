//! The class shares, or the mean: what every model is measured against.

use crate::assignment::{Assignment, Fit, Plan};
use crate::target::Truth;
use mlhub_predict::Head;
use mlhub_recipe::encoder::Fitted;

/// The logarithms of the class shares among `rows`, or the mean in a list of one.
pub(crate) fn values(truth: &Truth, rows: &[u32]) -> Vec<f64> {
    let count = rows.len() as f64;
    match truth {
        Truth::Classes { labels, codes } => {
            let mut counts = vec![0_u32; labels.len()];
            rows.iter().for_each(|row| counts[codes[*row as usize] as usize] += 1);
            counts.into_iter().map(|class| (f64::from(class) / count).ln()).collect()
        }
        Truth::Numbers(numbers) => {
            vec![rows.iter().map(|row| numbers[*row as usize] / count).sum()]
        }
    }
}

pub(crate) fn fit(assignment: &Assignment<'_>, fitted: &Fitted, plan: Plan<'_>) -> Fit {
    let values = values(assignment.truth, plan.rows());
    let weights = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    Fit {
        artifact: assignment.artifact(fitted, None, Head::Constant, weights),
        steps: 1,
        importance: Some(Vec::new()),
        cancelled: false,
    }
}
