//! The bar above a list.

use leptos::prelude::*;

/// A choice in the bar above a list, which narrows or orders it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    /// Its key in the address.
    pub key: &'static str,
    /// What is chosen, for screen readers: “Status”.
    pub label: &'static str,
    /// What there is to choose: the word in the address and that on the page, the one that is
    /// chosen by itself first.
    pub options: Vec<(&'static str, &'static str)>,
    /// The word in the address that is chosen.
    pub chosen: String,
}

/// A search and choices that narrow or order a list. One form, which is sent to the address of the
/// list.
#[component]
pub fn Finder(
    /// The path of the list.
    #[prop(into)]
    action: String,
    /// What is looked for: “Find runs by name”.
    #[prop(into)]
    label: String,
    /// The text that is looked for.
    #[prop(into)]
    q: String,
    /// The choices.
    #[prop(optional)]
    picks: Vec<Pick>,
    /// What else of the address stays.
    #[prop(optional)]
    kept: Vec<(&'static str, String)>,
) -> impl IntoView {
    let picks = picks.into_iter().map(select).collect_view();
    let kept = kept
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> }.into_any());
    view! {
        <form method="get" action=action class="toolbar" role="search">
            <input type="search" name="q" value=q placeholder=label.clone() aria-label=label/>
            {picks}
            {kept.collect_view()}
            <button class="btn">"Find"</button>
        </form>
    }
}

fn select(pick: Pick) -> AnyView {
    let Pick { key, label, options, chosen } = pick;
    let options = options.into_iter().map(|(value, word)| {
        let selected = value == chosen;
        view! {
            <option value=value selected=selected>
                {word}
            </option>
        }
    });
    view! {
        <select name=key aria-label=label>
            {options.collect_view()}
        </select>
    }
    .into_any()
}
