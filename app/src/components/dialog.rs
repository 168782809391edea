//! A window over the page, native.

use super::Icon;
use leptos::prelude::*;

/// Opens the dialog `opens` (by `enhance.js`). Without script it is a link to `href`, a page that
/// holds the same content.
#[component]
pub fn DialogButton(
    /// The id of the dialog.
    #[prop(into)]
    opens: String,
    /// The page that does the same.
    #[prop(into)]
    href: String,
    /// `btn` unless said otherwise.
    #[prop(default = "btn".into(), into)]
    class: String,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! {
        <a class=class href=href data-opens=opens aria-haspopup="dialog" rel="external">
            {children()}
        </a>
    }
}

/// A native `<dialog>` with a heading and a button that closes it.
#[component]
pub fn Dialog(
    /// Its id, for [`DialogButton`].
    #[prop(into)]
    id: String,
    /// Its heading.
    #[prop(into)]
    title: String,
    /// The content.
    children: Children,
) -> impl IntoView {
    let heading = format!("{id}-title");
    let labelled = heading.clone();
    view! {
        <dialog id=id aria-labelledby=labelled>
            <div class="hd">
                <h2 id=heading>{title}</h2>
                <form method="dialog">
                    <button class="btn quiet icon" aria-label="Close">
                        <Icon name="x"/>
                    </button>
                </form>
            </div>
            <div class="bd">{children()}</div>
        </dialog>
    }
}
