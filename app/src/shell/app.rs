//! The tree that server and browser both build.

use super::{Footer, Running, TopBar};
use crate::boot::Boot;
use crate::components::{ReloadBar, ToastRegion, Toasts};
use crate::live::Live;
use crate::routes::Routing;
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::Router;

/// Everything below `<body>`. Reads [`Boot`] from the context; the server provides it for each
/// request, [`crate::hydrate`] reads it from the page.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let boot = use_context::<Boot>().unwrap_or_default();
    provide_context(Running::new(boot.running.clone()));
    provide_context(Toasts::default());
    provide_context(Live::new(boot.build.clone()));
    provide_context(boot);
    view! {
        <Router>
            <a class="skip" href="#main" rel="external">
                "Skip to content"
            </a>
            <TopBar/>
            <Routing/>
            <Footer/>
            <ToastRegion/>
            <ReloadBar/>
        </Router>
    }
}
