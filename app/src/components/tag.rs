//! A word in a pill.

use leptos::prelude::*;

/// A state or a kind, in a word.
#[component]
pub fn Tag(
    /// `ok`, `live`, `bad`, `plain`, or nothing.
    #[prop(optional)]
    kind: &'static str,
    /// A dot that pulses: something is at work.
    #[prop(optional)]
    pulse: bool,
    /// The word.
    children: Children,
) -> impl IntoView {
    let class = if kind.is_empty() { "tag".to_string() } else { format!("tag {kind}") };
    view! {
        <span class=class>
            {pulse.then(|| view! { <span class="dot pulse"></span> })} {children()}
        </span>
    }
}
