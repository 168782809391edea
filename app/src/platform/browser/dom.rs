//! The document, the clock, the timer.

use crate::boot::Boot;
use chrono::{DateTime, Utc};
use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

/// The real time.
pub(crate) fn clock() -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(js_sys::Date::now() as i64)
}

/// The status of an answer is the server's affair.
pub(crate) fn set_status(_status: u16) {}

/// The child of a `<textarea>`: the browser takes it as text.
pub(crate) fn textarea_child(text: String) -> String {
    text
}

/// Nobody reads it here.
pub(crate) fn text_for_browser(_data: &impl serde::Serialize) -> String {
    String::new()
}

/// A page that the browser never draws by itself: a link within the tab leads to its address, and
/// the server is asked for it. The page's own code is therefore no part of the wasm.
pub(crate) fn plain<V: IntoView + 'static>(
    _page: impl Fn() -> V + Clone + Send + 'static,
) -> impl Fn() -> AnyView + Clone + Send + 'static {
    || {
        let place = use_location();
        let (path, query) = (place.pathname.get_untracked(), place.search.get_untracked());
        let query = query.trim_start_matches('?');
        let mark = if query.is_empty() { "" } else { "?" };
        let _ = window().location().set_href(&format!("{path}{mark}{query}"));
        ().into_any()
    }
}

/// What the server wrote into the head.
pub(super) fn boot() -> Option<Boot> {
    let text = document().get_element_by_id("boot")?.text_content()?;
    serde_json::from_str(&text).ok()
}

/// Writes to the console.
pub(super) fn complain(text: &str) {
    web_sys::console::error_1(&JsValue::from_str(text));
}

/// Moves the focus to the first field that is wrong, once the errors stand there.
pub(crate) fn focus_first_error(form: NodeRef<html::Form>) {
    request_animation_frame(move || {
        let Some(form) = form.get_untracked() else {
            return;
        };
        if let Ok(Some(field)) = form.query_selector("[aria-invalid=true]")
            && let Some(field) = field.dyn_ref::<HtmlElement>()
        {
            let _ = field.focus();
        }
    });
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

/// A real number from 0 to 1.
pub(super) fn random() -> f64 {
    js_sys::Math::random()
}

thread_local! {
    /// The path of the page that was shown last.
    static SHOWN: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// A page is there. After a navigation within the tab the focus goes to its heading, so that
/// keyboards and screen readers start there and not at the old link; a new filter or tab of the
/// same page moves nothing.
pub(crate) fn arrived() {
    let path = window().location().pathname().ok();
    let before = SHOWN.replace(path.clone());
    if before.is_none() || before == path {
        return;
    }
    request_animation_frame(|| {
        if let Ok(Some(heading)) = document().query_selector("main h1")
            && let Some(heading) = heading.dyn_ref::<HtmlElement>()
        {
            let _ = heading.set_attribute("tabindex", "-1");
            let _ = heading.focus();
        }
    });
}
