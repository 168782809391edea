//! From values to places, with ticks at round numbers.

/// A scale from values to px.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// The values at both ends.
    domain: (f64, f64),
    /// The places of both ends.
    range: (f64, f64),
    log: bool,
    /// The least that two ticks are apart.
    least: f64,
}

impl Scale {
    /// Equal differences take equal room. A domain without extent is widened.
    pub fn linear(domain: (f64, f64), range: (f64, f64)) -> Self {
        Self { domain: widened(domain), range, log: false, least: 0.0 }
    }

    /// Equal ratios take equal room. Values that are not positive lie at the lower end.
    pub fn log(domain: (f64, f64), range: (f64, f64)) -> Self {
        let high = if domain.1 > 0.0 { domain.1 } else { 1.0 };
        let low = if domain.0 > 0.0 { domain.0.min(high) } else { high / 1e3 };
        let domain = if low < high { (low, high) } else { (low / 2.0, high * 2.0) };
        Self { domain, range, log: true, least: 0.0 }
    }

    /// The same scale with ticks at whole numbers only, for what is counted.
    pub fn whole(self) -> Self {
        Self { least: 1.0, ..self }
    }

    /// How far the ticks of about `count` are apart.
    fn step(&self, count: usize) -> f64 {
        step(self.domain, count).max(self.least)
    }

    /// The same scale with its ends moved out to the next ticks.
    pub fn nice(mut self, count: usize) -> Self {
        if !self.log {
            let step = self.step(count);
            self.domain =
                ((self.domain.0 / step).floor() * step, (self.domain.1 / step).ceil() * step);
        }
        self
    }

    /// The place of `value`; beyond the ends for values outside.
    pub fn at(&self, value: f64) -> f64 {
        let (low, high) = self.domain;
        let share = if self.log {
            let value = value.max(low);
            (value / low).ln() / (high / low).ln()
        } else {
            (value - low) / (high - low)
        };
        self.range.0 + share * (self.range.1 - self.range.0)
    }

    /// The values at both ends.
    pub fn domain(&self) -> (f64, f64) {
        self.domain
    }

    /// How many steps the ticks of about `count` make from end to end.
    pub fn steps(&self, count: usize) -> f64 {
        ((self.domain.1 - self.domain.0) / self.step(count)).round().max(1.0)
    }

    /// What the labels of about `count` ticks look like.
    pub fn style(&self, count: usize) -> TickStyle {
        TickStyle::of(self.step(count), self.domain.0.abs().max(self.domain.1.abs()))
    }

    /// About `count` round values within the ends, with their labels.
    pub fn ticks(&self, count: usize) -> Vec<(f64, String)> {
        if self.log { self.log_ticks() } else { self.linear_ticks(count) }
    }

    fn linear_ticks(&self, count: usize) -> Vec<(f64, String)> {
        let (low, high) = self.domain;
        let step = self.step(count);
        let first = (low / step - 1e-9).ceil() as i64;
        let last = (high / step + 1e-9).floor() as i64;
        let style = TickStyle::of(step, low.abs().max(high.abs()));
        (first..=last).map(|i| i as f64 * step).map(|v| (v, style.label(v))).collect()
    }

    fn log_ticks(&self) -> Vec<(f64, String)> {
        let (low, high) = self.domain;
        let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
        let steps: &[f64] = if last - first <= 2 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let every = ((last - first) / 6).max(1);
        let decades = (first..=last).filter(|d| (d - first) % every == 0);
        let ticks = decades.flat_map(|d| steps.iter().map(move |s| s * 10_f64.powi(d)));
        let within = ticks.filter(|v| (low * 0.999..=high * 1.001).contains(v));
        within.map(|v| (v, crate::format::significant(v, 3))).collect()
    }
}

/// The ends of all finite values; `(0, 1)` when there is none.
pub fn extent(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let ends = values.filter(|v| v.is_finite()).fold(None, |ends: Option<(f64, f64)>, v| {
        Some(ends.map_or((v, v), |(low, high)| (low.min(v), high.max(v))))
    });
    ends.unwrap_or((0.0, 1.0))
}

fn widened((low, high): (f64, f64)) -> (f64, f64) {
    if !(low.is_finite() && high.is_finite()) {
        return (0.0, 1.0);
    }
    let (low, high) = (low.min(high), low.max(high));
    if high - low > f64::EPSILON * high.abs().max(1e-300) {
        return (low, high);
    }
    let room = if low == 0.0 { 1.0 } else { low.abs() * 0.1 };
    (low - room, high + room)
}

/// 1, 2 or 5 times a power of ten, so that about `count` fit.
fn step((low, high): (f64, f64), count: usize) -> f64 {
    let rough = (high - low) / count.max(1) as f64;
    let power = 10_f64.powf(rough.log10().floor());
    let factor = match rough / power {
        r if r < 1.5 => 1.0,
        r if r < 3.5 => 2.0,
        r if r < 7.5 => 5.0,
        _ => 10.0,
    };
    factor * power
}

