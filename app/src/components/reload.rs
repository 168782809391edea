//! The server is newer than the page.

use crate::live::Live;
use leptos::prelude::*;

/// Offers to load the page again once the server has told another build. The same bar is shown by
/// the page's own script when the wasm of the page is gone.
#[component]
pub fn ReloadBar() -> impl IntoView {
    let outdated = use_context::<Live>().map(Live::outdated);
    view! {
        <Show when=move || outdated.is_some_and(|outdated| outdated.get())>
            <div class="notice-bar" role="status">
                "ML Hub has been updated"
                <a class="btn" href="" rel="external">
                    "Reload"
                </a>
            </div>
        </Show>
    }
}
