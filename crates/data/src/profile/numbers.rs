//! Statistics of numbers, with the definitions of NumPy.

use mlhub_domain::num::Num;
use mlhub_domain::profile::{Histogram, Mark};
use std::collections::BTreeMap;

/// The most frequent values that are listed.
pub(crate) const TOP: usize = 10;
const BINS: usize = 20;
const QUANTILES: [(&str, f64); 7] = [
    ("0.01", 0.01),
    ("0.05", 0.05),
    ("0.25", 0.25),
    ("0.5", 0.5),
    ("0.75", 0.75),
    ("0.95", 0.95),
    ("0.99", 0.99),
];

/// What one unit of a stored value means.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scale {
    One,
    /// 10^−scale.
    Tens(i8),
}

impl Scale {
    /// The value in its unit.
    pub(crate) fn float(self, value: f64) -> f64 {
        match self {
            Self::One => value,
            Self::Tens(scale) => value / 10f64.powi(scale.into()),
        }
    }
}

/// Mean and spread, gathered batch by batch (Chan's merge), which keeps every digit that counts:
/// all is measured from the first value, so that equal values have no spread at all.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Moments {
    n: f64,
    first: f64,
    mean: f64,
    m2: f64,
    infinite: f64,
}

impl Moments {
    /// Adds a batch.
    pub(crate) fn add(&mut self, values: &[f64]) {
        if values.is_empty() {
            return;
        }
        if self.n == 0.0 {
            // Not from a huge one: the distance to it could be infinite.
            self.first = if values[0].abs() < 1e290 { values[0] } else { 0.0 };
        }
        let (n, first) = (values.len() as f64, self.first);
        let mean = values.iter().map(|value| (value - first) / n).sum::<f64>();
        if !mean.is_finite() {
            self.infinite += values.iter().filter(|value| value.is_infinite()).sum::<f64>();
        }
        let apart = |value: &f64| (value - first) - mean;
        let m2 = values.iter().map(|value| apart(value) * apart(value)).sum::<f64>();
        let (total, delta) = (self.n + n, mean - self.mean);
        self.mean += delta * (n / total);
        self.m2 += m2 + delta * delta * (self.n * n / total);
        self.n = total;
    }

    /// The mean, and the standard deviation with n − 1.
    pub(crate) fn mean_and_sd(&self) -> (Option<Num>, Option<Num>) {
        if self.n == 0.0 {
            return (None, None);
        }
        let mean = if self.infinite == 0.0 { self.first + self.mean } else { self.infinite };
        let sd = (self.n > 1.0).then(|| Num((self.m2 / (self.n - 1.0)).sqrt()));
        (Some(Num(mean)), sd)
    }
}

/// Where the values of a column lie.
pub(crate) struct Spread {
    pub(crate) quantiles: BTreeMap<String, Mark>,
    pub(crate) histogram: Option<Histogram>,
}

/// The values of a column in order.
pub(crate) struct Sorted<K> {
    keys: Vec<K>,
    /// Each key stands for so many rows.
    stride: u64,
}

impl<K: Copy + Ord> Sorted<K> {
    pub(crate) fn new(mut keys: Vec<K>, stride: u64) -> Self {
        keys.sort_unstable();
        Self { keys, stride }
    }

    /// How often `key` occurs.
    pub(crate) fn count(&self, key: K) -> u64 {
        let from = self.keys.partition_point(|&other| other < key);
        let equal = self.keys[from..].partition_point(|&other| other == key);
        equal as u64 * self.stride
    }

    /// The values that stand for `count` rows.
    pub(crate) fn with_count(&self, count: u64) -> impl Iterator<Item = K> {
        let runs = self.keys.chunk_by(|a, b| a == b);
        runs.filter(move |run| run.len() as u64 * self.stride == count).map(|run| run[0])
    }

    /// How many distinct values there are, and the most frequent ones; ties by value.
    pub(crate) fn runs(&self) -> (u64, Vec<(K, u64)>) {
        let (mut distinct, mut top) = (0, Vec::with_capacity(TOP + 1));
        for run in self.keys.chunk_by(|a, b| a == b) {
            distinct += 1;
            let count = run.len() as u64;
            if top.len() < TOP || top.last().is_some_and(|&(_, least)| count > least) {
                let at = top.partition_point(|&(_, other)| other >= count);
                top.insert(at, (run[0], count));
                top.truncate(TOP);
            }
        }
        for (_, count) in &mut top {
            *count *= self.stride;
        }
        (distinct, top)
    }

