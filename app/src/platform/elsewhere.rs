//! Where there is no browser: the server, and tests. Effects never run here, so what only effects
//! and event handlers call does nothing.

use crate::charts::Mounted;
use leptos::html;
use leptos::prelude::*;

/// Makes `status` the status of the answer that is being rendered.
pub(crate) fn set_status(status: u16) {
    #[cfg(feature = "ssr")]
    crate::ssr::set_status(status);
    #[cfg(not(feature = "ssr"))]
    let _ = status;
}

/// Runs `f` once, later.
pub(crate) fn after(_milliseconds: u32, _f: impl FnOnce() + 'static) {}

/// The name of the tab.
pub(crate) fn set_title(_title: &str) {}

/// Scrolls a list that grows to its end.
pub(crate) fn keep_at_end(_place: NodeRef<html::Div>) {}

/// Loads the page again.
pub(crate) fn reload() {}

/// Whether somebody looks at the tab: nobody does here.
pub(crate) fn seen() -> bool {
    false
}

/// Draws an interactive chart over the drawing of the server.
pub(crate) fn mount_chart(_place: NodeRef<html::Div>, _chart: Mounted) {}

/// Opens the websocket of the tab, and sends what waits.
pub(crate) fn pump(_live: crate::live::Live) {}

/// Takes over the sending of a form with a file.
pub(crate) fn take_over(_place: NodeRef<html::Div>, _upload: RwSignal<crate::forms::Upload>) {}

/// Stops the upload under way.
pub(crate) fn stop_upload() {}
