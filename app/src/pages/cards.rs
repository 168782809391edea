//! What the settings of projects, datasets and models have in common: who sees the thing, and its
//! end.

use crate::components::{Card, VisibilityCards};
use crate::forms::{Call, Form, SubmitButton, TextField};
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
    view! {
        <Card title=title.clone() class="danger">
            <Form action=call>
                {about}
                <p>{lost}</p>
                <TextField name="confirm" label required=true code=true autocomplete="off"/>
                <div class="actions">
                    <SubmitButton class="btn stop">{title}</SubmitButton>
                </div>
            </Form>
        </Card>
    }
    .into_any()
}
