//! The quiet end of a page.

use crate::boot::Boot;
use leptos::prelude::*;

/// Where the rest is.
#[component]
pub fn Footer() -> impl IntoView {
    let build = use_context::<Boot>().unwrap_or_default().build;
    view! {
        <footer class="foot">
            <span title=format!("build {build}")>{concat!("ML Hub ", env!("CARGO_PKG_VERSION"))}</span>
            <a href="/explore">"Explore"</a>
            <a href="/docs">"API and keys"</a>
        </footer>
    }
}
