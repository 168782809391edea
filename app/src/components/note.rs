//! Something worth saying beside the content.

use super::Icon;
use leptos::prelude::*;

/// A coloured line: amber for “look here”, `ok`, `bad` or `plain`.
#[component]
pub fn Note(
    /// `ok`, `bad`, `plain`, or amber when empty.
    #[prop(optional)]
    kind: &'static str,
    /// A word or two in front.
    #[prop(optional, into)]
    title: Option<String>,
    /// What there is to say.
    children: Children,
) -> impl IntoView {
    let icon = match kind {
        "ok" => "check",
        "plain" => "info",
        _ => "alert-triangle",
    };
    view! {
        <div class=format!("note {kind}").trim_end().to_string()>
            <Icon name=icon/>
            {title.map(|title| view! { <b>{title}</b> })}
            <span class="grow">{children()}</span>
        </div>
    }
}
