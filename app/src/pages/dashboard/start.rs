//! The first steps of somebody new.

use crate::Failure;
use crate::components::{Card, Icon};
use crate::forms::{Call, Form, SubmitButton};
use leptos::prelude::*;
use mlhub_domain::dashboard::Steps;

/// Makes a project with a small dataset, and goes where a model is trained on it.
#[server(prefix = "/fn", endpoint = "dashboard/sample")]
async fn make_sample() -> Result<(), Failure> {
    use crate::ssr;
    let (hub, actor) = ssr::caller()?;
    let at = mlhub_hub::projects::sample(&hub, &actor).await?;
    ssr::see_other(&at.project().train_page(Some(&at.name)))
}

/// What to do first, what of it is done, and a way to see everything within a minute.
#[component]
pub(super) fn Start(steps: Steps) -> impl IntoView {
    let list = [
        (steps.project, "Make a project", "It holds data, models and people."),
        (steps.dataset, "Upload a table", "Types and statistics come by themselves."),
        (steps.model, "Train a model", "The settings are proposed; press Train at once."),
        (steps.shared, "Share it", "Open a model, and anyone can predict with it."),
    ];
    let items = list.map(|(done, what, how)| {
        view! {
            <li class=done.then_some("done")>
                <Icon name=if done { "check" } else { "square" } size="big"/>
                <span class="grow">
                    <b>{what}</b>
                    " "
                    <span class="muted small">{how}</span>
                </span>
                {done.then(|| view! { <span class="visually-hidden">"done"</span> })}
            </li>
        }
    });
    let offer = (!steps.model).then(|| {
        view! {
            <Form action={Call::<MakeSample>::new()} class="row">
                <SubmitButton class="btn">
                    <Icon name="flask"/>
                    "Try it with a sample"
                </SubmitButton>
                <span class="muted small">
                    "Makes a private project with 150 irises and proposes a model for them."
                </span>
            </Form>
        }
    });
    view! {
        <Card title="Start here">
            <div class="stack">
                <ol class="checklist" role="list">
                    {items.into_iter().collect_view()}
                </ol>
                {offer}
            </div>
        </Card>
    }
}
