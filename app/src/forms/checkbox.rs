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
    /// Whether it has the focus at first.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let ties = Ties::new(&name, false);
    // What is wrong with boxes of one name is said above them.
    let alone = !name.ends_with("[]");
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
                    autofocus=autofocus || ties.is_wrong()
                    aria-describedby=alone.then(|| ties.described())
                />
                <span>{label} {help.map(|help| view! { <small>{help}</small> })}</span>
            </label>
            {alone.then(|| {
                view! { <ErrorLine id=format!("{}-error", ties.id()) error=ties.error()/> }
            })}
        </div>
    }
}
