//! Bars beside their names: importances, probabilities.

use leptos::prelude::*;

/// A bar.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bar {
    /// Its name.
    pub name: String,
    /// Its length.
    pub value: f64,
    /// Its value in words: “83 %”.
    pub said: String,
    /// Pale: not the one chosen.
    pub faint: bool,
}

/// Bars below each other, the longest as long as there is room. HTML, not a drawing: names wrap.
#[component]
pub fn HBars(
    /// The bars, in order.
    bars: Vec<Bar>,
    /// The value of a full bar; the largest value when absent. 1 for probabilities.
    #[prop(optional)]
    full: Option<f64>,
) -> impl IntoView {
    let largest = bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
    let full = full.unwrap_or(largest);
    let rows = bars.into_iter().map(|bar| row(bar, full).into_any()).collect_view();
    view! {
        <div class="hbars" role="list">
            {rows}
        </div>
    }
}

fn row(bar: Bar, full: f64) -> impl IntoView {
    let share = if full > 0.0 { (bar.value / full).clamp(0.0, 1.0) } else { 0.0 };
    view! {
        <div class="hbar" role="listitem">
            <span>{bar.name}</span>
            <i
                class=bar.faint.then_some("faint")
                style=format!("--w:{:.1}%", share * 100.0)
                aria-hidden="true"
            ></i>
            <span class=if bar.faint { "muted num" } else { "num" }>{bar.said}</span>
        </div>
    }
}
