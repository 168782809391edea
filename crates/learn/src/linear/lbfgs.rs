//! Minimises a smooth convex function: L-BFGS (Nocedal and Wright, algorithm 7.5) with a
//! backtracking line search that also looks for enough slope (weak Wolfe by bisection).

/// Pairs of steps and slopes that are remembered.
const MEMORY: usize = 10;
const DECREASE: f64 = 1e-4;
const CURVATURE: f64 = 0.9;
const TRIES: usize = 40;

/// Why it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Converged,
    Exhausted,
    Cancelled,
}

/// Minimises `function(point, gradient) -> value` from `point` on, in place. `step(number, value)`
/// is called after each step and says whether to go on. Converged: no part of the gradient is
/// above `tolerance`.
pub(super) fn minimise(
    point: &mut Vec<f64>,
    steps: u64,
    tolerance: f64,
    mut function: impl FnMut(&[f64], &mut [f64]) -> f64,
    mut step: impl FnMut(u64, f64) -> bool,
) -> (u64, End) {
    let mut gradient = vec![0.0; point.len()];
    let mut value = function(point, &mut gradient);
    let mut memory: Vec<Pair> = Vec::new();
    for number in 1..=steps {
        if largest(&gradient) <= tolerance {
            return (number - 1, End::Converged);
        }
        let mut direction = direction(&gradient, &memory);
        if dot(&direction, &gradient) >= 0.0 {
            // Rounding has spoiled the memory: begin again downhill.
            memory.clear();
            direction = gradient.iter().map(|slope| -slope).collect();
        }
        let first = if memory.is_empty() { 1.0 / largest(&gradient).max(1.0) } else { 1.0 };
        let found = search(point, value, &gradient, &direction, first, &mut function);
        let Some((next, next_value, next_gradient)) = found else {
            return (number - 1, End::Converged);
        };
        let moved: Vec<f64> = next.iter().zip(point.iter()).map(|(new, old)| new - old).collect();
        let turned: Vec<f64> =
            next_gradient.iter().zip(&gradient).map(|(new, old)| new - old).collect();
        let product = dot(&moved, &turned);
        if product > f64::EPSILON * dot(&turned, &turned) {
            if memory.len() == MEMORY {
                memory.remove(0);
            }
            memory.push(Pair { moved, turned, product });
        }
        (*point, value, gradient) = (next, next_value, next_gradient);
        if !step(number, value) {
            return (number, End::Cancelled);
        }
    }
    (steps, End::Exhausted)
}

struct Pair {
    moved: Vec<f64>,
    turned: Vec<f64>,
    product: f64,
}

fn direction(gradient: &[f64], memory: &[Pair]) -> Vec<f64> {
    let mut direction: Vec<f64> = gradient.iter().map(|slope| -slope).collect();
    let mut shares = Vec::with_capacity(memory.len());
    for pair in memory.iter().rev() {
        let share = dot(&pair.moved, &direction) / pair.product;
        add(&mut direction, -share, &pair.turned);
        shares.push(share);
    }
    if let Some(last) = memory.last() {
        let scale = last.product / dot(&last.turned, &last.turned);
        direction.iter_mut().for_each(|part| *part *= scale);
    }
    for (pair, share) in memory.iter().zip(shares.into_iter().rev()) {
        let back = dot(&pair.turned, &direction) / pair.product;
        add(&mut direction, share - back, &pair.moved);
    }
    direction
}

/// A point further on with less value and less slope; `None` when rounding hides any progress.
fn search(
    point: &[f64],
    value: f64,
    gradient: &[f64],
    direction: &[f64],
    first: f64,
    function: &mut impl FnMut(&[f64], &mut [f64]) -> f64,
) -> Option<(Vec<f64>, f64, Vec<f64>)> {
    let slope = dot(gradient, direction);
    let (mut low, mut high, mut length) = (0.0, f64::INFINITY, first);
    let mut best = None;
    for _ in 0..TRIES {
        let mut next = point.to_vec();
        add(&mut next, length, direction);
        let mut next_gradient = vec![0.0; point.len()];
        let next_value = function(&next, &mut next_gradient);
        let next_slope = dot(&next_gradient, direction);
        if next_value.is_nan() || next_value > value + DECREASE * length * slope {
            high = length;
        } else {
            best = Some((next, next_value, next_gradient));
            if next_slope >= CURVATURE * slope {
                break;
            }
            low = length;
        }
        length = if high.is_finite() { f64::midpoint(low, high) } else { 2.0 * length };
    }
    best.filter(|(_, next_value, _)| *next_value < value)
}

fn largest(gradient: &[f64]) -> f64 {
    gradient.iter().fold(0.0, |most, slope| slope.abs().max(most))
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(to: &mut [f64], factor: f64, what: &[f64]) {
    to.iter_mut().zip(what).for_each(|(to, what)| *to += factor * what);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_finds_the_bottom_of_a_narrow_valley() {
        // Rosenbrock's function: 1 at (1, 1), a curved valley on the way.
        let rosenbrock = |p: &[f64], gradient: &mut [f64]| {
            let (a, b) = (1.0 - p[0], p[1] - p[0] * p[0]);
            gradient[0] = -2.0 * a - 400.0 * p[0] * b;
            gradient[1] = 200.0 * b;
            a * a + 100.0 * b * b
        };
        let mut point = vec![-1.2, 1.0];
        let (steps, end) = minimise(&mut point, 200, 1e-9, rosenbrock, |_, _| true);
        assert_eq!(end, End::Converged);
        assert!(steps < 100, "{steps}");
        assert!(point.iter().all(|part| (part - 1.0).abs() < 1e-7), "{point:?}");
    }

    #[test]
    fn it_stops_when_told_to() {
        let square = |p: &[f64], gradient: &mut [f64]| {
            gradient[0] = 4.0 * p[0].powi(3);
            p[0].powi(4)
        };
        let mut point = vec![3.0];
        assert_eq!(minimise(&mut point, 50, 0.0, square, |step, _| step < 2), (2, End::Cancelled));
        assert!(point[0] < 3.0);
    }
}
