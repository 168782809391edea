//! The frame of a page's own part.

use leptos::prelude::*;
use leptos_meta::Title;

/// The main part of a page and its title.
#[component]
pub fn Page(
    /// What stands in the tab, before “· ML Hub”.
    #[prop(into)]
    title: String,
    /// `wide`, `narrow`, `slim`, `auth`, or nothing for 1440 px.
    #[prop(optional, into)]
    class: String,
    /// The page.
    children: Children,
) -> impl IntoView {
    view! {
        <Title text=format!("{title} · ML Hub")/>
        <main id="main" class=class tabindex="-1">
            {children()}
        </main>
    }
    .into_any()
}

/// The head of a page: what it is, facts about it, at most one primary action.
#[component]
pub fn Head(
    /// The name of the thing; the only `h1` of the page.
    #[prop(into)]
    title: String,
    /// Tags beside the title.
    #[prop(optional, into)]
    tags: ViewFn,
    /// A line of facts below it, see [`crate::components::Facts`].
    #[prop(optional, into)]
    facts: ViewFn,
    /// Buttons at the right, the primary one last.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="head">
            <div class="what">
                <div class="title">
                    <h1 tabindex="-1">{title}</h1>
                    {tags.run()}
                </div>
                {facts.run()}
            </div>
            {children.map(|children| view! { <div class="row">{children()}</div> })}
        </div>
    }
    .into_any()
}
