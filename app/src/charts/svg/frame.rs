//! The ground of a chart: margins, grid lines, ticks, titles of the axes.

use super::markup::Svg;
use crate::charts::scale::Scale;

/// How large a drawing is, in px, and for which screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    /// Width of the drawing.
    pub width: f64,
    /// Height of the drawing.
    pub height: f64,
    /// `wide` or `phone`.
    pub class: &'static str,
}

impl Size {
    /// How wide a drawing may be shown: a larger box may enlarge it a little, but not its text to a
    /// poster.
    pub fn most(self) -> f64 {
        self.width * 1.15
    }
}

/// The inner box of a chart, its two scales, and about how many ticks each has.
pub(in crate::charts) struct Frame {
    pub(in crate::charts) left: f64,
    pub(in crate::charts) right: f64,
    pub(in crate::charts) top: f64,
    pub(in crate::charts) bottom: f64,
    pub(in crate::charts) x: Scale,
    pub(in crate::charts) y: Scale,
    pub(in crate::charts) columns: usize,
    pub(in crate::charts) rows: usize,
}

/// What a frame is laid out for.
pub(in crate::charts) struct Ground<'a> {
    pub(in crate::charts) size: Size,
    pub(in crate::charts) x: (f64, f64),
    /// The ticks of x where they are words, evenly spread: first and last are drawn.
    pub(in crate::charts) moments: &'a [String],
    pub(in crate::charts) y: (f64, f64),
    pub(in crate::charts) log_y: bool,
    /// Whether the ends of y are moved out to ticks.
    pub(in crate::charts) nice_y: bool,
    /// Whether y counts, so that only whole numbers are ticks.
    pub(in crate::charts) whole_y: bool,
    pub(in crate::charts) x_title: &'a str,
    pub(in crate::charts) y_title: &'a str,
}

impl Frame {
    /// Lays out a ground.
    pub(in crate::charts) fn of(ground: &Ground<'_>) -> Self {
        let Size { width, height, .. } = ground.size;
        let top = if ground.y_title.is_empty() { 10.0 } else { 26.0 };
        let bottom = height - if ground.x_title.is_empty() { 26.0 } else { 42.0 };
        let rows = ((bottom - top) / 46.0).clamp(2.0, 6.0) as usize;
        let y = match (ground.log_y, ground.nice_y) {
            (true, _) => Scale::log(ground.y, (bottom, top)),
            (false, true) if ground.whole_y => {
                Scale::linear(ground.y, (bottom, top)).whole().nice(rows)
            }
            (false, true) => Scale::linear(ground.y, (bottom, top)).nice(rows),
            (false, false) => Scale::linear(ground.y, (bottom, top)),
        };
        let length = |(_, label): (f64, String)| label.chars().count();
        let longest = y.ticks(rows).into_iter().map(length).max().unwrap_or(1);
        let left = 14.0 + 6.3 * longest as f64;
        let right = width - 14.0;
        let x = Scale::linear(ground.x, (left, right));
        let columns = ((right - left) / 84.0).clamp(2.0, 10.0) as usize;
        Self { left, right, top, bottom, x, y, columns, rows }
    }

    /// Lays out a ground and draws its grid.
    pub(super) fn draw(svg: &mut Svg, ground: &Ground<'_>) -> Self {
        let frame = Self::of(ground);
        let Self { left, right, top, bottom, x, y, .. } = &frame;
        let (left, right, top, bottom) = (*left, *right, *top, *bottom);
        for (value, label) in &y.ticks(frame.rows) {
            let at = y.at(*value);
            svg.line("gridline", (left, at), (right, at));
            svg.text((left - 8.0, at + 4.0), "end", "axis", label);
        }
        if let [first, .., last] = ground.moments {
            svg.text((left, bottom + 18.0), "start", "axis", first);
            svg.text((right, bottom + 18.0), "end", "axis", last);
        } else {
            for (value, label) in x.ticks(frame.columns) {
                svg.text((x.at(value), bottom + 18.0), "middle", "axis", &label);
            }
        }
        if !ground.x_title.is_empty() {
            let middle = f64::midpoint(left, right);
            svg.text((middle, ground.size.height - 5.0), "middle", "axis title", ground.x_title);
        }
        if !ground.y_title.is_empty() {
            svg.text((left, top - 14.0), "start", "axis title", ground.y_title);
        }
        frame
    }

    /// The place of a point.
    pub(in crate::charts) fn at(&self, point: (f64, f64)) -> (f64, f64) {
        (self.x.at(point.0), self.y.at(point.1))
    }
}

/// The class of the series number `i`, from 0: eight colours, then the same with dashes.
pub(super) fn series_class(i: usize) -> String {
    let dash = if (i / 8).is_multiple_of(2) { "" } else { " dash" };
    format!("s{}{dash}", i % 8 + 1)
}
