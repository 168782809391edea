//! Drawings the size of a word.

use super::svg::{self, Bins};
use leptos::prelude::*;
use mlhub_domain::profile::Histogram;

/// A curve in a row.
#[component]
pub fn Sparkline(
    /// (step, value).
    points: Vec<(f64, f64)>,
    /// What it shows, as a sentence.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! { <span class="drawing" inner_html=svg::spark(&points, &label)></span> }
}

/// The distribution of a column, in its head.
#[component]
pub fn MiniHistogram(
    /// The counts.
    histogram: Histogram,
    /// The column.
    #[prop(into)]
    column: String,
) -> impl IntoView {
    let drawing = svg::mini_histogram(&Bins::of(&histogram, &column));
    view! { <span class="drawing" inner_html=drawing></span> }
}
