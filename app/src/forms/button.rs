//! What sends a form.

use leptos::prelude::*;

/// Sends the form around it. While the form is on its way `enhance.js` keeps it from being sent
/// again, so that a double click is one act.
#[component]
pub fn SubmitButton(
    /// `btn primary` unless said otherwise: one primary button per page.
    #[prop(default = "btn primary".into(), into)]
    class: String,
    /// What it does: a verb first.
    children: Children,
) -> impl IntoView {
    view! {
        <button type="submit" class=class>
            {children()}
        </button>
    }
}

/// A choice on which the rest of the form depends. Its button posts the form to have the page drawn
/// anew, with everything that was typed; with script the choice does so by itself.
#[component]
pub fn Chooses(
    /// The field.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="stack" data-chooses="main">
            {children()}
            <div class="actions needs-no-script">
                <button class="btn" name="_choose" value="true">
                    "Choose"
                </button>
            </div>
        </div>
    }
    .into_any()
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
