/// `bins + 1` equally spaced edges from `low` to `high`, rounded as `numpy.linspace` rounds them,
/// so that a value on an edge falls into the same bin as there. `bins` is at least 1.
pub(crate) fn linspace(low: f64, high: f64, bins: usize) -> Vec<f64> {
    let step = (high - low) / bins as f64;
    let mut edges: Vec<f64> = (0..=bins).map(|edge| edge as f64 * step + low).collect();
    edges[bins] = high;
    edges
}

/// `numpy.percentile(sorted, 100 * rank)` with linear interpolation, bit for bit.
/// `sorted` is not empty and ascending; `rank` lies in 0..=1.
pub(crate) fn quantile(sorted: &[f64], rank: f64) -> f64 {
    let last = sorted.len() - 1;
    let position = last as f64 * rank;
    let below = (position.floor() as usize).min(last);
    let (low, high) = (sorted[below], sorted[(below + 1).min(last)]);
    let share = position - below as f64;
    if share >= 0.5 { high - (high - low) * (1.0 - share) } else { low + (high - low) * share }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_rounded_as_numpy_rounds_them() {
        // numpy.linspace(0, 1, 50)[-2:] and numpy.linspace(0, 1, 11)[3]
        assert_eq!(linspace(0.0, 1.0, 49)[48..], [0.979_591_836_734_693_9, 1.0]);
        assert_eq!(linspace(0.0, 1.0, 10)[3], 0.300_000_000_000_000_04);
    }

    #[test]
    fn quantiles_are_rounded_as_numpy_rounds_them() {
        // numpy.percentile([0.5, 0.9], 93); the plain formula gives 0.872_000_000_000_000_1.
        assert_eq!(quantile(&[0.5, 0.9], 0.93), 0.872);
        assert_eq!(quantile(&[0.5], 1.0), 0.5);
    }
}
