//! Files to hand in.

use super::FormState;
use super::field::{ErrorLine, Ties};
use crate::components::Icon;
use leptos::prelude::*;

/// What to say in a form that came back: a page cannot put a file back into it.
const AGAIN: &str = "Please choose the file once more: a browser does not keep it.";

/// A zone that takes files by drop or by choice. The file input covers it, so dropping works
/// without script; put it in a [`FileForm`](super::FileForm).
#[component]
pub fn FileDrop(
    /// The field of the form.
    #[prop(default = "file".into(), into)]
    name: String,
    /// What to drop.
    #[prop(into)]
    label: String,
    /// Which kinds of files, and how large.
    #[prop(into)]
    help: String,
) -> impl IntoView {
    let ties = Ties::new(&name, false);
    let back = FormState::around().and_then(FormState::failure).is_some();
    let again = (back && ties.error().is_none()).then_some(AGAIN);
    view! {
        <div class="stack tight">
            <label class="drop" data-drop="">
                <Icon name="upload" size="huge"/>
                <b>{label}</b>
                <small class="help">{help}</small>
                <input
                    id=ties.id()
                    type="file"
                    name=name
                    required
                    aria-invalid=ties.invalid()
                    autofocus=ties.is_wrong()
                    aria-describedby=ties.described()
                />
                <span class="strong" data-chosen="" role="status">
                    {again}
                </span>
            </label>
            <ErrorLine id=format!("{}-error", ties.id()) error=ties.error()/>
        </div>
    }
    .into_any()
}
