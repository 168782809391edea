//! Who is signed in, and where one's own things are.

use super::ThemeSwitch;
use crate::boot::Visitor;
use crate::components::Icon;
use leptos::prelude::*;

/// The round face and its menu. Signing out is a plain form: afterwards everything is drawn anew
/// for nobody.
#[component]
pub fn AccountMenu(
    /// Who.
    visitor: Visitor,
) -> impl IntoView {
    let entry = |href: String, icon: &'static str, label: &'static str| {
        view! { <a href=href><Icon name=icon/>{label}</a> }
    };
    let username = visitor.username.to_string();
    let named = visitor.display_name != username;
    let profile = entry(format!("/{}", visitor.username), "user", "Your page");
    view! {
        <details class="menu" data-menu="">
            <summary
                class="face"
                aria-label=format!("Account: {}", visitor.username)
                data-initials=visitor.initials()
            ></summary>
            <div class="panel">
                <div class="who">
                    <b>{visitor.display_name.clone()}</b>
                    {named.then(|| view! { <span class="muted">{username.clone()}</span> })}
                </div>
                <hr/>
                {entry("/dashboard".into(), "home", "Dashboard")}
                {profile}
                {entry("/settings".into(), "settings", "Settings")}
                {entry("/settings/tokens".into(), "key", "Access tokens")}
                <hr/>
                <ThemeSwitch/>
                <hr/>
                <form method="post" action="/logout">
                    <button>
                        <Icon name="log-out"/>
                        "Sign out"
                    </button>
                </form>
            </div>
        </details>
    }
}
