//! Curves over steps: loss, learning rate, any metric.

use super::frame::{Frame, Ground, Size, series_class};
use super::markup::Svg;
use crate::charts::scale::{Scale, extent};
use crate::format;
use mlhub_metrics::thin::thin;

/// A curve.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// Its name in the legend: `train`, `validation`, `run 42`.
    pub name: String,
    /// (step, value) by step. Values that are not finite leave a gap.
    pub points: Vec<(f64, f64)>,
}

/// The best point of a curve, said in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Best {
    /// Which line, from 0.
    pub line: usize,
    /// Its step.
    pub x: f64,
    /// Its value.
    pub y: f64,
    /// What stands beside it: “best 0.300 · epoch 57”.
    pub said: String,
}

/// Curves on one ground.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LinePlot {
    /// The curves, in the order of their colours.
    pub lines: Vec<Line>,
    /// What the steps are: “epoch”.
    pub x_title: String,
    /// What the values are; empty where the card says it.
    pub y_title: String,
    /// The last step that is shown of those to come, while it is at work: they are shaded.
    pub until: Option<f64>,
    /// The point to mark.
    pub best: Option<Best>,
    /// Values on a logarithmic scale.
    pub log_y: bool,
}

impl LinePlot {
    /// Whether there is anything to draw.
    pub fn is_empty(&self) -> bool {
        self.lines.iter().all(|line| line.points.is_empty())
    }

    /// What the chart shows, as a sentence for those who do not see it.
    pub fn sentence(&self) -> String {
        let mut said: Vec<String> = Vec::new();
        for line in &self.lines {
            let finite: Vec<_> = line.points.iter().filter(|p| p.1.is_finite()).collect();
            if let (Some(first), Some(last)) = (finite.first(), finite.last()) {
                let way = if last.1 < first.1 { "fell" } else { "rose" };
                let (from, to) = (format::metric(first.1), format::metric(last.1));
                said.push(format!("{} {way} from {from} to {to}", line.name));
            }
        }
        if let Some(best) = &self.best {
            said.push(best.said.clone());
        }
        if said.is_empty() { "No values yet".into() } else { said.join("; ") }
    }
}

/// The ground of curves.
pub(in crate::charts) fn ground(plot: &LinePlot, size: Size) -> Ground<'_> {
    let points = || plot.lines.iter().flat_map(|line| line.points.iter());
    Ground {
        size,
        x: extent(points().map(|p| p.0).chain(plot.until)),
        moments: &[],
        y: extent(points().map(|p| p.1).filter(|y| !plot.log_y || *y > 0.0)),
        log_y: plot.log_y,
        nice_y: true,
        whole_y: false,
        x_title: &plot.x_title,
        y_title: &plot.y_title,
    }
}

/// The drawing of curves.
pub fn lines(plot: &LinePlot, size: Size) -> String {
    let mut svg = Svg::new(size, &plot.sentence());
    let ground = ground(plot, size);
    let frame = Frame::draw(&mut svg, &ground);
    if let Some(until) = plot.until {
        let steps = plot.lines.iter().flat_map(|line| line.points.iter()).map(|p| p.0);
        let last = extent(steps).1;
        let from = frame.x.at(if plot.is_empty() { ground.x.0 } else { last.min(until) });
        let (width, height) = (frame.right - from, frame.bottom - frame.top);
        svg.bar("rest", (from, frame.top), (width, height), "");
    }
    let most = (size.width / 2.6) as usize;
    for (i, line) in plot.lines.iter().enumerate() {
        for part in line.points.split(|p| !p.1.is_finite()) {
            let part: Vec<_> = thin(part, most, |p| *p).iter().map(|p| frame.at(*p)).collect();
            match part.as_slice() {
                [] => {}
                [only] => svg.circle(&format!("ring {}", series_class(i)), *only, 2.5),
                _ => svg.polyline(&format!("line {}", series_class(i)), &part),
            }
        }
    }
    if let Some(best) = &plot.best {
        mark(&mut svg, &frame, best);
    }
    svg.end()
}

