//! The document and the timer.

use crate::boot::Boot;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// The status of an answer is the server's affair.
pub(crate) fn set_status(_status: u16) {}

/// What the server wrote into the head.
pub(super) fn boot() -> Option<Boot> {
    let text = document().get_element_by_id("boot")?.text_content()?;
    serde_json::from_str(&text).ok()
}

/// Writes to the console.
pub(super) fn complain(text: &str) {
    web_sys::console::error_1(&JsValue::from_str(text));
}

/// Runs `f` once, after `milliseconds`.
pub(crate) fn after(milliseconds: u32, f: impl FnOnce() + 'static) {
    let wait = std::time::Duration::from_millis(u64::from(milliseconds));
    set_timeout(f, wait);
}

/// Whether somebody looks at the tab.
pub(crate) fn seen() -> bool {
    document().visibility_state() == web_sys::VisibilityState::Visible
}

/// The name of the tab.
pub(crate) fn set_title(title: &str) {
    document().set_title(title);
}

/// Scrolls a list that grows to its end, unless somebody has scrolled up to read.
pub(crate) fn keep_at_end(place: NodeRef<html::Div>) {
    /// Pixels from the end that still count as the end: a few new lines.
    const NEAR: i32 = 120;
    let Some(list) = place.get_untracked() else {
        return;
    };
    let begins = list.scroll_top() == 0;
    if begins || list.scroll_height() - list.scroll_top() - list.client_height() < NEAR {
        request_animation_frame(move || list.set_scroll_top(list.scroll_height()));
    }
}

/// Loads the page again.
pub(crate) fn reload() {
    let _ = window().location().reload();
}

/// A real number from 0 to 1.
pub(super) fn random() -> f64 {
    js_sys::Math::random()
}
