//! A surface with a heading.

use leptos::prelude::*;

/// A card: heading, something small beside it, content.
#[component]
pub fn Card(
    /// The heading.
    #[prop(optional, into)]
    title: String,
    /// Columns of the twelve: `c3` … `c12`; other classes too.
    #[prop(optional, into)]
    class: String,
    /// What stands at the right of the heading: a legend, a link, a few words.
    #[prop(optional, into)]
    aside: ViewFn,
    /// An id to link to.
    #[prop(optional, into)]
    id: Option<String>,
    /// The content.
    children: Children,
) -> impl IntoView {
    let heading = (!title.is_empty()).then(|| {
        view! {
            <div class="hd">
                <h2>{title}</h2>
                <span class="grow"></span>
                {aside.run()}
            </div>
        }
    });
    view! {
        <section class=format!("card {class}").trim_end().to_string() id=id>
            {heading}
            <div class="bd">{children()}</div>
        </section>
    }
}
