//! A line of facts.

use leptos::prelude::*;

/// A line of [`Fact`]s below a title.
#[component]
pub fn Facts(
    /// The facts.
    children: Children,
) -> impl IntoView {
    view! { <div class="facts">{children()}</div> }
}

/// A fact: a value in ink and its noun.
#[component]
pub fn Fact(
    /// The value.
    #[prop(into)]
    value: String,
    /// What comes before it: “updated”.
    #[prop(optional, into)]
    before: Option<String>,
    /// What comes behind it: “rows”.
    #[prop(optional, into)]
    after: Option<String>,
) -> impl IntoView {
    view! {
        <span>
            {before.map(|text| format!("{text} "))} <b>{value}</b>
            {after.map(|text| format!(" {text}"))}
        </span>
    }
}
