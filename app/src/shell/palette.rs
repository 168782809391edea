//! Keys: the palette that leads anywhere, and the list of all keys. Both are templates, of which
//! `enhance.js` makes dialogs; without script the same places are links and a page.

use crate::boot::Visitor;
use crate::components::Icon;
use leptos::prelude::*;

/// What a person may press, and what it does.
const KEYS: [(&[&str], &str); 6] = [
    (&["Ctrl K"], "Search, or jump to a page, project, dataset, model, run"),
    (&["/"], "Go to the search of the page"),
    (&["j", "k"], "Go to the next or the previous row of a list"),
    (&["Enter"], "Open what one is at"),
    (&["Esc"], "Close a menu or a window"),
    (&["?"], "Show these keys"),
];

/// The dialogs of the keyboard, to be brought to life.
#[component]
pub fn Palette(
    /// Who is signed in.
    visitor: Option<Visitor>,
) -> impl IntoView {
    // The latest things of the one who is signed in stand on the dashboard.
    let recent = visitor.is_some().then_some("/dashboard");
    let places = places(visitor.as_ref()).into_iter().map(|(href, icon, label)| {
        view! {
            <a role="option" tabindex="-1" href=href>
                <Icon name=icon/>
                <span>{label}</span>
                <small>"Page"</small>
            </a>
        }
    });
    view! {
        <template id="palette-template" data-recent=recent>
            <dialog class="palette" aria-label="Search or jump to">
                <input
                    type="text"
                    role="combobox"
                    aria-label="Search or jump to"
                    aria-expanded="true"
                    aria-autocomplete="list"
                    aria-controls="palette-list"
                    placeholder="Search or jump to…"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                />
                <div role="listbox" id="palette-list" aria-label="Places">
                    {places.collect_view()}
                    <a role="option" tabindex="-1" href="/docs#keys" data-keys="">
                        <Icon name="info"/>
                        <span>"Keyboard shortcuts"</span>
                        <small>"Help"</small>
                    </a>
                </div>
                <p class="visually-hidden" role="status"></p>
            </dialog>
        </template>
        <template id="keys-template">
            <dialog aria-labelledby="keys-title">
                <div class="hd">
                    <h2 id="keys-title">"Keys"</h2>
                    <form method="dialog">
                        <button class="btn quiet icon" aria-label="Close">
                            <Icon name="x"/>
                        </button>
                    </form>
                </div>
                <div class="bd">
                    <Keys/>
                    <label class="check">
                        <input type="checkbox" data-single-keys=""/>
                        <span>"Keys without Ctrl are on in this browser"</span>
                    </label>
                </div>
            </dialog>
        </template>
    }
}

/// The pages that everybody has: address, icon, word.
fn places(visitor: Option<&Visitor>) -> Vec<(String, &'static str, &'static str)> {
    let place = |href: &str, icon, label| (href.to_owned(), icon, label);
    let open = [place("/explore", "globe", "Explore"), place("/docs", "code", "API and keys")];
    let Some(visitor) = visitor else {
        let doors = [place("/login", "log-in", "Sign in"), place("/", "home", "Start")];
        return doors.into_iter().chain(open).collect();
    };
    let own = [
        place("/dashboard", "home", "Dashboard"),
        place("/dashboard/new", "plus", "New project"),
        place(&format!("/{}", visitor.username), "user", "Your page"),
    ];
    let settings = [
        place("/settings", "settings", "Settings"),
        place("/settings/security", "lock", "Password and sessions"),
        place("/settings/tokens", "key", "Access tokens"),
        place("/settings/appearance", "sun", "Appearance"),
    ];
    own.into_iter().chain(open).chain(settings).collect()
}

/// All keys, as a list.
#[component]
pub fn Keys() -> impl IntoView {
    let rows = KEYS.map(|(keys, does)| {
        let keys = keys.iter().map(|key| view! { <kbd>{*key}</kbd> " " }).collect_view();
        view! {
            <dt>{keys}</dt>
            <dd>{does}</dd>
        }
    });
    view! { <dl class="keys">{rows.into_iter().collect_view()}</dl> }
}
