//! What is not there yet.

use super::Icon;
use leptos::prelude::*;

/// An empty list teaches: one sentence what would stand here, one button that makes the first one.
#[component]
pub fn EmptyState(
    /// An icon of the sprite.
    icon: &'static str,
    /// “No datasets yet”.
    #[prop(into)]
    title: String,
    /// One sentence what would stand here and why one wants it.
    #[prop(into)]
    text: String,
    /// The buttons, the main one first.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon name=icon size="huge"/>
            <h2>{title}</h2>
            <p>{text}</p>
            {children.map(|children| view! { <div class="row">{children()}</div> })}
        </div>
    }
    .into_any()
}
