//! From raw outputs to probabilities or numbers.

/// What a model says about each row.
#[derive(Clone, Debug, PartialEq)]
pub enum Outputs {
    /// Of each class.
    Probabilities {
        /// How many classes.
        classes: usize,
        /// `[rows, classes]`; each row sums to 1.
        values: Vec<f64>,
    },
    /// One for each row.
    Numbers(Vec<f64>),
}

impl Outputs {
    /// Appends the rows of `more`, which the same model gave.
    pub fn extend(&mut self, more: Self) {
        match (self, more) {
            (Self::Probabilities { values, .. }, Self::Probabilities { values: more, .. })
            | (Self::Numbers(values), Self::Numbers(more)) => values.extend(more),
            _ => unreachable!("one model gives one kind of output"),
        }
    }
}

/// Class probabilities from raw scores: one score stands for the second of two classes.
pub(crate) fn probabilities(raw: &[f64], outputs: usize) -> Vec<f64> {
    if outputs == 1 {
        return raw
            .iter()
            .flat_map(|score| {
                let second = 1.0 / (1.0 + (-score).exp());
                [1.0 - second, second]
            })
            .collect();
    }
    let mut values = raw.to_vec();
    values.chunks_exact_mut(outputs).for_each(softmax);
    values
}

/// In place, as LightGBM does it.
fn softmax(scores: &mut [f64]) {
    let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - most).exp();
        sum += *score;
    }
    for score in scores.iter_mut() {
        *score /= sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_become_shares() {
        assert_eq!(probabilities(&[0.0, 1000.0], 1), [0.5, 0.5, 0.0, 1.0]);
        let three = probabilities(&[1000.0, 1000.0, f64::NEG_INFINITY], 3);
        assert_eq!(three, [0.5, 0.5, 0.0]);
    }
}
