//! Plots of a regression, and histograms of columns.

use super::figure::{Chart, Interactive};
use super::svg::{self, Bins, ScatterPlot};
use super::table::ChartTable;
use super::{options, width};
use crate::format;
use leptos::prelude::*;

/// Points: predicted against actual.
#[component]
pub fn ScatterChart(
    /// The points.
    plot: ScatterPlot,
    /// An interactive chart over the drawing.
    #[prop(optional)]
    interactive: bool,
) -> impl IntoView {
    let sizes = svg::sizes(440.0, 344.0);
    let drawing = svg::both(sizes, |size| svg::scatter(&plot, size));
    let head = vec![plot.x_title.clone(), plot.y_title.clone()];
    let row = |(x, y): &(f64, f64)| vec![format::number(*x), format::number(*y)];
    let rows: Vec<Vec<String>> = plot.points.iter().map(row).collect();
    let label = plot.sentence.clone();
    let option = options::scatter_option(&plot, sizes);
    let live = interactive.then_some(Interactive::Still { option, group: None });
    view! {
        <Chart drawing sizes label live>
            <ChartTable head rows/>
        </Chart>
    }
}

/// Counts in bins: a column, or the residuals of a regression.
#[component]
pub fn HistogramChart(
    /// The bins.
    bins: Bins,
    /// Width in px, see [`width`].
    #[prop(default = width(6))]
    wide: f64,
    /// Height in px.
    #[prop(default = 240.0)]
    height: f64,
    /// An interactive chart over the drawing.
    #[prop(optional)]
    interactive: bool,
) -> impl IntoView {
    let sizes = svg::sizes(wide, height);
    let drawing = svg::both(sizes, |size| svg::histogram(&bins, size));
    let head = vec!["from".into(), "to".into(), bins.noun.clone()];
    let row = |(i, n): (usize, &u64)| vec![bins.edge(i), bins.edge(i + 1), format::count(*n)];
    let rows: Vec<Vec<String>> = bins.counts.iter().enumerate().map(row).collect();
    let label = bins.sentence();
    let option = options::histogram_option(&bins, sizes);
    let live = interactive.then_some(Interactive::Still { option, group: None });
    view! {
        <Chart drawing sizes label live>
            <ChartTable head rows/>
        </Chart>
    }
}
