//! Histograms.

use super::frame::{Frame, Ground, Size};
use super::markup::Svg;
use crate::format;
use mlhub_domain::profile::{Histogram, Mark};

/// Counts in bins, with the words around them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bins {
    /// One more edge than there are counts.
    pub edges: Vec<f64>,
    /// What to call the edges where these are moments, which stand as far apart as they are; else
    /// nothing.
    pub moments: Vec<String>,
    /// Rows in each bin.
    pub counts: Vec<u64>,
    /// What is counted: “age”, “actual − predicted”.
    pub x_title: String,
    /// What is in the bins: “rows”.
    pub noun: String,
}

impl Bins {
    /// The histogram of a column.
    pub fn of(histogram: &Histogram, column: &str) -> Self {
        let moments = histogram.edges.iter().filter_map(|edge| match edge {
            Mark::Number(_) => None,
            Mark::Moment(moment) => Some(moment.clone()),
        });
        let numbers = histogram.edges.iter().enumerate();
        Self {
            edges: numbers.map(|(i, edge)| edge.number().unwrap_or(i as f64)).collect(),
            moments: moments.collect(),
            counts: histogram.counts.clone(),
            x_title: column.into(),
            noun: "rows".into(),
        }
    }

    /// What to call the edge number `i`.
    pub fn edge(&self, i: usize) -> String {
        let number = || format::number(self.edges.get(i).copied().unwrap_or_default());
        self.moments.get(i).cloned().unwrap_or_else(number)
    }

    /// What the chart shows, as a sentence.
    pub fn sentence(&self) -> String {
        let Some((i, most)) = self.counts.iter().enumerate().max_by_key(|(_, count)| **count)
        else {
            return "No values".into();
        };
        format!(
            "{} from {} to {}; most {} ({}) between {} and {}",
            self.x_title,
            self.edge(0),
            self.edge(self.counts.len()),
            self.noun,
            format::count(*most),
            self.edge(i),
            self.edge(i + 1),
        )
    }

    fn title(&self, i: usize) -> String {
        let count = format::count(self.counts[i]);
        format!("{} – {}: {count} {}", self.edge(i), self.edge(i + 1), self.noun)
    }

    fn most(&self) -> u64 {
        self.counts.iter().copied().max().unwrap_or(0).max(1)
    }
}

/// The ground of a histogram.
pub(in crate::charts) fn ground(bins: &Bins, size: Size) -> Ground<'_> {
    let end = |edge: Option<&f64>, other| edge.copied().unwrap_or(other);
    Ground {
        size,
        x: (end(bins.edges.first(), 0.0), end(bins.edges.last(), 1.0)),
        moments: &bins.moments,
        y: (0.0, bins.most() as f64),
        log_y: false,
        nice_y: true,
        whole_y: true,
        x_title: &bins.x_title,
        y_title: &bins.noun,
    }
}

/// The drawing of a histogram.
pub fn histogram(bins: &Bins, size: Size) -> String {
    let mut svg = Svg::new(size, &bins.sentence());
    let ground = ground(bins, size);
    let frame = Frame::draw(&mut svg, &ground);
    for (i, &count) in bins.counts.iter().enumerate() {
        let edge = |i: usize| frame.x.at(bins.edges.get(i).copied().unwrap_or(ground.x.1));
        let (from, to, top) = (edge(i), edge(i + 1), frame.y.at(count as f64));
        let shown = if count == 0 { 0.0 } else { (frame.bottom - top).max(1.5) };
        let size = ((to - from - 1.5).max(1.0), shown);
        svg.bar("col", (from + 0.75, frame.bottom - shown), size, &bins.title(i));
    }
    svg.line("base", (frame.left, frame.bottom), (frame.right, frame.bottom));
    svg.end()
}

/// A histogram for the head of a column: 132 × 34 px, no axes, each bar with its title.
pub fn mini_histogram(bins: &Bins) -> String {
    let size = Size { width: 132.0, height: 34.0, class: "histogram" };
    let mut svg = Svg::new(size, &bins.sentence());
    let step = size.width / bins.counts.len().max(1) as f64;
    for (i, &count) in bins.counts.iter().enumerate() {
        let height = count as f64 / bins.most() as f64 * size.height;
        let height = if count == 0 { 0.0 } else { height.max(1.0) };
        let at = (i as f64 * step + 0.5, size.height - height);
        svg.bar("col", at, (step - 1.0, height), &bins.title(i));
    }
    svg.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bins() -> Bins {
        Bins {
            edges: vec![0.0, 10.0, 20.0, 30.0],
            moments: Vec::new(),
            counts: vec![3, 0, 40_000],
            x_title: "age".into(),
            noun: "rows".into(),
        }
    }

    #[test]
    fn a_small_bin_is_still_seen_and_an_empty_one_is_not() {
        let drawn = mini_histogram(&bins());
        assert_eq!(drawn.matches("<rect").count(), 3);
        assert!(drawn.contains(r#"height="1""#) && drawn.contains(r#"height="0""#));
        assert!(drawn.contains("10 – 20: 0 rows"));
    }

    #[test]
    fn a_bar_of_one_row_stands_beside_whole_numbers() {
        let one = Bins { counts: vec![1, 0, 1], ..bins() };
        let size = Size { width: 560.0, height: 180.0, class: "wide" };
        let drawn = super::histogram(&one, size);
        assert!(drawn.contains(">1</text>") && !drawn.contains(">0.5</text>"), "{drawn}");
    }

    #[test]
    fn moments_are_called_by_their_own_names() {
        let day = |day: u32| Mark::Moment(format!("2020-01-0{day}"));
        let histogram = Histogram { edges: vec![day(1), day(2), day(4)], counts: vec![3, 5] };
        let bins = Bins::of(&histogram, "sold");
        let said = "sold from 2020-01-01 to 2020-01-04; most rows (5) between 2020-01-02 and \
                    2020-01-04";
        assert_eq!(bins.sentence(), said);
        let size = Size { width: 560.0, height: 180.0, class: "wide" };
        let drawn = super::histogram(&bins, size);
        assert!(drawn.contains("2020-01-01 – 2020-01-02: 3 rows"), "{drawn}");
        assert!(drawn.contains(">2020-01-01</text>") && drawn.contains(">2020-01-04</text>"));
        assert!(!drawn.contains(">0.5</text>") && !drawn.contains(">1.5</text>"), "{drawn}");
    }

    #[test]
    fn the_sentence_names_the_fullest_bin() {
        let said = "age from 0 to 30; most rows (40\u{a0}000) between 20 and 30";
        assert_eq!(bins().sentence(), said);
        assert_eq!(Bins::default().sentence(), "No values");
    }
}
