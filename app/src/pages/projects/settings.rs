//! Name, description, visibility and end of a project.

use super::frame::{Part, ProjectPage};
use crate::components::Card;
use crate::forms::{About, Call, Form, SubmitButton, TextArea, TextField};
use crate::pages::cards::{delete_card, open_card};
use crate::{Failure, format, load, routes};
use leptos::prelude::*;
use mlhub_domain::projects::{Project, ProjectPath};

/// The project, for who manages it.
async fn settings(at: ProjectPath) -> Result<Project, Failure> {
    on_server!({
        let (hub, actor) = crate::ssr::caller()?;
        Ok(mlhub_hub::projects::get_to_manage(&hub, &actor, &at).await?)
    })
}

/// Gives a project another name or description, and goes where it is then.
#[server(prefix = "/fn", endpoint = "projects/describe")]
pub(super) async fn describe_project(
    at: ProjectPath,
    name: String,
    #[server(default)] description: String,
) -> Result<(), Failure> {
    use crate::ssr;
    use mlhub_domain::names::ProjectName;
    use mlhub_hub::projects::Change;
    let (hub, actor) = ssr::caller()?;
    let new: ProjectName = name.parse().map_err(|e| Failure::invalid("name", e, &name))?;
    let name = (new != at.project).then_some(new);
    let change = Change { name, visibility: None, description: Some(description) };
    let project = mlhub_hub::projects::change(&hub, &actor, &at, &change).await?;
    ssr::see_other(&format!("{}/settings", project.path().page()))
}

/// Opens or closes a project.
#[server(prefix = "/fn", endpoint = "projects/open")]
pub(super) async fn open_project(at: ProjectPath, visibility: String) -> Result<(), Failure> {
    use mlhub_hub::projects::Change;
    let (hub, actor) = crate::ssr::caller()?;
    let visibility = Some(crate::ssr::visibility(&visibility)?);
    let change = Change { visibility, ..Change::default() };
    mlhub_hub::projects::change(&hub, &actor, &at, &change).await?;
    Ok(())
}

/// Deletes a project, once its name has been typed.
#[server(prefix = "/fn", endpoint = "projects/delete")]
pub(super) async fn delete_project(
    at: ProjectPath,
    confirm: String,
    #[server(default)] password: String,
) -> Result<(), Failure> {
    use crate::ssr;
    let (hub, actor) = ssr::caller()?;
    ssr::confirmed((&hub, &actor), at.project.as_str(), (&confirm, &password)).await?;
    mlhub_hub::projects::delete(&hub, &actor, &at).await?;
    ssr::see_deleted(at.project.as_str(), "/dashboard")
}

/// `/{owner}/{project}/settings`
#[component]
pub fn ProjectSettings() -> impl IntoView {
    load(routes::params(), settings, |project| view! { <SettingsView project/> }.into_any())
}

#[component]
fn SettingsView(project: Project) -> impl IntoView {
    let (open, delete) = (open(&project), delete(&project));
    view! {
        <ProjectPage project=project.clone() part=Part::Settings>
            <DescribeCard project/>
            {open}
            {delete}
        </ProjectPage>
    }
}

#[component]
fn DescribeCard(project: Project) -> impl IntoView {
    let at = project.path();
    view! {
        <Card title="Name and description">
            <Form action={Call::<DescribeProject>::new()}>
                <About at/>
                <TextField
                    name="name"
                    label="Name"
                    help="Another name is another address: links to the old one stop working."
                    value=project.name.to_string()
                    required=true
                    code=true
                />
                <TextArea
                    name="description"
                    label="Description"
                    value=project.description
                    rows=3
                />
                <div class="actions">
                    <SubmitButton>"Save"</SubmitButton>
                </div>
            </Form>
        </Card>
    }
}

/// What others see of the project.
fn open(project: &Project) -> AnyView {
    let seen = vec![
        format!(
            "{}: every version, its rows, its profile, the uploaded files",
            format::counted(project.datasets, "dataset", "datasets")
        ),
        format!(
            "{}: settings, evaluations, downloads, and anyone may predict",
            format::counted(project.models, "model", "models")
        ),
        format!(
            "{}: parameters, curves, logs, who started them",
            format::counted(project.runs, "run", "runs")
        ),
    ];
    let kept = "Members and their roles stay between members.";
    let about = view! { <About at=project.path()/> }.into_any();
    open_card(Call::<OpenProject>::new(), about, project.visibility, seen, kept)
}

fn delete(project: &Project) -> AnyView {
    let lost = format!(
        "{}, {} and {} are deleted with {}, for everybody. Its name becomes free.",
        format::counted(project.datasets, "dataset", "datasets"),
        format::counted(project.models, "model", "models"),
        format::counted(project.runs, "run", "runs"),
        project.path()
    );
    let about = view! { <About at=project.path()/> }.into_any();
    let name = project.name.as_str();
    delete_card(Call::<DeleteProject>::new(), about, "project", name, lost)
}
