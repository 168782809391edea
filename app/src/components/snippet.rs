//! Code to take away.

use super::Icon;
use leptos::prelude::*;

/// Code with a button that copies it (by `enhance.js`; without script one selects it).
#[component]
pub fn Snippet(
    /// What it is: “Python”, “curl”.
    #[prop(into)]
    title: String,
    /// The code.
    #[prop(into)]
    code: String,
) -> impl IntoView {
    view! {
        <figure class="snippet">
            <figcaption>
                {title.clone()}
                <CopyButton/>
            </figcaption>
            <pre tabindex="0" role="region" aria-label=title>
                <code data-copied="">{code}</code>
            </pre>
        </figure>
    }
}

/// Something shown once: a token, with its button.
#[component]
pub fn Secret(
    /// The text.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        <div class="secret" data-copybox="">
            <code data-copied="">{text}</code>
            <CopyButton/>
        </div>
    }
}

/// The SHA-256 of a file: its beginning, and a button that copies all of it.
#[component]
pub fn Hash(
    /// The digits.
    #[prop(into)]
    digest: String,
) -> impl IntoView {
    view! {
        <span class="hash" data-copybox="">
            <span class="muted small">"SHA-256"</span>
            <code data-copied="" title=digest.clone()>
                {digest.clone()}
            </code>
            <CopyButton/>
        </span>
    }
}

/// Copies the `data-copied` text of its figure or box.
#[component]
fn CopyButton() -> impl IntoView {
    view! {
        <button type="button" class="btn quiet small needs-js" data-copy="">
            <Icon name="copy"/>
            <span data-said="Copied">"Copy"</span>
        </button>
    }
}
