//! One line of text.

use super::field::{Tied, Ties};
use leptos::prelude::*;

/// One line of text with its label.
#[component]
pub fn TextField(
    /// The argument of the server function.
    #[prop(into)]
    name: String,
    /// The label, in sentence case without a colon.
    #[prop(into)]
    label: String,
    /// What stands in it.
    #[prop(optional, into)]
    value: String,
    /// A line below the label: what to write, with an example.
    #[prop(optional, into)]
    help: Option<String>,
    /// `text`, `email`, `url`, `search`, `date`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may fill in: `username`, `email`, `one-time-code`, `off`.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    /// An example in the empty field; never the only place of a rule.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// Whether it may not stay empty.
    #[prop(optional)]
    required: bool,
    /// Whether the page opens with the cursor here.
    #[prop(optional)]
    autofocus: bool,
    /// In a fixed-width face: names, addresses, code.
    #[prop(optional)]
    code: bool,
    /// Values to choose from while typing.
    #[prop(optional)]
    suggestions: Vec<String>,
) -> impl IntoView {
    let ties = Ties::new(&name, help.is_some());
    let value = ties.value(&name, value);
    let list = (!suggestions.is_empty()).then(|| format!("{}-list", ties.id()));
    let options = list.clone().map(|id| {
        let options = suggestions.into_iter().map(|s| view! { <option value=s></option> });
        view! { <datalist id=id>{options.collect_view()}</datalist> }
    });
    let control = view! {
        <input
            id=ties.id()
            name=name
            type=kind
            value=value
            class=code.then_some("code")
            autocomplete=autocomplete
            autocapitalize=code.then_some("none")
            spellcheck=code.then_some("false")
            placeholder=placeholder
            required=required
            list=list
            aria-invalid=ties.invalid()
            autofocus=autofocus || ties.is_wrong()
            aria-describedby=ties.described()
        />
        {options}
    };
    view! { <Tied ties label help>{control}</Tied> }
}
