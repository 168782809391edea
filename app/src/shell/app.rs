//! The tree that the server builds.

use super::{Footer, Running, TopBar};
use crate::boot::Boot;
use crate::routes::Routing;
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::Router;

/// Everything below `<body>`. Reads [`Boot`] from the context, which the server provides for each
/// request.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let boot = use_context::<Boot>().unwrap_or_default();
    provide_context(Running::new(boot.running.clone()));
    provide_context(boot);
    view! {
        <Router>
            <a class="skip" href="#main" rel="external">
                "Skip to content"
            </a>
            <TopBar/>
            <Routing/>
            <Footer/>
        </Router>
    }
}
