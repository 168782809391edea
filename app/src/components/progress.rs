//! How much is done.

use crate::format;
use leptos::prelude::*;

/// A bar; without a share it moves to and fro.
#[component]
pub fn ProgressBar(
    /// What is under way, for screen readers.
    #[prop(into)]
    label: String,
    /// From 0 to 1; `None` while nobody knows.
    #[prop(into)]
    share: Signal<Option<f64>>,
    /// `done`, `bad`, `quiet`, or amber when empty.
    #[prop(optional)]
    kind: &'static str,
) -> impl IntoView {
    let percent = move || share.get().map(|share| (share.clamp(0.0, 1.0) * 100.0).round());
    let class = move || match percent() {
        Some(_) => format!("bar {kind}").trim_end().to_string(),
        None => "bar unknown".to_string(),
    };
    view! {
        <div
            class=class
            role="progressbar"
            aria-label=label
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=move || percent().map(|p| p.to_string())
            aria-valuetext=move || share.get().map(format::percent)
        >
            <i style=move || percent().map(|p| format!("--w:{p}%"))></i>
        </div>
    }
}
