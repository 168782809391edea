//! Name, description, visibility and end of a project.

use super::frame::{Part, ProjectPage};
use crate::components::{Card, VisibilityCards};
use crate::forms::{Call, Form, Hidden, SubmitButton, TextArea, TextField};
use crate::{Failure, format, load, routes};
use leptos::prelude::*;
use mlhub_domain::access::Visibility;
use mlhub_domain::projects::{Project, ProjectPath};

/// The project, for who manages it.
#[server(prefix = "/fn", endpoint = "projects/settings")]
pub(super) async fn settings(at: ProjectPath) -> Result<Project, Failure> {
    use mlhub_domain::access::Role;
    let (hub, actor) = crate::ssr::caller()?;
    let project = mlhub_hub::projects::get(&hub, &actor, &at).await?;
    if project.role < Some(Role::Manage) {
        return Err(mlhub_hub::Error::forbidden(project.role, Role::Manage).into());
    }
    Ok(project)
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
    let wrong = |e| Failure::invalid("visibility", e, &visibility);
    let visibility = Some(visibility.parse::<Visibility>().map_err(wrong)?);
    let change = Change { visibility, ..Change::default() };
    mlhub_hub::projects::change(&hub, &actor, &at, &change).await?;
    Ok(())
}

/// Deletes a project, once its name has been typed.
#[server(prefix = "/fn", endpoint = "projects/delete")]
pub(super) async fn delete_project(at: ProjectPath, confirm: String) -> Result<(), Failure> {
    use crate::ssr;
    let (hub, actor) = ssr::caller()?;
    if confirm.trim() != at.project.as_str() {
        let message = format!("Type {} to delete the project.", at.project);
        return Err(Failure::invalid("confirm", message, &confirm));
    }
    mlhub_hub::projects::delete(&hub, &actor, &at).await?;
    ssr::see_other("/dashboard")
}

/// `/{owner}/{project}/settings`
#[component]
pub fn ProjectSettings() -> impl IntoView {
    load(routes::params(), settings, |project| view! { <SettingsView project/> }.into_any())
}

/// The fields that say which project a form is about.
fn about(at: &ProjectPath) -> AnyView {
    view! {
        <Hidden name="at[owner]" value=at.owner.to_string()/>
        <Hidden name="at[project]" value=at.project.to_string()/>
    }
    .into_any()
}

#[component]
fn SettingsView(project: Project) -> impl IntoView {
    let cards = (project.clone(), project.clone(), project.clone());
    view! {
        <ProjectPage project part=Part::Settings>
            <DescribeCard project=cards.0/>
            <OpenCard project=cards.1/>
            <DeleteCard project=cards.2/>
        </ProjectPage>
    }
}

#[component]
fn DescribeCard(project: Project) -> impl IntoView {
    let at = about(&project.path());
    view! {
        <Card title="Name and description">
            <Form action={Call::<DescribeProject>::new()} done="The description has been changed.">
                {at}
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

#[component]
fn OpenCard(project: Project) -> impl IntoView {
    let (at, seen) = (about(&project.path()), what_becomes_visible(&project));
    view! {
        <Card title="Visibility" id="visibility">
            <Form action={Call::<OpenProject>::new()} done="The visibility has been changed.">
                {at}
                <VisibilityCards value=project.visibility/>
                {seen}
                <div class="actions">
                    <SubmitButton class="btn">"Change the visibility"</SubmitButton>
                </div>
            </Form>
        </Card>
    }
}

#[component]
fn DeleteCard(project: Project) -> impl IntoView {
    let at = about(&project.path());
    let lost = format!(
        "{}, {} and {} are deleted with {}, for everybody. Its name becomes free.",
        format::counted(project.datasets, "dataset", "datasets"),
        format::counted(project.models, "model", "models"),
        format::counted(project.runs, "run", "runs"),
        project.path()
    );
    let label = format!("Type {} to confirm", project.name);
    view! {
        <Card title="Delete the project" class="danger">
            <Form action={Call::<DeleteProject>::new()}>
                {at}
                <p>{lost}</p>
                <TextField name="confirm" label required=true code=true/>
                <div class="actions">
                    <SubmitButton class="btn stop">"Delete the project"</SubmitButton>
                </div>
            </Form>
        </Card>
    }
}

/// What others see once a project is unlisted or public, before that is chosen.
fn what_becomes_visible(project: &Project) -> AnyView {
    let seen = [
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
    let closed = project.visibility == Visibility::Private;
    let first = if closed {
        "Unlisted or public, others see without an account:"
    } else {
        "Others see now, without an account:"
    };
    view! {
        <div class="note plain">
            <span class="grow">
                <b>{first}</b>
                <ul>{seen.map(|line| view! { <li>{line}</li> }).into_iter().collect_view()}</ul>
                "Members and their roles stay between members."
            </span>
        </div>
    }
    .into_any()
}
