//! One big number.

use leptos::prelude::*;

/// A number, what it is, and what to hold it against.
#[component]
pub fn Stat(
    /// The number, formatted.
    #[prop(into)]
    value: String,
    /// What it is, with its interval: “accuracy, ± 0.006”.
    #[prop(into)]
    label: String,
    /// The unit, small behind the number.
    #[prop(optional, into)]
    unit: Option<String>,
    /// The baseline or the difference to it.
    #[prop(optional, into)]
    against: Option<String>,
    /// How it compares: `worse`, `same`, or better when empty.
    #[prop(optional)]
    verdict: &'static str,
    /// The full value, shown on hover.
    #[prop(optional, into)]
    exact: Option<String>,
) -> impl IntoView {
    let unit = unit.map(|unit| view! { <small>{format!(" {unit}")}</small> });
    let against = against.map(|text| {
        view! { <span class=format!("d {verdict}").trim_end().to_string()>{text}</span> }
    });
    view! {
        <div class="stat">
            <span class="v" title=exact>
                {value}
                {unit}
            </span>
            <span class="k">{label}</span>
            {against}
        </div>
    }
}
