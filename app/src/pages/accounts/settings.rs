//! What the settings pages share.

use crate::Page;
use crate::components::Icon;
use leptos::prelude::*;

/// The pages, in order: address, icon, word.
const PAGES: [(&str, &str, &str); 4] = [
    ("/settings", "user", "Profile"),
    ("/settings/security", "lock", "Security"),
    ("/settings/tokens", "key", "Access tokens"),
    ("/settings/appearance", "sun", "Appearance"),
];

/// A page of the settings with their list beside it.
#[component]
pub(super) fn SettingsPage(
    /// Its address.
    at: &'static str,
    /// Its cards.
    children: Children,
) -> impl IntoView {
    let word = PAGES.iter().find(|(address, ..)| *address == at).map_or("Settings", |page| page.2);
    let links = PAGES.map(|(address, icon, word)| {
        view! {
            <a href=address aria-current=(address == at).then_some("page")>
                <Icon name=icon/>
                {word}
            </a>
        }
    });
    view! {
        <Page title=format!("{word} · Settings") class="narrow">
            <div class="sided">
                <nav class="side" aria-label="Settings">
                    {links.into_iter().collect_view()}
                </nav>
                <div class="stack loose">
                    <h1>{word}</h1>
                    {children()}
                </div>
            </div>
        </Page>
    }
}
