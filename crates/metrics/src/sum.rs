/// A sum that carries its rounding error along (Neumaier), so that a million rows cost no digits.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sum {
    value: f64,
    lost: f64,
}

impl Sum {
    pub(crate) fn add(&mut self, term: f64) {
        let sum = self.value + term;
        let (large, small) =
            if self.value.abs() >= term.abs() { (self.value, term) } else { (term, self.value) };
        self.lost += (large - sum) + small;
        self.value = sum;
    }

    pub(crate) fn value(self) -> f64 {
        // An overflowed sum makes the carried error NaN; the infinity is the better answer.
        if self.value.is_finite() { self.value + self.lost } else { self.value }
    }
}

impl FromIterator<f64> for Sum {
    fn from_iter<I: IntoIterator<Item = f64>>(terms: I) -> Self {
        let mut sum = Self::default();
        terms.into_iter().for_each(|term| sum.add(term));
        sum
    }
}

/// The exact-as-possible sum of `terms`.
pub(crate) fn sum(terms: impl IntoIterator<Item = f64>) -> f64 {
    terms.into_iter().collect::<Sum>().value()
}

/// `numerator / denominator`, or 0 when the denominator is 0: scikit-learn's `zero_division=0`.
pub(crate) fn ratio(numerator: f64, denominator: f64) -> f64 {
    if denominator == 0.0 { 0.0 } else { numerator / denominator }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_term_survives_large_ones() {
        assert_eq!(sum([1e100, 1.0, -1e100]), 1.0);
        assert_eq!(sum(std::iter::repeat_n(0.1, 10_000_000)), 1e6);
    }

    #[test]
    fn an_overflow_is_an_infinity_and_not_a_nan() {
        assert_eq!(sum([f64::MAX, f64::MAX, 1.0]), f64::INFINITY);
    }
}
