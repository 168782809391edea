//! What concerns the one who is signed in.

mod start;
mod work;

use crate::boot::Boot;
use crate::components::{Card, EmptyState, Icon};
use crate::pages::projects::{DatasetTable, ModelTable, ProjectList, RunTable};
use crate::shell::Head;
use crate::{Failure, Page, load};
use leptos::prelude::*;
use mlhub_domain::access::Role;
use mlhub_domain::dashboard::Dashboard;
use start::Start;
use work::{AttentionCard, RunningCard};

/// Fetches it.
async fn mine() -> Result<Dashboard, Failure> {
    on_server!({
        let (hub, actor) = crate::ssr::caller()?;
        Ok(mlhub_hub::dashboard::mine(&hub, &actor).await?)
    })
}

/// `/dashboard`
#[component]
pub fn DashboardPage() -> impl IntoView {
    load(Some(()), |()| mine(), |dashboard| view! { <DashboardView dashboard/> }.into_any())
}

#[component]
fn DashboardView(dashboard: Dashboard) -> impl IntoView {
    let Dashboard { attention, projects, datasets, models, runs, steps, .. } = dashboard;
    let done = steps.done();
    let start = (!done).then(|| {
        let project = projects.iter().find(|project| project.role >= Some(Role::Edit));
        let project = project.map(|project| project.path());
        let model = models.first().map(|model| model.at.clone());
        view! { <Start steps project model/> }
    });
    let at_work = use_context::<Boot>().is_some_and(|boot| !boot.running.is_empty());
    let attention = (!attention.is_empty()).then(|| view! { <AttentionCard items=attention/> });
    let tables = [
        (!runs.is_empty()).then(|| {
            part(("Latest runs", "Run"), view! { <RunTable items=runs anywhere=true/> }.into_any())
        }),
        (!models.is_empty()).then(|| {
            part(("Models", "Model"), view! { <ModelTable items=models anywhere=true/> }.into_any())
        }),
        (!datasets.is_empty()).then(|| {
            part(
                ("Datasets", "Dataset"),
                view! { <DatasetTable items=datasets anywhere=true/> }.into_any(),
            )
        }),
    ];
    view! {
        <Page title="Dashboard">
            <Head title="Dashboard">
                <a class="btn primary" href="/dashboard/new">
                    <Icon name="plus"/>
                    "New project"
                </a>
            </Head>
            {start}
            {at_work.then(|| view! { <RunningCard/> })}
            {attention}
            {tables.into_iter().collect_view()}
            {(done || !projects.is_empty()).then(|| view! { <ProjectsCard projects/> })}
        </Page>
    }
}

/// A table under its title; `kind` tells the palette what stands in it.
fn part((title, kind): (&'static str, &'static str), table: AnyView) -> AnyView {
    view! {
        <section class="stack tight" data-found=kind>
            <h2>{title}</h2>
            {table}
        </section>
    }
    .into_any()
}

#[component]
fn ProjectsCard(projects: Vec<mlhub_domain::projects::Project>) -> impl IntoView {
    if projects.is_empty() {
        return view! {
            <EmptyState
                icon="folder"
                title="No projects yet"
                text="A project holds datasets, the models trained on them, and the people who \
                      work with both."
            >
                <a class="btn" href="/dashboard/new">
                    "Make a project"
                </a>
            </EmptyState>
        }
        .into_any();
    }
    view! {
        <div data-found="Project">
            <Card title="Projects" class="flush">
                <ProjectList items=projects/>
            </Card>
        </div>
    }
    .into_any()
}
