//! A little SVG writer.

use super::Size;
use std::fmt::{Display, Write};

/// SVG being written.
pub(super) struct Svg(String);

impl Svg {
    /// A drawing of `size` that says `label`.
    pub(super) fn new(size: Size, label: &str) -> Self {
        let Size { width, height, class } = size;
        let (w, h, label) = (Px(width), Px(height), escaped(label));
        let most = Px(size.most());
        Self(format!(
            r#"<svg class="{class}" viewBox="0 0 {w} {h}" style="max-width:{most}px" role="img" aria-label="{label}">"#
        ))
    }

    /// An empty element.
    pub(super) fn tag(&mut self, name: &str, attributes: &[(&str, &dyn Display)]) {
        self.open(name, attributes);
        self.0.push_str("/>");
    }

    /// A text at a place; `anchor` is `start`, `middle` or `end`.
    pub(super) fn text(&mut self, at: (f64, f64), anchor: &str, class: &str, text: &str) {
        let (x, y) = (Px(at.0), Px(at.1));
        self.open("text", &[("class", &class), ("x", &x), ("y", &y), ("text-anchor", &anchor)]);
        let _ = write!(self.0, ">{}</text>", escaped(text));
    }

    /// A line through points.
    pub(super) fn polyline(&mut self, class: &str, points: &[(f64, f64)]) {
        let mut list = String::with_capacity(points.len() * 12);
        for &(x, y) in points {
            let _ = write!(list, "{},{} ", Px(x), Px(y));
        }
        self.tag("polyline", &[("class", &class), ("points", &list.trim_end())]);
    }

    /// A straight line.
    pub(super) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let ends = [Px(from.0), Px(from.1), Px(to.0), Px(to.1)];
        let [x1, y1, x2, y2] = &ends;
        self.tag("line", &[("class", &class), ("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2)]);
    }

    /// A box with its title, which shows on hover; none when the title is empty.
    pub(super) fn bar(&mut self, class: &str, at: (f64, f64), size: (f64, f64), title: &str) {
        let (x, y, w, h) = (Px(at.0), Px(at.1), Px(size.0.max(0.0)), Px(size.1.max(0.0)));
        self.open(
            "rect",
            &[("class", &class), ("x", &x), ("y", &y), ("width", &w), ("height", &h), ("rx", &1)],
        );
        if title.is_empty() {
            self.0.push_str("/>");
        } else {
            let _ = write!(self.0, "><title>{}</title></rect>", escaped(title));
        }
    }

    /// A circle.
    pub(super) fn circle(&mut self, class: &str, at: (f64, f64), r: f64) {
        let (x, y, r) = (Px(at.0), Px(at.1), Px(r));
        self.tag("circle", &[("class", &class), ("cx", &x), ("cy", &y), ("r", &r)]);
    }

    /// The finished drawing.
    pub(super) fn end(mut self) -> String {
        self.0.push_str("</svg>");
        self.0
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &dyn Display)]) {
        self.0.push('<');
        self.0.push_str(name);
        for (key, value) in attributes {
            let _ = write!(self.0, r#" {key}="{}""#, escaped(&value.to_string()));
        }
    }
}

/// A length with one decimal at most.
pub(super) struct Px(pub(super) f64);

impl Display for Px {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tenths = (self.0 * 10.0).round() / 10.0;
        if tenths.is_finite() { write!(f, "{}", tenths + 0.0) } else { f.write_str("0") }
    }
}

/// Safe as a text and in double quotes.
fn escaped(text: &str) -> std::borrow::Cow<'_, str> {
    html_escape::encode_double_quoted_attribute(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_data_cannot_become_markup() {
        let size = Size { width: 10.0, height: 10.0, class: "wide" };
        let mut svg = Svg::new(size, "\"><script>");
        svg.text((1.0, 2.04), "end", "axis", "</text><script>alert(1)</script>");
        svg.bar("col", (0.0, 0.0), (1.0, -3.0), "a<b");
        let drawn = svg.end();
        assert!(!drawn.contains("<script>"), "{drawn}");
        assert!(drawn.contains(r#"height="0""#) && drawn.contains("a&lt;b"), "{drawn}");
    }
}
