//! What the settings of projects, datasets and models have in common: who sees the thing, and its
//! end; and how rows of people and things are ended.

use crate::components::{Card, VisibilityCards};
use crate::forms::{Call, ConfirmButton, Form, SubmitButton, TextField};
use crate::pages::accounts::{PasswordAgain, confirming};
use leptos::prelude::*;
use mlhub_domain::access::Visibility;
use server_fn::ServerFn;

/// The form that opens or closes a thing, with what others see of it said before it is sent. `about`
/// are the fields that name the thing, `seen` what there is to see, `kept` what stays hidden.
pub(super) fn open_card<F: ServerFn + 'static>(
    call: Call<F>,
    about: AnyView,
    visibility: Visibility,
    seen: Vec<String>,
    kept: &'static str,
) -> AnyView {
    let first = if visibility == Visibility::Private {
        "Unlisted or public, others see without an account:"
    } else {
        "Others see now, without an account:"
    };
    let seen = seen.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
    view! {
        <Card title="Visibility" id="visibility">
            <Form action=call done="The visibility has been changed.">
                {about}
                <VisibilityCards value=visibility/>
                <div class="note plain">
                    <span class="grow">
                        <b>{first}</b>
                        <ul>{seen}</ul>
                        {kept}
                    </span>
                </div>
                <div class="actions">
                    <SubmitButton class="btn">"Change the visibility"</SubmitButton>
                </div>
            </Form>
        </Card>
    }
    .into_any()
}

/// The form that deletes a thing once its `name` has been typed; `lost` says what goes with it.
pub(super) fn delete_card<F: ServerFn + 'static>(
    call: Call<F>,
    about: AnyView,
    what: &str,
    name: &str,
    lost: String,
) -> AnyView {
    let title = format!("Delete the {what}");
    let label = format!("Type {name} to confirm");
    confirming(move |asked| {
        view! {
            <Card title=title.clone() class="danger">
                <Form action=call>
                    {about}
                    <p>{lost}</p>
                    <TextField name="confirm" label required=true code=true autocomplete="off"/>
                    <PasswordAgain asked/>
                    <div class="actions">
                        <SubmitButton class="btn stop">{title}</SubmitButton>
                    </div>
                </Form>
            </Card>
        }
        .into_any()
    })
}

/// The words of a button that ends something.
pub(super) struct End {
    /// On the button that asks: “Revoke…”.
    pub(super) label: &'static str,
    /// What will be lost.
    pub(super) warning: String,
    /// On the button that does it: “Revoke “laptop””.
    pub(super) act: String,
}

/// The button of a row that ends what the row is about, once it was asked for a second time. `key`
/// tells the rows apart, `about` are the fields that name the thing.
pub(super) fn end_button<F: ServerFn + 'static>(
    call: Call<F>,
    key: String,
    about: AnyView,
    words: End,
) -> AnyView {
    let End { label, warning, act } = words;
    view! {
        <ConfirmButton label=label warning=warning class="btn stop small">
            <Form action=call key=key class="actions">
                {about}
                <SubmitButton class="btn stop">{act}</SubmitButton>
            </Form>
        </ConfirmButton>
    }
    .into_any()
}