    /// Quantiles and histogram of numbers.
    pub(crate) fn spread(&self, float: impl Fn(K) -> f64) -> Spread {
        Spread { quantiles: self.quantiles(&float), histogram: self.histogram(&float) }
    }

    /// The same of days or microseconds, in whole ones: at most one bin for each.
    pub(crate) fn calendar(
        &self,
        units: impl Fn(K) -> i64,
        show: impl Fn(i64) -> String,
    ) -> Spread {
        let Some(last) = self.keys.len().checked_sub(1) else {
            return Spread { quantiles: BTreeMap::new(), histogram: None };
        };
        let at = |i: usize| i128::from(units(self.keys[i]));
        // Between two values of the column, so it is one of its type.
        let mark = |units: i128| Mark::Moment(show(units as i64));
        let quantile = |q: f64| {
            let place = last as f64 * q;
            let below = (place.floor() as usize).min(last);
            let (a, b) = (at(below), at((below + 1).min(last)));
            a + ((b - a) as f64 * (place - below as f64)).round() as i128
        };
        let quantiles = QUANTILES.iter().map(|&(name, q)| (name.into(), mark(quantile(q))));
        let (low, span) = (at(0), at(last) - at(0));
        let bins = span.clamp(1, BINS as i128);
        let edges: Vec<i128> = (0..=bins).map(|i| low + span * i / bins).collect();
        let below =
            |edge: i128| self.keys.partition_point(|&key| i128::from(units(key)) < edge) as u64;
        let inner = edges[1..edges.len() - 1].iter().map(|&edge| below(edge));
        let ends: Vec<u64> = inner.chain([self.keys.len() as u64]).collect();
        let counts = self.between(&ends);
        let edges = edges.into_iter().map(mark).collect();
        Spread { quantiles: quantiles.collect(), histogram: Some(Histogram { edges, counts }) }
    }

    /// Rows of each bin, by how many keys lie below its end.
    fn between(&self, ends: &[u64]) -> Vec<u64> {
        let starts = std::iter::once(0).chain(ends.iter().copied());
        ends.iter().zip(starts).map(|(end, start)| (end - start) * self.stride).collect()
    }

    /// Quantiles, linear between neighbours: `numpy.quantile` to the bit.
    fn quantiles(&self, float: impl Fn(K) -> f64) -> BTreeMap<String, Mark> {
        let Some(last) = self.keys.len().checked_sub(1) else { return BTreeMap::new() };
        let quantile = |q: f64| {
            let at = last as f64 * q;
            let below = (at.floor() as usize).min(last);
            let (a, b) = (float(self.keys[below]), float(self.keys[(below + 1).min(last)]));
            let (t, gap) = (at - below as f64, b - a);
            if gap == 0.0 || a == b {
                a
            } else if t >= 0.5 {
                b - gap * (1.0 - t)
            } else {
                a + gap * t
            }
        };
        QUANTILES.iter().map(|&(name, q)| (name.into(), Mark::Number(Num(quantile(q))))).collect()
    }

