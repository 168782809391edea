//! The quiet end of a page.

use crate::boot::Boot;
use leptos::prelude::*;

/// Where the rest is.
#[component]
pub fn Footer() -> impl IntoView {
    let build = use_context::<Boot>().unwrap_or_default().build;
    let build = (!build.is_empty()).then(|| view! { <span>{build}</span> });
    view! {
        <footer class="foot">
            <span>"ML Hub"</span>
            {build}
            <a href="/explore">"Explore"</a>
            <a href="/docs">"API and keys"</a>
        </footer>
    }
}
