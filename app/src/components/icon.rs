//! Icons from one sprite.

use crate::boot::Boot;
use leptos::prelude::*;

/// An icon of the sprite `icons.svg`; always beside a word, or with a label on its button.
#[component]
pub fn Icon(
    /// Its id in the sprite: `database`, `upload`.
    name: &'static str,
    /// `big` (20 px), `huge` (28 px), or as the text around it.
    #[prop(optional)]
    size: &'static str,
) -> impl IntoView {
    let sprite = use_context::<Boot>().unwrap_or_default().assets.url("icons.svg");
    let class = if size.is_empty() { "icon".to_string() } else { format!("icon {size}") };
    view! {
        <svg class=class viewBox="0 0 24 24" aria-hidden="true">
            <use href=format!("{sprite}#{name}")></use>
        </svg>
    }
}
