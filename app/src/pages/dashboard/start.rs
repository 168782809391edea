//! The first steps of somebody new.

use crate::Failure;
use crate::components::{Card, Icon};
use crate::forms::{Call, Form, SubmitButton};
use leptos::prelude::*;
use mlhub_domain::dashboard::Steps;
use mlhub_domain::models::ModelPath;
use mlhub_domain::projects::ProjectPath;

/// Makes a project with a small dataset, and goes where a model is trained on it.
#[server(prefix = "/fn", endpoint = "dashboard/sample")]
async fn make_sample() -> Result<(), Failure> {
    use crate::ssr;
    let (hub, actor) = ssr::caller()?;
    let at = mlhub_hub::projects::sample(&hub, &actor).await?;
    ssr::see_other(&at.project().train_page(Some(&at.name)))
}

/// The first steps, and what each is about.
const FIRST: [(&str, &str); 4] = [
    ("Make a project", "It holds data, models and people."),
    ("Upload a table", "Types and statistics come by themselves."),
    ("Train a model", "The settings are proposed; press Train at once."),
    ("Share it", "Open a model, and anyone can predict with it."),
];

/// What to do first, what of it is done, and a way to see everything within a minute. A step leads to
/// where it is taken: in `project`, with `model`, as soon as there is one to take it in.
#[component]
pub(super) fn Start(
    steps: Steps,
    project: Option<ProjectPath>,
    model: Option<ModelPath>,
) -> impl IntoView {
    let (upload, train) = project.map(|at| (at.upload_page(), at.train_page(None))).unzip();
    let share = model.map(|at| format!("{}#visibility", at.page()));
    let list = [
        (steps.project, Some("/dashboard/new".into()), FIRST[0]),
        (steps.dataset, upload, FIRST[1]),
        (steps.model, train, FIRST[2]),
        (steps.shared, share, FIRST[3]),
    ];
    let items = list.map(|(done, href, (what, how)): (bool, Option<String>, _)| {
        let what = match href.filter(|_| !done) {
            Some(href) => view! { <a class="strong" href=href>{what}</a> }.into_any(),
            None => view! { <b>{what}</b> }.into_any(),
        };
        view! {
            <li class=done.then_some("done")>
                <Icon name=if done { "check" } else { "square" } size="big"/>
                <span class="grow">
                    {what}
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
