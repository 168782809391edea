//! One of a few, each with a sentence that helps to choose.

use super::field::{ErrorLine, Ties};
use leptos::prelude::*;

/// A card of [`RadioCards`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// Its name.
    pub label: String,
    /// When to choose it.
    pub help: String,
    /// Why it cannot be chosen here; then it is grey and this stands below.
    pub barred: Option<String>,
}

impl Choice {
    /// A card that can be chosen.
    pub fn new(
        value: impl Into<String>,
        label: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { value: value.into(), label: label.into(), help: help.into(), barred: None }
    }
}

/// One of a few, as cards.
#[component]
pub fn RadioCards(
    /// The argument of the server function.
    #[prop(into)]
    name: String,
    /// The question.
    #[prop(into)]
    legend: String,
    /// The cards.
    choices: Vec<Choice>,
    /// The value chosen at first.
    #[prop(optional, into)]
    value: String,
) -> impl IntoView {
    let ties = Ties::new(&name, false);
    let chosen = ties.value(&name, value);
    let cards = choices.into_iter().map(|choice| {
        let barred = choice.barred.is_some();
        let checked = choice.value == chosen && !barred;
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name=name.clone()
                    value=choice.value
                    checked=checked
                    disabled=barred
                />
                <span>
                    <b>{choice.label}</b>
                    <small>{choice.help}</small>
                    {choice.barred.map(|why| view! { <small>{why}</small> })}
                </span>
            </label>
        }
    });
    view! {
        <fieldset aria-describedby=ties.described()>
            <legend>{legend}</legend>
            <div class="choices">{cards.collect_view()}</div>
            <ErrorLine id=format!("{}-error", ties.id()) error=ties.error()/>
        </fieldset>
    }
}
