//! The browser: everything that touches it, behind plain functions.

mod dom;
mod echarts;
mod mount;
mod socket;
mod theme;
mod upload;

pub(crate) use dom::{after, keep_at_end, reload, seen, set_status, set_title};
pub(crate) use mount::mount_chart;
pub(crate) use socket::pump;
pub(crate) use upload::{stop_upload, take_over};

use crate::live::Live;
use crate::pages::Watched;
use crate::shell::Running;
use leptos::prelude::*;

/// Prepares what all islands of the page share: reads its [`Boot`](crate::boot::Boot). The page's
/// own script then wakes up the islands, one after the other.
pub fn hydrate() {
    std::panic::set_hook(Box::new(|panic| dom::complain(&panic.to_string())));
    leptos::mount::hydrate_islands();
    let boot = dom::boot().unwrap_or_default();
    provide_context(Running::new(boot.running.clone()));
    provide_context(Live::new(boot.build.clone()));
    provide_context(Watched::default());
    provide_context(boot);
}
