//! What sends a form.

use super::FormState;
use leptos::prelude::*;

/// Sends the form around it; waits while the form is on its way, so that a double click is one act.
#[component]
pub fn SubmitButton(
    /// `btn primary` unless said otherwise: one primary button per page.
    #[prop(default = "btn primary".into(), into)]
    class: String,
    /// A field that this button adds, for forms with several.
    #[prop(optional, into)]
    name: Option<String>,
    /// The value of that field.
    #[prop(optional, into)]
    value: Option<String>,
    /// What it does: a verb first.
    children: Children,
) -> impl IntoView {
    let pending = FormState::around().map(FormState::pending);
    let busy = move || pending.is_some_and(|pending| pending.get());
    view! {
        <button
            type="submit"
            class=class
            name=name
            value=value
            disabled=busy
            aria-busy=move || busy().then_some("true")
        >
            {children()}
        </button>
    }
}

/// A button that asks before it acts: it opens a small panel that says what will be lost, with the
/// form that does it. A `<details>`, so it works without script.
#[component]
pub fn ConfirmButton(
    /// What the button says: “Delete…”.
    #[prop(into)]
    label: String,
    /// What will happen, in numbers.
    #[prop(into)]
    warning: String,
    /// `btn stop` unless said otherwise.
    #[prop(default = "btn stop".into(), into)]
    class: String,
    /// The form with its own button.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="menu confirm" data-menu="">
            <summary class=class>{label}</summary>
            <div class="panel">
                <p>{warning}</p>
                {children()}
            </div>
        </details>
    }
}
