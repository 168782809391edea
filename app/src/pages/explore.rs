//! What everybody sees, and a search in it.

use super::projects::{DatasetTable, ModelTable, ProjectList};
use crate::components::{Card, EmptyState};
use crate::shell::Head;
use crate::{Failure, Page, load, routes};
use leptos::prelude::*;
use mlhub_domain::dashboard::Explored;
use serde::{Deserialize, Serialize};

/// What was looked for, and found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Found {
    q: String,
    found: Explored,
}

/// Searches.
#[server(prefix = "/fn", endpoint = "explore")]
async fn search_public(#[server(default)] q: String) -> Result<Found, Failure> {
    let (hub, _) = crate::ssr::caller()?;
    let found = mlhub_hub::dashboard::explore(&hub, &q).await?;
    Ok(Found { q, found })
}

/// `/explore?q=…`
#[component]
pub fn Explore() -> impl IntoView {
    load(routes::query("q"), search_public, |found| view! { <ExploreView found/> }.into_any())
}

#[component]
fn ExploreView(found: Found) -> impl IntoView {
    let Found { q, found } = found;
    let Explored { projects, datasets, models } = found;
    let nothing = projects.is_empty() && datasets.is_empty() && models.is_empty();
    let nothing = nothing.then(|| nothing_found(&q));
    let models = (!models.is_empty()).then(|| {
        view! {
            <section class="stack tight">
                <h2>"Models"</h2>
                <ModelTable items=models anywhere=true/>
            </section>
        }
    });
    let datasets = (!datasets.is_empty()).then(|| {
        view! {
            <section class="stack tight">
                <h2>"Datasets"</h2>
                <DatasetTable items=datasets anywhere=true/>
            </section>
        }
    });
    let projects = (!projects.is_empty()).then(|| {
        view! {
            <Card title="Projects" class="flush">
                <ProjectList items=projects/>
            </Card>
        }
    });
    view! {
        <Page title="Explore">
            <Head title="Explore"/>
            <form method="get" action="/explore" class="toolbar" role="search">
                <input
                    type="search"
                    name="q"
                    autofocus
                    value=q
                    placeholder="Find public models, datasets, projects"
                    aria-label="Find public models, datasets, projects"
                />
                <button class="btn">"Find"</button>
            </form>
            {nothing}
            {models}
            {datasets}
            {projects}
        </Page>
    }
}

fn nothing_found(q: &str) -> AnyView {
    if q.is_empty() {
        return view! {
            <EmptyState
                icon="globe"
                title="Nothing is public yet"
                text="What its owners open to everybody stands here: models that anyone can try, \
                      datasets that anyone can download."
            />
        }
        .into_any();
    }
    view! {
        <EmptyState
            icon="search"
            title="Nothing matches"
            text=format!("No public model, dataset or project is called like “{q}”.")
        >
            <a class="btn" href="/explore">
                "Show all"
            </a>
        </EmptyState>
    }
    .into_any()
}
