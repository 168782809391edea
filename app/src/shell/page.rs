//! The frame of a page's own part.

use crate::boot::Boot;
use crate::components::Note;
use leptos::prelude::*;
use leptos_meta::{Meta, Title};

/// What is said of a page that has no words of its own.
const ABOUT: &str = "Store and explore tables, train models, see how good a model is, and let anybody predict with it.";

/// The main part of a page, its title, and what search engines and messengers show of it.
#[component]
pub fn Page(
    /// What stands in the tab, before “· ML Hub”.
    #[prop(into)]
    title: String,
    /// What the page is about, in a sentence or a few; ML Hub itself when empty.
    #[prop(optional, into)]
    about: String,
    /// `wide`, `narrow`, `slim`, `auth`, or nothing for 1440 px.
    #[prop(optional, into)]
    class: String,
    /// The page.
    children: Children,
) -> impl IntoView {
    let about = if about.trim().is_empty() { ABOUT.to_owned() } else { first_words(&about) };
    view! {
        <Title text=format!("{title} · ML Hub")/>
        <Meta name="description" content=about.clone()/>
        <Meta property="og:title" content=title/>
        <Meta property="og:description" content=about/>
        <main id="main" class=class tabindex="-1">
            {deleted()}
            {children()}
        </main>
    }
    .into_any()
}

/// What the form that led here has deleted: its own page is gone, so the next one says so.
fn deleted() -> Option<AnyView> {
    let said = format!("{} was deleted.", use_context::<Boot>()?.deleted?);
    let note = view! {
        <div role="status">
            <Note kind="ok">{said}</Note>
        </div>
    };
    Some(note.into_any())
}

/// As much of a description as is shown elsewhere: whole words, 160 characters at most.
fn first_words(text: &str) -> String {
    let mut short = String::new();
    for word in text.split_whitespace() {
        if short.chars().count() + word.chars().count() > 158 {
            short.push('…');
            break;
        }
        if !short.is_empty() {
            short.push(' ');
        }
        short.push_str(word);
    }
    short
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

#[cfg(test)]
mod tests {
    use super::first_words;

    #[test]
    fn a_description_ends_at_a_word() {
        assert_eq!(first_words(" Which iris\nis it? "), "Which iris is it?");
        let long = first_words(&"petal ".repeat(60));
        assert_eq!(long.chars().count(), 26 * 6);
        assert!(long.ends_with("petal…"), "{long}");
    }
}
