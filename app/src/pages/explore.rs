//! What everybody sees, and a search in it; who is signed in finds what they may see.

use super::projects::{DatasetTable, ModelTable, ProjectList};
use crate::boot::Boot;
use crate::components::{Card, EmptyState, Note};
use crate::shell::Head;
use crate::{Failure, Page, load, routes};
use leptos::prelude::*;
use mlhub_domain::dashboard::Explored;

/// What was looked for, and found.
struct Found {
    q: String,
    found: Explored,
}

/// Searches.
async fn search(q: String) -> Result<Found, Failure> {
    on_server!({
        let (hub, actor) = crate::ssr::caller()?;
        let found = mlhub_hub::dashboard::explore(&hub, &actor, &q).await?;
        Ok(Found { q, found })
    })
}

/// `/explore?q=…`
#[component]
pub fn Explore() -> impl IntoView {
    load(Some(routes::query("q")), search, |found| view! { <ExploreView found/> }.into_any())
}

#[component]
fn ExploreView(found: Found) -> impl IntoView {
    let Found { q, found } = found;
    let Explored { projects, datasets, models } = found;
    let signed_in = use_context::<Boot>().is_some_and(|boot| boot.visitor.is_some());
    let nothing = projects.is_empty() && datasets.is_empty() && models.is_empty();
    let nothing = nothing.then(|| nothing_found(&q, signed_in));
    let most = [projects.len(), datasets.len(), models.len()].into_iter().max();
    let each = Explored::EACH;
    let more = (most >= Some(each)).then(|| {
        let text =
            format!("The {each} of each kind that changed last are shown. Type more of the name.");
        view! { <Note kind="plain">{text}</Note> }
    });
    let models = (!models.is_empty()).then(|| {
        view! {
            <section class="stack tight" data-found="Model">
                <h2>"Models"</h2>
                <ModelTable items=models anywhere=true/>
            </section>
        }
    });
    let datasets = (!datasets.is_empty()).then(|| {
        view! {
            <section class="stack tight" data-found="Dataset">
                <h2>"Datasets"</h2>
                <DatasetTable items=datasets anywhere=true/>
            </section>
        }
    });
    let projects = (!projects.is_empty()).then(|| {
        view! {
            <div data-found="Project">
                <Card title="Projects" class="flush">
                    <ProjectList items=projects/>
                </Card>
            </div>
        }
    });
    let label = if signed_in {
        "Find models, datasets, projects: public ones and yours"
    } else {
        "Find public models, datasets, projects"
    };
    view! {
        <Page title="Explore">
            <Head title="Explore"/>
            <form method="get" action="/explore" class="toolbar" role="search">
                <input
                    type="search"
                    name="q"
                    value=q
                    placeholder=label
                    aria-label=label
                />
                <button class="btn">"Find"</button>
            </form>
            {nothing}
            {models}
            {datasets}
            {projects}
            {more}
        </Page>
    }
}

fn nothing_found(q: &str, signed_in: bool) -> AnyView {
    if q.is_empty() {
        let (href, word) =
            if signed_in { ("/dashboard", "To your projects") } else { ("/", "What ML Hub is") };
        return view! {
            <EmptyState
                icon="globe"
                title="Nothing is public yet"
                text="What its owners open to everybody stands here: models that anyone can try, \
                      datasets that anyone can download. Who sees a thing is said in its settings."
            >
                <a class="btn" href=href>
                    {word}
                </a>
            </EmptyState>
        }
        .into_any();
    }
    let text = if signed_in {
        format!("No model, dataset or project that you may see is called like “{q}”.")
    } else {
        format!("No public model, dataset or project is called like “{q}”. Sign in to find yours.")
    };
    view! {
        <EmptyState icon="search" title="Nothing matches" text=text>
            <a class="btn" href="/explore">
                "Show all"
            </a>
        </EmptyState>
    }
    .into_any()
}
