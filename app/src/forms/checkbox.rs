//! Yes or no.

use super::FormState;
use super::field::{ErrorLine, Ties};
use leptos::prelude::*;

/// A box that sends `true` when it is on and nothing when it is off: give the argument
/// `#[server(default)]`.
#[component]
pub fn Checkbox(
    /// The argument of the server function.
    #[prop(into)]
    name: String,
    /// What it says yes to.
    #[prop(into)]
    label: String,
    /// Whether it is on at first.
    #[prop(optional)]
    checked: bool,
    /// What it sends when it is on.
    #[prop(default = "true".into(), into)]
    value: String,
    /// A line below the label.
    #[prop(optional, into)]
    help: Option<String>,
) -> impl IntoView {
    let ties = Ties::new(&name, false);
    let given = FormState::around().map(FormState::all_given).unwrap_or_default();
    let checked = if given.is_empty() {
        checked
    } else {
        given.iter().any(|(n, v)| *n == name && *v == value)
    };
    view! {
        <div class="stack tight">
            <label class="check">
                <input
                    type="checkbox"
                    name=name
                    value=value
                    checked=checked
                    aria-invalid=ties.invalid()
                    aria-describedby=ties.described()
                />
                <span>{label} {help.map(|help| view! { <small>{help}</small> })}</span>
            </label>
            <ErrorLine id=format!("{}-error", ties.id()) error=ties.error()/>
        </div>
    }
}
