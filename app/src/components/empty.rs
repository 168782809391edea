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
    /// The one way on from here: where it leads, and the words for it.
    #[prop(optional)]
    way: Option<(String, &'static str)>,
    /// In its place: the buttons, the main one first.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let way = way.map(|(href, words)| {
        view! {
            <a class="btn" href=href>
                {words}
            </a>
        }
        .into_any()
    });
    let buttons = way.or_else(|| children.map(|children| children()));
    view! {
        <div class="empty">
            <Icon name=icon size="huge"/>
            <h2>{title}</h2>
            <p>{text}</p>
            {buttons.map(|buttons| view! { <div class="row">{buttons}</div> })}
        </div>
    }
    .into_any()
}