/// The ring around the best point, and its words where there is room.
fn mark(svg: &mut Svg, frame: &Frame, best: &Best) {
    let (x, y) = frame.at((best.x, best.y));
    svg.circle(&format!("ring {}", series_class(best.line)), (x, y), 5.0);
    let (side, down) = best.beside(frame);
    let (place, anchor) = match side {
        Some("right") => (x + 8.0, "start"),
        Some(_) => (x - 8.0, "end"),
        None => (f64::midpoint(frame.left, frame.right), "middle"),
    };
    svg.text((place, y + down), anchor, "said", &best.said);
}

impl Best {
    /// At which side of the point its words have room, if at one, and how far below it.
    pub(in crate::charts) fn beside(&self, frame: &Frame) -> (Option<&'static str>, f64) {
        let (x, y) = frame.at((self.x, self.y));
        let width = 6.4 * self.said.chars().count() as f64;
        let down = if y - 12.0 < frame.top { 20.0 } else { -11.0 };
        if x + 8.0 + width <= frame.right {
            (Some("right"), down)
        } else {
            ((x - 8.0 - width >= frame.left).then_some("left"), down)
        }
    }
}

/// A curve the size of a word, for rows and cards. `label` says what it shows.
pub fn spark(points: &[(f64, f64)], label: &str) -> String {
    let size = Size { width: 96.0, height: 24.0, class: "spark" };
    let finite: Vec<_> = points.iter().copied().filter(|p| p.1.is_finite()).collect();
    let x = Scale::linear(extent(finite.iter().map(|p| p.0)), (2.0, 92.0));
    let y = Scale::linear(extent(finite.iter().map(|p| p.1)), (21.0, 3.0));
    let path: Vec<_> = thin(&finite, 48, |p| *p).iter().map(|p| (x.at(p.0), y.at(p.1))).collect();
    let mut svg = Svg::new(size, label);
    svg.polyline("line s1", &path);
    if let Some(last) = path.last() {
        svg.circle("pt s1", *last, 2.0);
    }
    svg.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot() -> LinePlot {
        let curve = |name: &str, from: f64| Line {
            name: name.into(),
            points: (0..60).map(|i| (f64::from(i), from / f64::from(i + 1) + 0.2)).collect(),
        };
        LinePlot {
            lines: vec![curve("train", 0.5), curve("validation", 0.6)],
            x_title: "epoch".into(),
            until: Some(100.0),
            best: Some(Best { line: 1, x: 57.0, y: 0.21, said: "best 0.21 · epoch 57".into() }),
            ..LinePlot::default()
        }
    }

    #[test]
    fn a_curve_at_work_shows_its_rest_and_its_best() {
        let drawn = lines(&plot(), Size { width: 760.0, height: 270.0, class: "wide" });
        assert_eq!(drawn.matches("<polyline").count(), 2);
        assert!(drawn.contains(r#"class="rest""#) && drawn.contains("best 0.21 · epoch 57"));
        assert!(drawn.contains("train fell from 0.7000 to 0.2083"), "{drawn}");
        assert!(drawn.contains(">100</text>") && drawn.contains(">epoch</text>"));
    }

    #[test]
    fn a_value_that_is_no_number_leaves_a_gap() {
        let mut plot = plot();
        plot.lines.truncate(1);
        plot.lines[0].points[30].1 = f64::NAN;
        let drawn = lines(&plot, Size { width: 760.0, height: 270.0, class: "wide" });
        assert_eq!(drawn.matches("<polyline").count(), 2);
        assert!(!drawn.contains("NaN"));
    }

    #[test]
    fn nothing_yet_is_an_empty_ground() {
        let drawn =
            lines(&LinePlot::default(), Size { width: 300.0, height: 200.0, class: "wide" });
        assert!(drawn.contains("No values yet") && !drawn.contains("<polyline"));
    }
}
