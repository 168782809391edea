//! Fewer points of a curve for the same picture.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// At most `limit` (at least 2) of `points`, in their order, the first and the last among them;
/// all when they are few enough. Each kept point is one of the given, unchanged. Points go in
/// order of the area their loss cuts off (Visvalingam and Whyatt), so that those on a straight
/// line go first, whatever the scale of the axes; the lowest and the highest stay as long as there
/// is room for four: what is best is read off a curve. `at` gives a point's place (x, y).
/// O(points · log points).
pub fn thin<P: Copy>(points: &[P], limit: usize, at: impl Fn(&P) -> (f64, f64)) -> Vec<P> {
    if points.len() <= limit {
        return points.to_vec();
    }
    let mut line = Line::new(points.iter().map(at).collect());
    let mut queue: BinaryHeap<Reverse<Loss>> =
        (1..points.len() - 1).map(|point| Reverse(line.loss(point))).collect();
    let mut left = points.len();
    while left > limit {
        // Out of inner points: the two ends stay, even for a limit below 2.
        let Some(Reverse(loss)) = queue.pop() else { break };
        if !line.kept[loss.point] || line.area[loss.point].total_cmp(&loss.area).is_ne() {
            // It is gone, or its neighbours have changed and a later entry has its new area.
            continue;
        }
        left -= 1;
        for neighbour in line.remove(loss.point) {
            queue.push(Reverse(line.loss(neighbour)));
        }
    }
    points.iter().zip(&line.kept).filter(|(_, kept)| **kept).map(|(point, _)| *point).collect()
}

/// What goes when `point` goes.
struct Loss {
    area: f64,
    point: usize,
}

impl Ord for Loss {
    fn cmp(&self, other: &Self) -> Ordering {
        self.area.total_cmp(&other.area).then(self.point.cmp(&other.point))
    }
}

impl PartialOrd for Loss {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Loss {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Loss {}

/// The points that are left, each knowing its neighbours.
struct Line {
    places: Vec<(f64, f64)>,
    before: Vec<usize>,
    after: Vec<usize>,
    area: Vec<f64>,
    kept: Vec<bool>,
    /// The lowest and the highest.
    extremes: [usize; 2],
}

impl Line {
    fn new(places: Vec<(f64, f64)>) -> Self {
        let points = places.len();
        let before = (0..points).map(|point| point.saturating_sub(1)).collect();
        let after = (0..points).map(|point| point + 1).collect();
        let extremes = extremes(&places);
        Self { places, before, after, area: vec![0.0; points], kept: vec![true; points], extremes }
    }

    /// Twice the area of the triangle that `point` spans with its neighbours; without end for an
    /// extreme. Not for the ends.
    fn loss(&mut self, point: usize) -> Loss {
        let (x, y) = self.places[point];
        let (x0, y0) = self.places[self.before[point]];
        let (x1, y1) = self.places[self.after[point]];
        let spanned = ((x - x0) * (y1 - y0) - (x1 - x0) * (y - y0)).abs();
        let area = if self.extremes.contains(&point) { f64::MAX } else { spanned };
        self.area[point] = area;
        Loss { area, point }
    }

    /// Takes `point` out; answers its neighbours that are no ends.
    fn remove(&mut self, point: usize) -> impl Iterator<Item = usize> + use<> {
        let (before, after) = (self.before[point], self.after[point]);
        self.kept[point] = false;
        self.after[before] = after;
        self.before[after] = before;
        let last = self.places.len() - 1;
        [before, after].into_iter().filter(move |neighbour| *neighbour != 0 && *neighbour != last)
    }
}

/// The first of the lowest and of the highest places, among those that are finite.
fn extremes(places: &[(f64, f64)]) -> [usize; 2] {
    let finite = || places.iter().enumerate().filter(|(_, place)| place.1.is_finite());
    let lowest = finite().min_by(|a, b| a.1.1.total_cmp(&b.1.1));
    // Of equals `max_by` takes the last.
    let highest = finite().rev().max_by(|a, b| a.1.1.total_cmp(&b.1.1));
    [lowest, highest].map(|found| found.map_or(0, |(point, _)| point))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_and_the_highest_stay_in_the_flattest_curve() {
        // A parabola: each point spans the same area with its neighbours.
        let points: Vec<(f64, f64)> =
            (0..4_001).map(|i| (f64::from(i), (f64::from(i) - 2_777.0).powi(2))).collect();
        let bump: Vec<(f64, f64)> = points.iter().map(|(x, y)| (*x, -y)).collect();
        for limit in [4, 10, 333] {
            let low = thin(&points, limit, |place| *place);
            assert!(low.contains(&(2_777.0, 0.0)) && low.len() == limit, "{limit}");
            assert!(thin(&bump, limit, |place| *place).contains(&(2_777.0, 0.0)), "{limit}");
        }
    }

    #[test]
    fn points_on_a_line_go_before_corners() {
        let stairs: Vec<(f64, f64)> =
            (0..=100).map(|i| (f64::from(i), f64::from(i / 25))).collect();
        let corners: Vec<f64> = thin(&stairs, 10, |place| *place).iter().map(|p| p.0).collect();
        for corner in [0.0, 24.0, 25.0, 49.0, 50.0, 74.0, 75.0, 99.0, 100.0] {
            assert!(corners.contains(&corner), "{corner} is gone: {corners:?}");
        }
        assert_eq!(corners.len(), 10);
    }

    #[test]
    fn the_scale_of_an_axis_does_not_matter() {
        let wave: Vec<(f64, f64)> =
            (0..500).map(|i| (f64::from(i), (f64::from(i) / 20.0).sin())).collect();
        let small = thin(&wave, 40, |(x, y)| (*x, *y));
        let large = thin(&wave, 40, |(x, y)| (*x * 1024.0, *y / 65536.0));
        assert_eq!(small, large);
    }

    #[test]
    fn a_spike_in_a_long_curve_stays() {
        let value = |step: u32| if step == 777 { 9.0 } else { 1.0 / f64::from(step + 1) };
        let points: Vec<(u32, f64)> = (0..10_000).map(|step| (step, value(step))).collect();
        for limit in [48, 500] {
            let kept = thin(&points, limit, |(step, value)| (f64::from(*step), *value));
            assert_eq!((kept.len(), kept[0], kept[limit - 1]), (limit, points[0], points[9_999]));
            assert!(kept.contains(&(777, 9.0)));
        }
    }

    #[test]
    fn few_points_and_odd_numbers_are_no_trouble() {
        let points = [(0.0, f64::NAN), (1.0, f64::INFINITY), (2.0, 0.0), (3.0, 1.0)];
        assert_eq!(thin(&points, 0, |p| *p).len(), 2);
        assert_eq!(thin(&[(f64::NAN, 0.0); 50], 20, |p| *p).len(), 20);
        assert_eq!(thin(&points[..1], 2, |p| *p).len(), 1);
        assert!(thin(&[], 2, |p: &(f64, f64)| *p).is_empty());
    }
}
