//! Text of several lines: the only place with a `<textarea`.

use super::field::{Tied, Ties};
use crate::platform;
use leptos::prelude::*;

/// Text of several lines with its label.
///
/// Leptos 0.8 writes the child of a `<textarea>` on the server **without escaping it**: a text with
/// `</textarea><script>` would run. Here the child is escaped for the server; the browser, which
/// takes a child as text, gets it as it is. `cargo xtask tidy` allows no other `<textarea`.
#[component]
pub fn TextArea(
    /// The argument of the server function.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// What stands in it.
    #[prop(optional, into)]
    value: String,
    /// A line below the label.
    #[prop(optional, into)]
    help: Option<String>,
    /// Lines shown at first.
    #[prop(default = 4)]
    rows: u32,
    /// In a fixed-width face.
    #[prop(optional)]
    code: bool,
    /// Whether it may not stay empty.
    #[prop(optional)]
    required: bool,
) -> impl IntoView {
    let ties = Ties::new(&name, help.is_some());
    let value = ties.value(&name, value);
    view! {
        <Tied ties label help>
            <textarea
                id=ties.id()
                name=name
                rows=rows
                class=code.then_some("code")
                spellcheck=code.then_some("false")
                required=required
                aria-invalid=ties.invalid()
                aria-describedby=ties.described()
            >
                {platform::textarea_child(value)}
            </textarea>
        </Tied>
    }
}
