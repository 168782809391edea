//! The browser: everything that touches it, behind plain functions.

mod dom;
mod echarts;
mod mount;
mod socket;
mod theme;

pub(crate) use dom::{
    after, arrived, clock, focus_first_error, plain, seen, set_status, text_for_browser,
    textarea_child,
};
pub(crate) use mount::mount_chart;
pub(crate) use socket::pump;

use crate::shell::App;
use leptos::prelude::*;

/// Wakes up the page: reads its [`Boot`] and takes over what the server has drawn.
pub fn hydrate() {
    std::panic::set_hook(Box::new(|panic| dom::complain(&panic.to_string())));
    leptos::mount::hydrate_body(|| {
        provide_context(dom::boot().unwrap_or_default());
        view! { <App/> }
    });
}
