//! Parts of a page, each with an address.

use leptos::prelude::*;

/// A tab.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tab {
    /// Where it leads.
    pub href: String,
    /// Its word.
    pub label: String,
    /// A few letters behind it: a count.
    pub note: String,
    /// Whether the note asks for attention.
    pub alert: bool,
    /// Whether it is the one shown.
    pub current: bool,
}

/// Tabs are links: they work without script and can be shared.
#[component]
pub fn Tabs(
    /// What they are parts of, for screen readers: “Parts of adult-census”.
    #[prop(into)]
    label: String,
    /// The tabs in order.
    tabs: Vec<Tab>,
) -> impl IntoView {
    let links = tabs.into_iter().map(|tab| {
        let note = (!tab.note.is_empty()).then(|| {
            view! { <span class=if tab.alert { "n live" } else { "n" }>{tab.note}</span> }
        });
        view! {
            <a href=tab.href aria-current=tab.current.then_some("page")>
                {tab.label}
                {note}
            </a>
        }
    });
    view! {
        <nav class="tabs" aria-label=label>
            {links.collect_view()}
        </nav>
    }
}