/// What the labels of an axis look like: so many decimals, so that a column of them lines up. A
/// negative number stands for the very large (`4 M`) and the very small (`2e-7`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TickStyle(pub i32);

impl TickStyle {
    const LARGE: Self = Self(-1);
    const SMALL: Self = Self(-2);

    /// The style of ticks that are `step` apart, on an axis that goes to `largest`.
    fn of(step: f64, largest: f64) -> Self {
        match largest {
            size if size >= 1e6 => Self::LARGE,
            size if size < 1e-4 => Self::SMALL,
            _ => Self((-step.log10().floor()).max(0.0) as i32),
        }
    }

    /// A tick's label.
    pub fn label(self, value: f64) -> String {
        match self {
            Self::LARGE => crate::format::short(value),
            Self::SMALL => crate::format::significant(value, 3),
            Self(decimals) => crate::format::fixed(value, usize::try_from(decimals).unwrap_or(0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: &Scale, count: usize) -> Vec<String> {
        scale.ticks(count).into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_are_round_and_their_labels_line_up() {
        let scale = Scale::linear((0.247, 0.672), (0.0, 100.0));
        assert_eq!(labels(&scale, 5), ["0.3", "0.4", "0.5", "0.6"]);
        assert_eq!(labels(&scale.nice(5), 5), ["0.2", "0.3", "0.4", "0.5", "0.6", "0.7"]);
        let years = Scale::linear((0.0, 99_999.0), (0.0, 100.0));
        assert_eq!(
            labels(&years, 4),
            ["0", "20\u{a0}000", "40\u{a0}000", "60\u{a0}000", "80\u{a0}000"]
        );
        let large = Scale::linear((0.0, 4e6), (0.0, 100.0));
        assert_eq!(labels(&large, 4), ["0", "1\u{a0}M", "2\u{a0}M", "3\u{a0}M", "4\u{a0}M"]);
        assert_eq!(labels(&Scale::linear((-1.0, 1.0), (0.0, 1.0)), 2), ["−1", "0", "1"]);
    }

    #[test]
    fn what_is_counted_has_whole_numbers_only() {
        let rows = |most: f64| labels(&Scale::linear((0.0, most), (0.0, 1.0)).whole().nice(3), 3);
        assert_eq!(rows(1.0), ["0", "1"]);
        assert_eq!(rows(2.0), ["0", "1", "2"]);
        assert_eq!(rows(8.0), ["0", "2", "4", "6", "8"]);
        let scale = Scale::linear((0.0, 1.0), (0.0, 1.0)).whole();
        assert_eq!((scale.steps(3), scale.style(3)), (1.0, TickStyle(0)));
    }

    #[test]
    fn the_steps_and_their_style_are_those_of_the_ticks() {
        let scale = Scale::linear((0.247, 0.672), (0.0, 100.0)).nice(5);
        assert_eq!((scale.steps(5), scale.style(5)), (5.0, TickStyle(1)));
        assert_eq!(scale.style(5).label(0.3), "0.3");
        assert_eq!(Scale::linear((0.0, 4e6), (0.0, 1.0)).style(4).label(2e6), "2\u{a0}M");
        assert_eq!(TickStyle(2).label(-1e-17), "0.00");
    }

    #[test]
    fn ends_map_to_ends_and_down_is_fine() {
        let scale = Scale::linear((2.0, 4.0), (200.0, 100.0));
        assert_eq!((scale.at(2.0), scale.at(3.0), scale.at(4.0)), (200.0, 150.0, 100.0));
    }

    #[test]
    fn a_domain_without_extent_is_widened() {
        assert_eq!(Scale::linear((5.0, 5.0), (0.0, 1.0)).domain(), (4.5, 5.5));
        assert_eq!(Scale::linear((0.0, 0.0), (0.0, 1.0)).domain(), (-1.0, 1.0));
        assert_eq!(Scale::linear((f64::NAN, 1.0), (0.0, 1.0)).domain(), (0.0, 1.0));
    }

    #[test]
    fn a_log_scale_gives_decades_equal_room() {
        let scale = Scale::log((0.01, 100.0), (0.0, 4.0));
        assert!((scale.at(1.0) - 2.0).abs() < 1e-12);
        assert_eq!(scale.at(0.0), 0.0);
        assert_eq!(labels(&scale, 5), ["0.01", "0.1", "1", "10", "100"]);
        assert_eq!(labels(&Scale::log((1.0, 10.0), (0.0, 1.0)), 5), ["1", "2", "5", "10"]);
    }

    #[test]
    fn the_extent_ignores_what_is_not_finite() {
        assert_eq!(extent([3.0, f64::NAN, -1.0, f64::INFINITY].into_iter()), (-1.0, 3.0));
        assert_eq!(extent([].into_iter()), (0.0, 1.0));
    }
}
