//! Curves over steps.

use super::figure::{Chart, Interactive, Legend, LegendEntry, Mounted};
use super::svg::{self, LinePlot, Size};
use super::table::ChartTable;
use super::{options, width};
use crate::format;
use leptos::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

/// Height in px.
const HEIGHT: f64 = 270.0;

/// Curves with their legend, the best point in words.
#[component]
pub fn LineChart(
    /// The curves.
    #[prop(into)]
    plot: Signal<LinePlot>,
    /// Width in px, see [`width`].
    #[prop(default = width(8))]
    wide: f64,
    /// Charts of one group share crosshair and zoom.
    #[prop(optional, into)]
    group: Option<String>,
) -> impl IntoView {
    let sizes = svg::sizes(wide, HEIGHT);
    let option = plot.with_untracked(|plot| options::line_option(plot, sizes));
    line_chart(plot, sizes, Interactive::Still { option, group })
}

/// Curves that grow, within an island; the rest of a running job is shaded.
#[component]
pub fn GrowingChart(
    /// The curves.
    plot: Signal<LinePlot>,
    /// From [`options::template`], made on the server.
    template: String,
    /// Width in px, see [`width`].
    #[prop(default = width(8))]
    wide: f64,
) -> impl IntoView {
    let template = serde_json::from_str::<Value>(&template).unwrap_or_default();
    let sizes = svg::sizes(wide, HEIGHT);
    let option = Callback::new(move |()| plot.with(|plot| options::grown(&template, plot, sizes)));
    line_chart(plot, sizes, Interactive::Growing(Mounted { option, group: None }))
}

fn line_chart(plot: Signal<LinePlot>, sizes: [Size; 2], live: Interactive) -> AnyView {
    let drawing =
        Signal::derive(move || plot.with(|plot| svg::both(sizes, |size| svg::lines(plot, size))));
    let label = Signal::derive(move || plot.with(LinePlot::sentence));
    let entries = Signal::derive(move || plot.with(entries));
    let head = plot.with_untracked(head);
    let rows = Signal::derive(move || plot.with(rows));
    let caption = move || view! { <figcaption><Legend entries/></figcaption> };
    view! {
        <Chart drawing sizes label live=Some(live) caption>
            <ChartTable head rows/>
        </Chart>
    }
    .into_any()
}

fn entries(plot: &LinePlot) -> Vec<LegendEntry> {
    let entry = |(i, line): (usize, &svg::Line)| LegendEntry {
        name: line.name.clone(),
        value: line.points.last().map_or_else(String::new, |(_, y)| format::metric(*y)),
        series: Some(i),
    };
    plot.lines.iter().enumerate().map(entry).collect()
}

fn head(plot: &LinePlot) -> Vec<String> {
    let step = if plot.x_title.is_empty() { "step" } else { &plot.x_title };
    std::iter::once(step.to_string())
        .chain(plot.lines.iter().map(|line| line.name.clone()))
        .collect()
}

/// One row for each step, one cell for each curve.
fn rows(plot: &LinePlot) -> Vec<Vec<String>> {
    let mut steps: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for (i, line) in plot.lines.iter().enumerate() {
        for (x, y) in &line.points {
            let row = steps.entry(x.round() as i64).or_insert_with(|| {
                let mut row = vec![String::new(); plot.lines.len() + 1];
                row[0] = format::number(*x);
                row
            });
            row[i + 1] = format::number(*y);
        }
    }
    steps.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::svg::Line;

    #[test]
    fn the_table_has_one_row_for_each_step() {
        let line =
            |name: &str, points: &[(f64, f64)]| Line { name: name.into(), points: points.to_vec() };
        let plot = LinePlot {
            lines: vec![
                line("train", &[(1.0, 0.5), (2.0, 0.4)]),
                line("validation", &[(2.0, 0.45)]),
            ],
            ..LinePlot::default()
        };
        assert_eq!(rows(&plot), [["1", "0.5", ""], ["2", "0.4", "0.45"]]);
        assert_eq!(head(&plot), ["step", "train", "validation"]);
    }
}
