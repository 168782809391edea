//! The first page that a stranger sees. It ships no wasm.

use super::projects::{DatasetTable, ModelTable, measured, predicts};
use crate::components::{Card, Icon, Snippet};
use crate::{Failure, Page, load};
use leptos::prelude::*;
use mlhub_domain::dashboard::{Explored, ModelCard};

/// What the page shows.
struct Welcome {
    /// Whether everybody may make an account.
    open: bool,
    public: Explored,
}

/// Fetches it; who is signed in is sent to the dashboard.
async fn landing_data() -> Result<Welcome, Failure> {
    on_server!({
        use crate::ssr;
        let (hub, actor) = ssr::caller()?;
        if actor.user.is_some() {
            ssr::see_other("/dashboard")?;
        }
        let public = mlhub_hub::dashboard::newest(&hub, 6).await?;
        Ok(Welcome { open: hub.settings().registration_open, public })
    })
}

/// `/`
#[component]
pub fn Landing() -> impl IntoView {
    load(Some(()), |()| landing_data(), |welcome| view! { <WelcomeView welcome/> }.into_any())
}

#[component]
fn WelcomeView(welcome: Welcome) -> impl IntoView {
    let Welcome { open, public } = welcome;
    let Explored { models, datasets, .. } = public;
    let beside = match models.as_slice().first() {
        Some(model) => view! { <Featured model=model.clone()/> }.into_any(),
        None => view! { <Road/> }.into_any(),
    };
    let enter = if open {
        view! {
            <a class="btn primary" href="/signup">
                "Make an account"
            </a>
            <a class="btn" href="/login">
                "Sign in"
            </a>
        }
        .into_any()
    } else {
        view! {
            <a class="btn primary" href="/login">
                "Sign in"
            </a>
        }
        .into_any()
    };
    view! {
        <Page title="Datasets, trainings and models in one place">
            <div class="hero">
                <div class="say">
                    <h1>"From a table to a model that anyone can use"</h1>
                    <p class="lede">
                        "ML Hub is one place for a team's datasets, trainings and models: upload a \
                         table, train a model and watch it learn, publish it for others to try."
                    </p>
                    <div class="row">{enter}</div>
                    <Snippet title="Run your own, in a checkout" code="make run"/>
                </div>
                {beside}
            </div>
            <Reasons/>
            <Public models datasets/>
        </Page>
    }
}

/// A public model, to be tried at once.
#[component]
fn Featured(model: ModelCard) -> impl IntoView {
    let description = (!model.description.is_empty())
        .then(|| view! { <p class="ink2">{model.description.clone()}</p> });
    let good = model.headline.as_ref().map(|headline| {
        view! {
            <p>{measured(headline)} " on rows that it had not seen"</p>
        }
    });
    view! {
        <Card title="A model made here">
            <div class="stack">
                <div>
                    <h3>{model.at.name.to_string()}</h3>
                    <span class="muted small">{format!("in {}", model.at.project())}</span>
                </div>
                {description}
                <p>{format!("Predicts {}.", predicts(model.task, &model.target))}</p>
                {good}
                <div class="row">
                    <a class="btn primary" href=model.at.page()>
                        <Icon name="play"/>
                        "Try it"
                    </a>
                </div>
            </div>
        </Card>
    }
}

/// The way from a file to an answer.
#[component]
fn Road() -> impl IntoView {
    let steps = [
        ("upload", "Upload a table", "Every column gets its type, its statistics, its warnings."),
        ("activity", "Train a model", "Target, features and settings are proposed; watch it live."),
        ("line-chart", "Read how good it is", "On rows that it has not seen, beside a baseline."),
        ("globe", "Publish it", "Anyone can try it, in the browser or by REST."),
    ];
    let items = steps.map(|(icon, what, how)| {
        view! {
            <li>
                <Icon name=icon size="big"/>
                <span class="stack tight">
                    <b>{what}</b>
                    <span class="muted small">{how}</span>
                </span>
            </li>
        }
    });
    view! {
        <Card title="The road">
            <ol class="checklist" role="list">
                {items.into_iter().collect_view()}
            </ol>
        </Card>
    }
}

/// Why one would want it.
#[component]
fn Reasons() -> impl IntoView {
    let reasons = [
        (
            "shield",
            "Nothing is lost",
            "Every upload is a version, every training a run with its settings, data and curves. \
             Rolling back is one button; nothing is ever overwritten.",
        ),
        (
            "eye",
            "Measured honestly",
            "Models are judged on rows kept aside, beside a baseline, with metrics that equal \
             scikit-learn's.",
        ),
        (
            "server",
            "Yours",
            "One file that brings its own database and runs on a laptop or a server. All of it is \
             open to scripts by REST.",
        ),
    ];
    let items = reasons.map(|(icon, title, text)| {
        view! {
            <div>
                <Icon name=icon size="big"/>
                <h2>{title}</h2>
                <p>{text}</p>
            </div>
        }
    });
    view! { <div class="reasons">{items.into_iter().collect_view()}</div> }
}

/// What is public here.
#[component]
fn Public(
    models: Vec<ModelCard>,
    datasets: Vec<mlhub_domain::dashboard::DatasetCard>,
) -> impl IntoView {
    let models = (!models.is_empty()).then(|| {
        view! {
            <section class="stack tight">
                <div class="row apart baseline">
                    <h2>"Public models"</h2>
                    <a class="small" href="/explore">
                        "All"
                    </a>
                </div>
                <ModelTable items=models anywhere=true/>
            </section>
        }
    });
    let datasets = (!datasets.is_empty()).then(|| {
        view! {
            <section class="stack tight">
                <div class="row apart baseline">
                    <h2>"Public datasets"</h2>
                    <a class="small" href="/explore">
                        "All"
                    </a>
                </div>
                <DatasetTable items=datasets anywhere=true/>
            </section>
        }
    });
    view! {
        {models}
        {datasets}
    }
}
