//! Making a project.

use crate::components::VisibilityCards;
use crate::forms::{Call, Form, SubmitButton, TextArea, TextField};
use crate::shell::Head;
use crate::{Failure, Page};
use leptos::prelude::*;
use mlhub_domain::access::Visibility;

/// Makes a project and goes there.
#[server(prefix = "/fn", endpoint = "projects/create")]
pub(super) async fn create_project(
    name: String,
    #[server(default)] description: String,
    visibility: String,
) -> Result<(), Failure> {
    use crate::ssr;
    use mlhub_domain::names::ProjectName;
    use mlhub_hub::projects;
    let wrong = |e| Failure::invalid("visibility", e, &visibility);
    let visibility = visibility.parse::<Visibility>().map_err(wrong)?;
    let name = name.parse::<ProjectName>().map_err(|e| Failure::invalid("name", e, &name))?;
    let (hub, actor) = ssr::caller()?;
    let new = projects::NewProject { name, visibility, description };
    let project = projects::create(&hub, &actor, &new, None).await?;
    ssr::see_other(&project.path().page())
}

/// `/dashboard/new`
#[component]
pub fn NewProject() -> impl IntoView {
    view! {
        <Page title="New project" class="slim">
            <Head title="New project"/>
            <p class="ink2">
                "A project holds datasets, the models trained on them, and the people who work with \
                 both."
            </p>
            <Form action={Call::<CreateProject>::new()}>
                <TextField
                    name="name"
                    label="Name"
                    help="Small letters, digits, “.”, “_” and “-”. It becomes part of the address."
                    required=true
                    autofocus=true
                    code=true
                />
                <TextArea
                    name="description"
                    label="Description"
                    help="What it is for, in a sentence or two. May stay empty."
                    rows=3
                />
                <VisibilityCards value=Visibility::Private/>
                <div class="actions">
                    <SubmitButton>"Make the project"</SubmitButton>
                    <a class="btn quiet" href="/dashboard">
                        "Cancel"
                    </a>
                </div>
            </Form>
        </Page>
    }
    .into_any()
}
