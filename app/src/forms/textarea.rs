//! Text of several lines: the only place with a `<textarea`.

use super::field::{Tied, Ties};
use leptos::prelude::*;

/// Text of several lines with its label.
///
/// Leptos 0.8 writes the child of a `<textarea>` on the server **without escaping it**: a text with
/// `</textarea><script>` would run. Here it is escaped by hand. `cargo xtask tidy` allows no other
/// `<textarea`.
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
    let control = view! {
        <textarea
            id=ties.id()
            name=name
            rows=rows
            class=code.then_some("code")
            spellcheck=code.then_some("false")
            required=required
            aria-invalid=ties.invalid()
            autofocus=ties.is_wrong()
            aria-describedby=ties.described()
        >
            {escaped(&value)}
        </textarea>
    };
    view! { <Tied ties label help>{control}</Tied> }
}

/// The child of a `<textarea>`. HTML drops a line break right after the opening tag, so a text that
/// begins with one gets two.
fn escaped(text: &str) -> String {
    let escaped = html_escape::encode_text(text);
    if text.starts_with('\n') { format!("\n{escaped}") } else { escaped.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_textarea_cannot_end_it() {
        let child = escaped("</textarea><script>alert(1)</script>");
        assert_eq!(child, "&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
        assert_eq!(escaped("\na"), "\n\na");
    }
}