    /// Twenty equal bins over the finite values: `numpy.histogram` to the bit. None when there is
    /// no finite value.
    fn histogram(&self, float: impl Fn(K) -> f64) -> Option<Histogram> {
        let finite = |&key: &K| float(key).is_finite();
        let start = self.keys.partition_point(|&key| float(key) == f64::NEG_INFINITY);
        let keys = &self.keys[start..];
        let keys = &keys[..keys.partition_point(finite)];
        let (mut low, mut high) = (float(*keys.first()?), float(*keys.last()?));
        if low == high {
            (low, high) = (low - 0.5, high + 0.5);
        }
        let step = (high - low) / BINS as f64;
        if !step.is_finite() || low + step <= low {
            return None;
        }
        let mut edges: Vec<f64> = (0..BINS).map(|i| i as f64 * step + low).collect();
        edges.push(high);
        let below = |edge: f64| keys.partition_point(|&key| float(key) < edge) as u64;
        let ends: Vec<u64> =
            edges[1..BINS].iter().map(|&edge| below(edge)).chain([keys.len() as u64]).collect();
        let edges = edges.into_iter().map(|edge| Mark::Number(Num(edge))).collect();
        Some(Histogram { counts: self.between(&ends), edges })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_values_come_first_and_ties_by_value() {
        let sorted = Sorted::new(vec![3, 1, 2, 2, 3, 5], 1);
        assert_eq!(sorted.runs(), (4, vec![(2, 2), (3, 2), (1, 1), (5, 1)]));
        let many = Sorted::new((0..100).chain([50, 99]).collect(), 1);
        let (distinct, top) = many.runs();
        assert_eq!((distinct, top.len()), (100, TOP));
        assert_eq!(top[..4], [(50, 2), (99, 2), (0, 1), (1, 1)]);
    }

    #[test]
    fn quantiles_and_bins_are_those_of_numpy() {
        let sorted = Sorted::new(vec![4i64, 1, 3, 2], 1);
        let quantiles = sorted.quantiles(|v| v as f64);
        let number = |value| Mark::Number(Num(value));
        assert_eq!(quantiles["0.25"], number(1.75));
        assert_eq!(quantiles["0.5"], number(2.5));
        assert!((quantiles["0.99"].number().unwrap() - 3.97).abs() < 1e-12);
        let histogram = sorted.histogram(|v| v as f64).unwrap();
        assert_eq!(histogram.counts.iter().sum::<u64>(), 4);
        assert_eq!((histogram.counts[0], histogram.counts[19]), (1, 1));
        let constant = Sorted::new(vec![7i64; 3], 1).histogram(|v| v as f64).unwrap();
        assert_eq!(
            (constant.edges[0].clone(), constant.edges[20].clone()),
            (number(6.5), number(7.5))
        );
        assert_eq!(constant.counts[10], 3);
    }

    #[test]
    fn places_among_days_are_days() {
        let spread = |days: &[i64]| {
            Sorted::new(days.to_vec(), 1).calendar(|day| day, |day| format!("day {day}"))
        };
        let day = |n: i64| Mark::Moment(format!("day {n}"));
        let few = spread(&[10, 13, 10, 12]);
        assert_eq!((&few.quantiles["0.5"], &few.quantiles["0.99"]), (&day(11), &day(13)));
        let bins = few.histogram.unwrap();
        assert_eq!(bins.edges, [10, 11, 12, 13].map(day));
        assert_eq!(bins.counts, [2, 0, 2]);
        let many = spread(&(0..=100).collect::<Vec<_>>()).histogram.unwrap();
        assert_eq!((many.edges.len(), &many.edges[1]), (21, &day(5)));
        assert_eq!((many.counts[0], many.counts[19]), (5, 6));
        let one = spread(&[7, 7]).histogram.unwrap();
        assert_eq!((one.edges, one.counts), (vec![day(7), day(7)], vec![2]));
        assert!(spread(&[]).histogram.is_none());
    }

    #[test]
    fn moments_do_not_depend_on_how_the_values_are_split() {
        let values: Vec<f64> = (0..1000).map(|i| f64::from(i * i % 97) + 1e6).collect();
        let mut whole = Moments::default();
        whole.add(&values);
        let mut parts = Moments::default();
        values.chunks(7).for_each(|part| parts.add(part));
        let ((Some(a), Some(b)), (Some(c), Some(d))) = (whole.mean_and_sd(), parts.mean_and_sd())
        else {
            panic!("there are values")
        };
        assert!((a.0 - c.0).abs() < 1e-9 && (b.0 - d.0).abs() < 1e-9);
        let mut one = Moments::default();
        one.add(&[5.0]);
        assert_eq!(one.mean_and_sd(), (Some(Num(5.0)), None));
        let mut same = Moments::default();
        (0..3).for_each(|_| same.add(&[12345678901234567890.12; 133]));
        assert_eq!(same.mean_and_sd(), (Some(Num(12345678901234567890.12)), Some(Num(0.0))));
        let mut infinite = Moments::default();
        infinite.add(&[1.0, f64::INFINITY]);
        assert_eq!(infinite.mean_and_sd().0, Some(Num(f64::INFINITY)));
    }
}
