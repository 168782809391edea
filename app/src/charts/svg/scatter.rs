//! Points: predicted against actual.

use super::frame::{Frame, Ground, Size};
use super::markup::Svg;
use crate::charts::scale::extent;

/// Points on one ground.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScatterPlot {
    /// (x, y).
    pub points: Vec<(f64, f64)>,
    /// The axis to the right: “actual”.
    pub x_title: String,
    /// The axis upwards: “predicted”.
    pub y_title: String,
    /// Draw the line on which both are equal, and give both axes the same ends.
    pub diagonal: bool,
    /// What the chart shows, as a sentence.
    pub sentence: String,
}

/// The ground of points.
pub(in crate::charts) fn ground(plot: &ScatterPlot, size: Size) -> Ground<'_> {
    let mut x = extent(plot.points.iter().map(|p| p.0));
    let mut y = extent(plot.points.iter().map(|p| p.1));
    if plot.diagonal {
        let both = (x.0.min(y.0), x.1.max(y.1));
        (x, y) = (both, both);
    }
    Ground {
        size,
        x,
        moments: &[],
        y,
        log_y: false,
        nice_y: !plot.diagonal,
        whole_y: false,
        x_title: &plot.x_title,
        y_title: &plot.y_title,
    }
}

/// The drawing of points.
pub fn scatter(plot: &ScatterPlot, size: Size) -> String {
    let mut svg = Svg::new(size, &plot.sentence);
    let ground = ground(plot, size);
    let (x, frame) = (ground.x, Frame::draw(&mut svg, &ground));
    if plot.diagonal {
        svg.line("chance", frame.at((x.0, x.0)), frame.at((x.1, x.1)));
    }
    for point in plot.points.iter().filter(|p| p.0.is_finite() && p.1.is_finite()) {
        svg.circle("pt s1", frame.at(*point), 2.4);
    }
    svg.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagonal_gives_both_axes_the_same_ends() {
        let plot = ScatterPlot {
            points: vec![(0.0, 10.0), (100.0, 50.0), (f64::NAN, 1.0)],
            diagonal: true,
            ..ScatterPlot::default()
        };
        let drawn = scatter(&plot, Size { width: 420.0, height: 340.0, class: "wide" });
        assert_eq!(drawn.matches("<circle").count(), 2);
        assert_eq!(drawn.matches(">100</text>").count(), 2);
    }
}
