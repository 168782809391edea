//! One of several, in a list that folds.

use super::field::{Tied, Ties};
use leptos::prelude::*;

/// An entry of a [`Select`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectOption {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
}

impl SelectOption {
    /// An entry.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

impl From<&str> for SelectOption {
    fn from(word: &str) -> Self {
        Self::new(word, word)
    }
}

impl From<String> for SelectOption {
    fn from(word: String) -> Self {
        Self::new(word.clone(), word)
    }
}

/// One of several, in a list that folds.
#[component]
pub fn Select(
    /// The argument of the server function.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// What one can choose.
    options: Vec<SelectOption>,
    /// The value chosen.
    #[prop(optional, into)]
    value: String,
    /// A line below the label.
    #[prop(optional, into)]
    help: Option<String>,
) -> impl IntoView {
    let ties = Ties::new(&name, help.is_some());
    let chosen = ties.value(&name, value);
    let options = options.into_iter().map(move |option| {
        let selected = option.value == chosen;
        view! {
            <option value=option.value selected=selected>
                {option.label}
            </option>
        }
    });
    let control = view! {
        <select
            id=ties.id()
            name=name
            aria-invalid=ties.invalid()
            autofocus=ties.is_wrong()
            aria-describedby=ties.described()
        >
            {options.collect_view()}
        </select>
    };
    view! { <Tied ties label help>{control}</Tied> }
}
