//! A number.

use super::field::{Tied, Ties};
use leptos::prelude::*;

/// A number with its label and unit. It is a text field with a keyboard for numbers: a wheel cannot
/// change it by accident, and what cannot be read as a number comes back as it was typed.
#[component]
pub fn NumberField(
    /// The argument of the server function.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// What stands in it.
    #[prop(optional, into)]
    value: String,
    /// A line below the label: the range, “17 – 90”.
    #[prop(optional, into)]
    help: Option<String>,
    /// The unit behind it: `rows`, `s`, `MiB`.
    #[prop(optional, into)]
    unit: Option<String>,
    /// Whole numbers only.
    #[prop(optional)]
    whole: bool,
    /// What stands in it when nothing does: the default.
    #[prop(optional, into)]
    placeholder: Option<String>,
) -> impl IntoView {
    let ties = Ties::new(&name, help.is_some());
    let value = ties.value(&name, value);
    let input = view! {
        <input
            id=ties.id()
            name=name
            type="text"
            inputmode=if whole { "numeric" } else { "decimal" }
            autocomplete="off"
            value=value
            placeholder=placeholder
            aria-invalid=ties.invalid()
            autofocus=ties.is_wrong()
            aria-describedby=ties.described()
        />
    };
    let control = match unit {
        Some(unit) => view! {
            <div class="joined">
                {input}
                <span class="unit">{unit}</span>
            </div>
        }
        .into_any(),
        None => input.into_any(),
    };
    view! { <Tied ties label help>{control}</Tied> }
}
