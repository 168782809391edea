//! ROC and precision–recall curves.

use super::frame::{Frame, Ground, Size, series_class};
use super::lines::Line;
use super::markup::Svg;
use mlhub_metrics::thin::thin;

/// Curves in the unit square.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RatePlot {
    /// The curves.
    pub lines: Vec<Line>,
    /// The axis to the right: “false positive rate”.
    pub x_title: String,
    /// The axis upwards: “true positive rate”.
    pub y_title: String,
    /// What guessing gives: the diagonal of a ROC, or the level of a precision–recall curve.
    pub chance: Chance,
    /// The threshold in use: where it lies on the first curve, and what stands beside it.
    pub mark: Option<(f64, f64, String)>,
    /// What the chart shows, as a sentence.
    pub sentence: String,
}

/// What guessing gives.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Chance {
    /// As many right as wrong.
    #[default]
    Diagonal,
    /// The share of the positive class.
    Level(f64),
    /// Each curve has its own.
    Each,
}

impl Chance {
    /// Where its line begins and ends.
    pub fn ends(self) -> Option<[(f64, f64); 2]> {
        match self {
            Self::Diagonal => Some([(0.0, 0.0), (1.0, 1.0)]),
            Self::Level(level) => Some([(0.0, level), (1.0, level)]),
            Self::Each => None,
        }
    }
}

impl RatePlot {
    /// The same with steps instead of slopes: each point holds for what is left of it, down to the
    /// point before.
    pub fn stepped(mut self) -> Self {
        for line in &mut self.lines {
            let corners = line.points.windows(2).flat_map(|pair| [pair[0], (pair[0].0, pair[1].1)]);
            line.points = corners.chain(line.points.last().copied()).collect();
        }
        self
    }
}

/// The ground of rates.
pub(in crate::charts) fn ground(plot: &RatePlot, size: Size) -> Ground<'_> {
    Ground {
        size,
        x: (0.0, 1.0),
        moments: &[],
        y: (0.0, 1.0),
        log_y: false,
        nice_y: false,
        whole_y: false,
        x_title: &plot.x_title,
        y_title: &plot.y_title,
    }
}

/// The drawing of rates.
pub fn rates(plot: &RatePlot, size: Size) -> String {
    let mut svg = Svg::new(size, &plot.sentence);
    let frame = Frame::draw(&mut svg, &ground(plot, size));
    if let Some([from, to]) = plot.chance.ends() {
        svg.line("chance", frame.at(from), frame.at(to));
    }
    for (i, line) in plot.lines.iter().enumerate() {
        let finite: Vec<_> =
            line.points.iter().copied().filter(|p| p.0.is_finite() && p.1.is_finite()).collect();
        let mut path: Vec<_> = thin(&finite, 160, |p| *p).iter().map(|p| frame.at(*p)).collect();
        svg.polyline(&format!("line {}", series_class(i)), &path);
        if plot.lines.len() == 1 && path.len() > 1 {
            let (first, last) = (path[0].0, path[path.len() - 1].0);
            path.extend([(last, frame.bottom), (first, frame.bottom)]);
            svg.polyline(&format!("area {}", series_class(i)), &path);
        }
    }
    if let Some((x, y, said)) = &plot.mark {
        let (x, y) = frame.at((*x, *y));
        svg.circle("ring s1", (x, y), 5.0);
        let below = if y + 24.0 > frame.bottom { y - 12.0 } else { y + 20.0 };
        let right = x + 8.0 + 6.4 * said.chars().count() as f64 > frame.right;
        let (x, anchor) = if right { (x - 8.0, "end") } else { (x + 8.0, "start") };
        svg.text((x, below), anchor, "said", said);
    }
    svg.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_of_a_stepped_curve_holds_to_its_left() {
        let points = vec![(0.0, 1.0), (0.5, 0.4), (1.0, 0.3)];
        let lines = vec![Line { name: "1".into(), points }];
        let stepped = RatePlot { lines, ..RatePlot::default() }.stepped();
        let corners = [(0.0, 1.0), (0.0, 0.4), (0.5, 0.4), (0.5, 0.3), (1.0, 0.3)];
        assert_eq!(stepped.lines[0].points, corners);
    }

    #[test]
    fn a_curve_has_its_chance_line_and_its_threshold() {
        let plot = RatePlot {
            lines: vec![Line {
                name: "1".into(),
                points: vec![(0.0, 0.0), (0.1, 0.8), (1.0, 1.0)],
            }],
            mark: Some((0.1, 0.8, "threshold 0.50".into())),
            sentence: "ROC curve, area 0.85".into(),
            ..RatePlot::default()
        };
        let drawn = rates(&plot, Size { width: 420.0, height: 340.0, class: "wide" });
        assert!(drawn.contains(r#"class="chance""#) && drawn.contains("threshold 0.50"));
        assert!(drawn.contains(r#"aria-label="ROC curve, area 0.85""#));
        assert!(drawn.contains(r#"class="area s1""#));
    }
}
