//! Keys: the palette that leads anywhere, and the list of all keys. Both are templates, of which
//! `enhance.js` makes dialogs; without script the same places are links and a page.

use crate::boot::Visitor;
use crate::components::Icon;
use leptos::prelude::*;
use mlhub_domain::projects::ProjectPath;

/// What a person may press, and what it does.
const KEYS: [(&[&str], &str); 6] = [
    (&["Ctrl K"], "Go to any project, dataset, model, run or page, or do something"),
    (&["/"], "Go to the search of the page"),
    (&["j", "k"], "Go to the next or the previous row of a list"),
    (&["Enter"], "Open what one is at"),
    (&["Esc"], "Close a menu, a window or a row"),
    (&["?"], "Show these keys"),
];

/// The dialogs of the keyboard, to be brought to life.
#[component]
pub fn Palette(
    /// Who is signed in.
    visitor: Option<Visitor>,
    /// The path of the page.
    path: String,
) -> impl IntoView {
    // The latest things of the one who is signed in stand on the dashboard.
    let recent = visitor.is_some().then_some("/dashboard");
    // What one may do in a project stands on its page.
    let project = project(&path).map(|at| at.page());
    let (places, acts) = (places(visitor.as_ref()), acts(visitor.is_some()));
    view! {
        <template id="palette-template" data-recent=recent data-project=project>
            <dialog class="palette" aria-label="Search or jump to">
                {field()}
                <div role="listbox" id="palette-list" aria-label="Places">
                    {places.into_iter().map(place_option).collect_view()}
                    <a role="option" tabindex="-1" href="/docs#keys" data-does="keys">
                        <Icon name="info"/>
                        <span>"Keyboard shortcuts"</span>
                        <small>"Help"</small>
                    </a>
                    {acts.into_iter().map(act_option).collect_view()}
                </div>
                <p class="visually-hidden" role="status"></p>
            </dialog>
        </template>
        <template id="keys-template">{keys_dialog()}</template>
    }
}

/// Where one types what one looks for.
fn field() -> impl IntoView {
    view! {
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
    }
}

fn place_option((href, icon, label): (String, &'static str, &'static str)) -> impl IntoView {
    view! {
        <a role="option" tabindex="-1" href=href>
            <Icon name=icon/>
            <span>{label}</span>
            <small>"Page"</small>
        </a>
    }
}

fn act_option((does, icon, label): (&'static str, &'static str, &'static str)) -> impl IntoView {
    view! {
        <button type="button" role="option" tabindex="-1" data-does=does>
            <Icon name=icon/>
            <span>{label}</span>
            <small>"Action"</small>
        </button>
    }
}

/// All keys, and whether those without Ctrl are on.
fn keys_dialog() -> impl IntoView {
    view! {
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
    }
}

/// The project that a path leads into.
fn project(path: &str) -> Option<ProjectPath> {
    let mut segments = path.split('/').skip(1);
    let (owner, project) = (segments.next()?.parse().ok()?, segments.next()?.parse().ok()?);
    Some(ProjectPath { owner, project })
}

/// What is done where one is: what `enhance.js` knows it by, icon, word.
fn acts(signed_in: bool) -> Vec<(&'static str, &'static str, &'static str)> {
    let colours = [
        ("light", "sun", "Light colours"),
        ("dark", "moon", "Dark colours"),
        ("system", "monitor", "Colours of the system"),
    ];
    let leave = signed_in.then_some(("sign-out", "log-out", "Sign out"));
    colours.into_iter().chain(leave).collect()
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

#[cfg(test)]
mod tests {
    use super::project;

    #[test]
    fn a_page_is_in_a_project_when_its_address_begins_with_one() {
        let page = |path| project(path).map(|at| at.page());
        assert_eq!(page("/ada/titanic/runs/7").as_deref(), Some("/ada/titanic"));
        assert_eq!(page("/ada/titanic").as_deref(), Some("/ada/titanic"));
        for path in ["/", "/ada", "/ada/", "/settings/tokens", "/dashboard/new", "/explore"] {
            assert_eq!(page(path), None, "{path}");
        }
    }
}
