//! The first page that a stranger sees. It ships no wasm.

use super::models::{TryForm, most_telling, tried};
use super::projects::{DatasetTable, ModelTable, measured, predicts};
use crate::components::{Card, Icon};
use crate::{Failure, Page, format, load};
use leptos::prelude::*;
use mlhub_domain::dashboard::{DatasetCard, ModelCard};
use mlhub_domain::evaluation::Importance;
use mlhub_domain::models::ModelVersion;

/// The most columns that the form on this page asks for.
const FEW: usize = 6;

/// What the page shows.
struct Welcome {
    /// Whether everybody may make an account.
    open: bool,
    /// Models that everybody sees, what changed last first.
    models: Vec<ModelCard>,
    /// Datasets that everybody sees, what changed last first.
    datasets: Vec<DatasetCard>,
    /// The model that can be tried here.
    tried: Option<Tried>,
}

/// A model, to be tried at once.
struct Tried {
    model: ModelCard,
    version: ModelVersion,
    /// Its columns, those that say most first.
    important: Vec<Importance>,
}

/// Fetches it; who is signed in is sent to the dashboard. A page that comes back says which model
/// was `asked`.
async fn landing_data(asked: Option<String>) -> Result<Welcome, Failure> {
    on_server!({
        use crate::ssr;
        let (hub, actor) = ssr::caller()?;
        if actor.user.is_some() {
            ssr::see_other("/dashboard")?;
        }
        let (models, datasets) = mlhub_hub::dashboard::newest(&hub, 6).await?;
        let tried = try_one(&models, asked.as_deref()).await?;
        Ok(Welcome { open: hub.settings().registration_open, models, datasets, tried })
    })
}

/// What is needed to try one of `models`.
async fn try_one(models: &[ModelCard], asked: Option<&str>) -> Result<Option<Tried>, Failure> {
    on_server!({
        use mlhub_domain::models::VersionRef;
        use mlhub_hub::{IfFound as _, models as hub_models};
        let (hub, actor) = crate::ssr::caller()?;
        let Some((model, number)) = chosen(models, asked) else { return Ok(None) };
        let number = VersionRef::Number(number);
        let version = hub_models::version(&hub, &actor, &model.at, &number).await.if_found()?;
        let important =
            hub_models::importance(&hub, &actor, &model.at, &number).await.if_found()?;
        let important = important.unwrap_or_default();
        Ok(version.map(|version| Tried { model, version, important }))
    })
}

/// The first of `models` that has a version, and that; the one that was `asked`, by its page, when
/// the page comes back with its answer.
fn chosen(models: &[ModelCard], asked: Option<&str>) -> Option<(ModelCard, u32)> {
    let ready = || models.iter().filter_map(|model| Some((model, model.version?)));
    let again = ready().find(|(model, _)| asked == Some(model.at.page().as_str()));
    let (model, version) = again.or_else(|| ready().next())?;
    Some((model.clone(), version))
}

/// `/`
#[component]
pub fn Landing() -> impl IntoView {
    load(Some(tried()), landing_data, |welcome| view! { <WelcomeView welcome/> }.into_any())
}

#[component]
fn WelcomeView(welcome: Welcome) -> impl IntoView {
    let Welcome { open, models, datasets, tried } = welcome;
    let beside = match tried {
        Some(tried) => view! { <Featured tried/> }.into_any(),
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
fn Featured(tried: Tried) -> impl IntoView {
    let Tried { model, version, important } = tried;
    let few = most_telling(&version.signature, &important, FEW);
    let page = model.at.page();
    let description = (!model.description.is_empty())
        .then(|| view! { <p class="ink2">{model.description.clone()}</p> });
    let good = model.headline.as_ref().map(|headline| {
        view! {
            <p>{measured(headline)} " on rows that it had not seen"</p>
        }
    });
    let others = version.signature.inputs.len().saturating_sub(few.len()) as u64;
    let kept = (others > 0).then(|| {
        let others = format::counted(others, "other column keeps", "other columns keep");
        format!("{others} the value that is usual. ")
    });
    let (at, number, signature) = (model.at.clone(), version.version, version.signature);
    view! {
        <Card title="A model made here" id="try">
            <div class="stack">
                <div>
                    <h3>
                        <a href=page.clone()>{model.at.name.to_string()}</a>
                    </h3>
                    <span class="muted small">{format!("in {}", model.at.project())}</span>
                </div>
                {description}
                <p>{format!("Predicts {}.", predicts(model.task, &model.target))}</p>
                {good}
                <TryForm at version=number signature few key=page.clone()/>
                <p class="small">
                    {kept} <a href=format!("{page}#try")>"The whole form, and how good it is"</a>
                </p>
            </div>
        </Card>
    }
    .into_any()
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

#[cfg(test)]
mod tests {
    use super::*;
    use mlhub_domain::access::Visibility;
    use mlhub_domain::models::{ModelPath, Task};

    #[test]
    fn the_newest_model_with_a_version_is_tried_and_then_the_same_again() {
        let card = |name: &str, version: Option<u32>| ModelCard {
            at: ModelPath {
                owner: "ada".parse().unwrap(),
                project: "lab".parse().unwrap(),
                name: name.parse().unwrap(),
            },
            description: String::new(),
            visibility: Visibility::Public,
            task: Task::Regression,
            target: "y".into(),
            version,
            headline: None,
            updated_at: chrono::DateTime::UNIX_EPOCH,
        };
        let models = [card("new", None), card("newest", Some(2)), card("older", Some(7))];
        let which = |asked: Option<&str>| {
            chosen(&models, asked).map(|(model, version)| (model.at.name.to_string(), version))
        };
        for asked in [None, Some(""), Some("/ada/lab/models/gone"), Some("/ada/lab/models/new")] {
            assert_eq!(which(asked), Some(("newest".into(), 2)), "{asked:?}");
        }
        assert_eq!(which(Some("/ada/lab/models/older")), Some(("older".into(), 7)));
        assert!(chosen(&models[..1], None).is_none());
    }
}
