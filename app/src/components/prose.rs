//! Text that people have written in Markdown.

use leptos::prelude::*;

/// HTML that can do no harm: `ssr::markdown` makes it, and nothing else does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// What was cleaned of everything that may not stand in a page.
    pub(crate) fn cleaned(html: String) -> Self {
        Self(html)
    }

    /// The HTML itself.
    #[cfg(test)]
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Headings (from `h3` on), lists, tables, code, as somebody wrote them.
#[component]
pub fn Prose(
    /// From `ssr::markdown`.
    html: Html,
) -> impl IntoView {
    view! { <div class="prose" inner_html=html.0></div> }
}
