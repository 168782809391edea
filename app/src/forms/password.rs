//! Passwords and other things nobody else should read.

use super::field::{Tied, Ties};
use super::is_secret;
use leptos::prelude::*;

/// A password with a button to show it. Pasting and password managers work; what was typed never
/// comes back from the server. The button and the strength meter are brought to life by
/// `enhance.js`, so that they work on pages without wasm, and are not seen without script.
#[component]
pub fn PasswordField(
    /// The argument; a name that [`is_secret`].
    #[prop(default = "password".into(), into)]
    name: String,
    /// The label.
    #[prop(default = "Password".into(), into)]
    label: String,
    /// A line below the label.
    #[prop(optional, into)]
    help: Option<String>,
    /// A new password rather than the known one: shows how strong it is.
    #[prop(optional)]
    new: bool,
) -> impl IntoView {
    debug_assert!(is_secret(&name), "a password field needs a name that is kept secret");
    let ties = Ties::new(&name, help.is_some());
    let meter = new.then(|| {
        view! {
            <div class="strength needs-js" data-score="0" aria-hidden="true">
                <i></i>
                <i></i>
                <i></i>
                <i></i>
            </div>
            <span class="help" role="status" data-strength=""></span>
        }
    });
    let control = view! {
        <div class="joined">
            <input
                id=ties.id()
                name=name
                type="password"
                autocomplete=if new { "new-password" } else { "current-password" }
                required
                aria-invalid=ties.invalid()
                autofocus=ties.is_wrong()
                aria-describedby=ties.described()
            />
            <button type="button" class="btn needs-js" data-reveal="" aria-pressed="false">
                "Show"
            </button>
        </div>
        {meter}
    };
    view! { <Tied ties label help>{control}</Tied> }
}
