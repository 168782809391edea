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

/// The inner box of a chart and its two scales.
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
    pub(super) x: Scale,
    pub(super) y: Scale,
}

/// What a frame is laid out for.
pub(super) struct Ground<'a> {
    pub(super) size: Size,
    pub(super) x: (f64, f64),
    pub(super) y: (f64, f64),
    pub(super) log_y: bool,
    /// Whether the ends of y are moved out to ticks.
    pub(super) nice_y: bool,
    pub(super) x_title: &'a str,
    pub(super) y_title: &'a str,
}

impl Frame {
    /// Lays out a ground and draws its grid.
    pub(super) fn draw(svg: &mut Svg, ground: &Ground<'_>) -> Self {
        let Size { width, height, .. } = ground.size;
        let top = if ground.y_title.is_empty() { 10.0 } else { 26.0 };
        let bottom = height - if ground.x_title.is_empty() { 26.0 } else { 42.0 };
        let rows = ((bottom - top) / 46.0).clamp(2.0, 6.0) as usize;
        let y = match (ground.log_y, ground.nice_y) {
            (true, _) => Scale::log(ground.y, (bottom, top)),
            (false, true) => Scale::linear(ground.y, (bottom, top)).nice(rows),
            (false, false) => Scale::linear(ground.y, (bottom, top)),
        };
        let y_ticks = y.ticks(rows);
        let longest = y_ticks.iter().map(|(_, label)| label.chars().count()).max().unwrap_or(1);
        let left = 14.0 + 6.3 * longest as f64;
        let right = width - 14.0;
        let x = Scale::linear(ground.x, (left, right));
        for (value, label) in &y_ticks {
            let at = y.at(*value);
            svg.line("gridline", (left, at), (right, at));
            svg.text((left - 8.0, at + 4.0), "end", "axis", label);
        }
        for (value, label) in x.ticks(((right - left) / 84.0).clamp(2.0, 10.0) as usize) {
            svg.text((x.at(value), bottom + 18.0), "middle", "axis", &label);
        }
        if !ground.x_title.is_empty() {
            let middle = f64::midpoint(left, right);
            svg.text((middle, height - 5.0), "middle", "axis title", ground.x_title);
        }
        if !ground.y_title.is_empty() {
            svg.text((0.0, 12.0), "start", "axis title", ground.y_title);
        }
        Self { left, right, top, bottom, x, y }
    }

    /// The place of a point.
    pub(super) fn at(&self, point: (f64, f64)) -> (f64, f64) {
        (self.x.at(point.0), self.y.at(point.1))
    }
}

/// The class of the series number `i`, from 0: eight colours, then the same with dashes.
pub(super) fn series_class(i: usize) -> String {
    let dash = if (i / 8).is_multiple_of(2) { "" } else { " dash" };
    format!("s{}{dash}", i % 8 + 1)
}
