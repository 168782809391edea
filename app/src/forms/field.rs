//! Label, help, control and error, tied together for eyes and for screen readers.

use super::FormState;
use crate::components::Icon;
use leptos::prelude::*;

/// What a control needs to be tied to its label, help and error.
pub(super) struct Ties {
    id: String,
    help: bool,
    error: Option<String>,
    form: Option<FormState>,
}

impl Ties {
    /// Ties for the field `name`, with a line of help or without.
    pub(super) fn new(name: &str, help: bool) -> Self {
        let form = FormState::around();
        let id = form.map_or_else(|| format!("field-{name}"), |form| form.field_id(name));
        let error = form.and_then(|form| form.take_failure(name));
        Self { id: id.replace(['[', ']'], "-"), help, error, form }
    }

    /// The id of the control.
    pub(super) fn id(&self) -> String {
        self.id.clone()
    }

    /// The value to begin with: what was typed before the page came back, else `value`.
    pub(super) fn value(&self, name: &str, value: String) -> String {
        self.form.and_then(|form| form.given(name)).unwrap_or(value)
    }

    /// `aria-invalid`.
    pub(super) fn invalid(&self) -> Option<&'static str> {
        self.error.is_some().then_some("true")
    }

    /// Whether something is wrong: the first such control of a page has the focus, and is in sight,
    /// without script too.
    pub(super) fn is_wrong(&self) -> bool {
        self.error.is_some()
    }

    /// `aria-describedby`.
    pub(super) fn described(&self) -> String {
        let id = &self.id;
        if self.help { format!("{id}-help {id}-error") } else { format!("{id}-error") }
    }
}

/// A control with its label above, help below the label, and the error under it.
#[component]
pub(super) fn Tied(
    /// From [`Ties::new`].
    ties: Ties,
    /// The label, in sentence case without a colon.
    label: String,
    /// A line below the label.
    help: Option<String>,
    /// The control.
    children: Children,
) -> impl IntoView {
    let id = ties.id();
    let help = help.map(|help| {
        view! {
            <p class="help" id=format!("{id}-help")>
                {help}
            </p>
        }
    });
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            {help}
            {children()}
            <ErrorLine id=format!("{id}-error") error=ties.error()/>
        </div>
    }
    .into_any()
}

/// What is wrong, under the control, announced as it appears.
#[component]
pub fn ErrorLine(
    /// Its id, for `aria-describedby`.
    id: String,
    /// What is wrong.
    error: Option<String>,
) -> impl IntoView {
    let line = error.map(|text| {
        view! {
            <Icon name="alert-triangle"/>
            <ErrorText text/>
        }
    });
    view! {
        <p class="error" id=id role="alert">
            {line}
        </p>
    }
}

/// What is wrong, as a sentence; but a name that it begins with stays as it is.
#[component]
fn ErrorText(text: String) -> impl IntoView {
    let class = text.starts_with('“').then_some("quoted");
    view! { <span class=class>{text}</span> }
}

impl Ties {
    /// The error, for controls that draw their own frame.
    pub(super) fn error(&self) -> Option<String> {
        self.error.clone()
    }
}
