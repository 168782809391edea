//! The start page of a project.

use super::frame::{Part, ProjectPage};
use super::tables::{DatasetTable, ModelTable, RunTable};
use crate::components::{EmptyState, Icon};
use crate::{Failure, load, routes};
use leptos::prelude::*;
use mlhub_domain::access::Role;
use mlhub_domain::dashboard::{DatasetCard, ModelCard, RunCard};
use mlhub_domain::projects::{Project, ProjectPath};

/// What the start page of a project shows.
struct Home {
    project: Project,
    datasets: Vec<DatasetCard>,
    models: Vec<ModelCard>,
    runs: Vec<RunCard>,
}

/// Fetches it.
async fn home_data(at: ProjectPath) -> Result<Home, Failure> {
    on_server!({
        use mlhub_domain::lists::ListQuery;
        use mlhub_hub::{datasets, models, projects, runs};
        let (hub, actor) = crate::ssr::caller()?;
        let newest = |sort: &str| ListQuery {
            limit: Some(5),
            sort: Some(sort.into()),
            ..ListQuery::default()
        };
        let project = projects::get(&hub, &actor, &at).await?;
        let datasets = datasets::list(&hub, &actor, &at, &newest("-updated")).await?;
        let listing = models::Listing { query: newest("-updated"), task: None };
        let models = models::list(&hub, &actor, &at, &listing).await?;
        let listing = runs::Listing { query: newest("-run"), ..runs::Listing::default() };
        let runs = runs::list(&hub, &actor, &at, &listing).await?;
        Ok(Home {
            project,
            datasets: datasets.items.into_iter().map(DatasetCard::from).collect(),
            models: models.items.into_iter().map(ModelCard::from).collect(),
            runs: runs.items.into_iter().map(|run| RunCard::new(&at, run)).collect(),
        })
    })
}

/// `/{owner}/{project}`
#[component]
pub fn ProjectHome() -> impl IntoView {
    load(routes::params(), home_data, |home| view! { <HomeView home/> }.into_any())
}

#[component]
fn HomeView(home: Home) -> impl IntoView {
    let Home { project, datasets, models, runs } = home;
    let description = (!project.description.is_empty())
        .then(|| view! { <p class="lede">{project.description.clone()}</p> });
    let content = if datasets.is_empty() && models.is_empty() && runs.is_empty() {
        first_step(&project)
    } else {
        let page = project.path().page();
        let sections = [
            (!datasets.is_empty()).then(|| {
                let more = format!("{page}/datasets");
                section("Datasets", more, view! { <DatasetTable items=datasets/> }.into_any())
            }),
            (!models.is_empty()).then(|| {
                let more = format!("{page}/models");
                section("Models", more, view! { <ModelTable items=models/> }.into_any())
            }),
            (!runs.is_empty()).then(|| {
                let more = format!("{page}/runs");
                section("Latest runs", more, view! { <RunTable items=runs/> }.into_any())
            }),
        ];
        sections.into_iter().collect_view().into_any()
    };
    view! {
        <ProjectPage project part=Part::Overview>
            {description}
            {content}
        </ProjectPage>
    }
}

/// A table under its heading, with the way to all of it.
pub(super) fn section(title: &'static str, more: String, table: AnyView) -> AnyView {
    view! {
        <section class="stack tight">
            <div class="row apart baseline">
                <h2>{title}</h2>
                <a class="small" href=more>
                    "All"
                </a>
            </div>
            {table}
        </section>
    }
    .into_any()
}

fn first_step(project: &Project) -> AnyView {
    if project.role < Some(Role::Edit) {
        return view! {
            <EmptyState icon="folder" title="Nothing here yet" text="Datasets, models and runs of this project will stand here."/>
        }
        .into_any();
    }
    let upload = project.path().upload_page();
    view! {
        <EmptyState
            icon="database"
            title="Begin with a table"
            text="Upload a CSV file: its types are recognised, its columns described. From there a \
                  model is one button away."
        >
            <a class="btn primary" href=upload>
                <Icon name="upload"/>
                "Upload data"
            </a>
        </EmptyState>
    }
    .into_any()
}
