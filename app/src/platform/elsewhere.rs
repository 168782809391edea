//! Where there is no browser: the server, and tests. Effects never run here, so what only effects
//! and event handlers call does nothing.

use crate::charts::Mounted;
use chrono::{DateTime, Utc};
use leptos::html;
use leptos::prelude::*;

/// The real time, where views may use it: nowhere here.
pub(crate) fn clock() -> Option<DateTime<Utc>> {
    None
}

/// Makes `status` the status of the answer that is being rendered.
pub(crate) fn set_status(status: u16) {
    #[cfg(feature = "ssr")]
    crate::ssr::set_status(status);
    #[cfg(not(feature = "ssr"))]
    let _ = status;
}

/// The child of a `<textarea>`, which Leptos 0.8 writes as it is. HTML drops a line break right
/// after the opening tag, so a text that begins with one gets two.
pub(crate) fn textarea_child(text: String) -> String {
    let escaped = html_escape::encode_text(&text);
    if text.starts_with('\n') { format!("\n{escaped}") } else { escaped.into_owned() }
}

/// What the browser will read of a page's data.
pub(crate) fn text_for_browser(data: &impl serde::Serialize) -> String {
    serde_json::to_string(data).unwrap_or_default()
}

/// A page that the browser never draws by itself.
pub(crate) fn plain<V: IntoView + 'static>(
    page: impl Fn() -> V + Clone + Send + 'static,
) -> impl Fn() -> AnyView + Clone + Send + 'static {
    move || page().into_any()
}

/// Moves the focus to the first field that is wrong.
pub(crate) fn focus_first_error(_form: NodeRef<html::Form>) {}

/// A page is there.
pub(crate) fn arrived() {}

/// Runs `f` once, later.
pub(crate) fn after(_milliseconds: u32, _f: impl FnOnce() + 'static) {}

/// Whether somebody looks at the tab: nobody does here.
pub(crate) fn seen() -> bool {
    false
}

/// Draws an interactive chart over the drawing of the server.
pub(crate) fn mount_chart(_place: NodeRef<html::Div>, _chart: Mounted) {}

/// Opens the websocket of the tab, and sends what waits.
pub(crate) fn pump(_live: crate::live::Live) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_textarea_cannot_end_it() {
        let child = textarea_child("</textarea><script>alert(1)</script>".into());
        assert_eq!(child, "&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
        assert_eq!(textarea_child("\na".into()), "\n\na");
    }
}
