//! The page of a model: what it is, how good, to be tried and taken.

use super::change;
use super::evaluation::{EvaluationView, importance, stats};
use super::try_it::TryCard;
use super::untrained::untrained;
use super::use_it::{UseCard, takes};
use super::versions::{VersionRow, Versions, VersionsCard, link};
use crate::components::{
    Card, Facts, Html, Icon, Prose, Tab, Tabs, Tag, Time, VisibilityTag, with_query,
};
use crate::format;
use crate::shell::Head;
use crate::{Failure, Page, load, routes};
use leptos::prelude::*;
use mlhub_domain::access::Visibility;
use mlhub_domain::evaluation::Evaluation;
use mlhub_domain::models::{Headline, Model, ModelPath, ModelVersion, Spec};
use mlhub_domain::names::DatasetName;
use mlhub_domain::runs::Run;
use std::collections::BTreeSet;

/// What the page shows.
struct ModelData {
    at: ModelPath,
    /// Whether the visitor may see the project around it.
    sees: bool,
    edits: bool,
    manages: bool,
    model: Model,
    rows: Vec<VersionRow>,
    version: Option<ModelVersion>,
    evaluation: Option<Evaluation>,
    /// The newest run that trains it, while it has no version.
    run: Option<Run>,
    /// The datasets of the versions that the visitor may see.
    datasets: BTreeSet<DatasetName>,
    card: Html,
    /// Scheme and host of this server, as the visitor wrote them.
    origin: String,
}

/// Fetches it. `version` is a number or an alias; empty for the one that is shown when none is
/// named. A model may be public in a project that is not.
async fn show_model(at: ModelPath, version: String) -> Result<ModelData, Failure> {
    on_server!({
        use mlhub_domain::access::Role;
        use mlhub_domain::lists::{ListQuery, MAX_LIMIT};
        use mlhub_hub::{IfFound as _, datasets, models, projects};
        let (hub, actor) = crate::ssr::caller()?;
        let model = models::get(&hub, &actor, &at).await?;
        let project = projects::get(&hub, &actor, &at.project()).await.if_found()?;
        let (sees, role) = (project.is_some(), project.and_then(|p| p.role));
        let (version, evaluation) = reported(&at, &model, &version).await?.unzip();
        let newest = ListQuery { limit: Some(MAX_LIMIT), ..ListQuery::default() };
        let mut newest = models::versions(&hub, &actor, &at, &newest).await?.items;
        // Also an old one that the page is about.
        let old = version.clone().filter(|shown| newest.iter().all(|known| known != shown));
        newest.extend(old);
        let trained_on = newest.iter().map(|version| version.dataset.name.clone());
        let trained_on = trained_on.collect();
        let datasets = datasets::seen(&hub, &actor, &at.project(), &trained_on).await?;
        let run = if version.is_none() && sees { newest_run(&at).await? } else { None };
        let metric = mlhub_domain::evaluation::headline(model.spec.task);
        let rows = newest.into_iter().map(|version| row(version, metric, &datasets)).collect();
        let card = crate::ssr::markdown(model.card.clone()).await?;
        Ok(ModelData {
            at,
            sees,
            edits: role >= Some(Role::Edit),
            manages: role >= Some(Role::Manage),
            model,
            rows,
            version,
            evaluation: evaluation.flatten(),
            run,
            datasets,
            card,
            origin: crate::ssr::origin(),
        })
    })
}

/// The version that the page is about, and what is said of it; `None` while there is none.
async fn reported(
    at: &ModelPath,
    model: &Model,
    version: &str,
) -> Result<Option<(ModelVersion, Option<Evaluation>)>, Failure> {
    on_server!({
        use mlhub_domain::models::VersionRef;
        use mlhub_hub::{IfFound as _, models};
        let (hub, actor) = crate::ssr::caller()?;
        let asked = match version {
            "" => model.shown.map(VersionRef::Number),
            text => {
                Some(text.parse::<VersionRef>().map_err(|e| Failure::invalid("version", e, text))?)
            }
        };
        let Some(asked) = asked else { return Ok(None) };
        let found = models::version(&hub, &actor, at, &asked).await?;
        Ok(Some((found, models::evaluation(&hub, &actor, at, &asked).await.if_found()?)))
    })
}

/// A version in the list of them; `seen` are the datasets that the visitor may see.
fn row(version: ModelVersion, metric: &str, seen: &BTreeSet<DatasetName>) -> VersionRow {
    VersionRow {
        open: seen.contains(&version.dataset.name),
        headline: version.metrics.get(metric).map(|value| Headline {
            metric: metric.into(),
            value: *value,
            baseline: None,
        }),
        algorithm: version.spec.algorithm.kind.schema().title.into(),
        aliases: version.aliases.iter().map(ToString::to_string).collect(),
        version: version.version,
        run: version.run,
        cancelled: version.cancelled,
        dataset: version.dataset,
        created_at: version.created_at,
    }
}

/// The newest run that trains the model at `at`.
async fn newest_run(at: &ModelPath) -> Result<Option<Run>, Failure> {
    on_server!({
        use mlhub_domain::lists::ListQuery;
        use mlhub_hub::runs::{Listing, list};
        let (hub, actor) = crate::ssr::caller()?;
        let query = ListQuery { limit: Some(1), ..ListQuery::default() };
        let listing = Listing { model: Some(at.name.to_string()), query, ..Listing::default() };
        Ok(list(&hub, &actor, &at.project(), &listing).await?.items.into_iter().next())
    })
}

/// `/{owner}/{project}/models/{name}`
#[component]
pub fn ModelPage() -> impl IntoView {
    let asked = routes::params::<ModelPath>().map(|at| (at, routes::query("version")));
    let show = |data| view! { <ModelView data/> }.into_any();
    load(asked, |(at, version)| show_model(at, version), show)
}

#[component]
fn ModelView(data: ModelData) -> impl IntoView {
    let title = format!("{} · {}", data.at.name, data.at.project());
    let (name, visibility) = (data.model.name.to_string(), data.model.visibility);
    let chosen = data.version.as_ref().map(|v| (v.version, v.aliases.first().cloned()));
    let tags = move || {
        let version = chosen.clone().map(|(number, alias)| {
            let alias = alias.map(|alias| format!(" {alias}")).unwrap_or_default();
            view! { <Tag kind="ok">{format!("v{number}{alias}")}</Tag> }
        });
        view! { {version} <VisibilityTag visibility/> }
    };
    let (at, sees) = (data.at.clone(), data.sees);
    let about = data.version.clone().map(|version| {
        let open = data.datasets.contains(&version.dataset.name);
        (version, open)
    });
    let spec = data.model.spec.clone();
    let facts = move || match &about {
        Some((version, open)) => facts(&at, version, *open, sees),
        None => plan(&spec),
    };
    let buttons = buttons(&data);
    let description = (!data.model.description.is_empty())
        .then(|| view! { <p class="lede">{data.model.description.clone()}</p> });
    let words = data.model.description.clone();
    let body = body(&data);
    let change = data.edits.then(|| change::cards(&data.at, &data.model, data.manages));
    view! {
        <Page title=title about=words>
            <Head title=name tags facts>
                {buttons}
            </Head>
            {description}
            {body}
            {change}
        </Page>
    }
    .into_any()
}

/// What a version is; `open` and `sees` are whether the visitor may see what it was trained on, and
/// the project around it.
fn facts(at: &ModelPath, version: &ModelVersion, open: bool, sees: bool) -> AnyView {
    let (data, run) = (&version.dataset, at.project().run(version.run));
    let page = at.project().dataset(data.name.clone()).page();
    let href = format!("{page}?version={}", data.version);
    let trained_on = format!("{} v{}", data.name, data.version);
    let (predicts, created_at) = (takes(version), version.created_at);
    let algorithm = version.spec.algorithm.kind.schema().title;
    let cancelled = if version.cancelled { ", cancelled" } else { "" };
    let (run_page, run_name) = (run.page(), format!("run {}{cancelled}", run.run));
    view! {
        <Facts>
            <span>{"predicts "} <b>{predicts}</b></span>
            <span>{algorithm}</span>
            <span>
                "trained on " {link(open, href, trained_on)}
            </span>
            <span>
                "by " {link(sees, run_page, run_name)} ", "
                <Time at=created_at/>
            </span>
        </Facts>
    }
    .into_any()
}

/// What a model without a version will be.
fn plan(spec: &Spec) -> AnyView {
    let (target, algorithm) = (spec.target.clone(), spec.algorithm.kind.schema().title);
    view! {
        <Facts>
            <span>{"predicts "} <b>{target}</b></span>
            <span>{algorithm}</span>
        </Facts>
    }
    .into_any()
}

fn buttons(data: &ModelData) -> AnyView {
    let train = (data.edits && data.version.is_some()).then(|| train_link(data, "btn"));
    let download = data.version.as_ref().map(|version| {
        let href = format!("{}/versions/{}/download", data.at.api(), version.version);
        view! {
            <a class="btn" href=href rel="external" download="">
                <Icon name="download"/>
                "Download"
            </a>
        }
        .into_any()
    });
    let closed = data.manages && data.model.visibility == Visibility::Private;
    let share = (closed && data.version.is_some()).then(|| {
        view! {
            <a class="btn" href="#visibility">
                <Icon name="users"/>
                "Share"
            </a>
        }
        .into_any()
    });
    view! {
        {train}
        {download}
        {share}
    }
    .into_any()
}

/// To the form that trains the next version, or the first.
fn train_link(data: &ModelData, class: &'static str) -> AnyView {
    let trained_on = data.version.as_ref().map(|version| &version.dataset.name);
    let page = data.at.project().train_page(trained_on);
    let href = with_query(&page, "model", Some(data.at.name.as_str()));
    let words = if data.version.is_some() { "Train a new version" } else { "Train it" };
    view! {
        <a class=class href=href>
            <Icon name="activity"/>
            {words}
        </a>
    }
    .into_any()
}

/// Links to the parts of the page.
fn parts(data: &ModelData) -> AnyView {
    let about = !data.model.card.trim().is_empty();
    let parts = [
        ("try", "Try it", true),
        ("about", "About", about),
        ("versions", "Versions", true),
        ("evaluation", "Evaluation", data.evaluation.is_some()),
        ("use", "Use it", true),
        ("describe", "Change it", data.edits),
    ];
    let there = parts.into_iter().filter(|(_, _, there)| *there);
    let tab = |(id, label, _): (&str, &str, bool)| {
        let many = (id == "versions").then(|| format::count(data.model.versions.into()));
        let (href, note) = (format!("#{id}"), many.unwrap_or_default());
        Tab { href, label: label.into(), note, ..Tab::default() }
    };
    let tabs = there.map(tab).collect();
    view! { <Tabs label="Parts of this page" tabs/> }.into_any()
}

/// What its people say about a model.
fn card(data: &ModelData) -> Option<AnyView> {
    let html = data.card.clone();
    let card = (!data.model.card.trim().is_empty()).then(|| {
        view! {
            <Card title="About this model" id="about">
                <Prose html/>
            </Card>
        }
    });
    card.map(IntoAny::into_any)
}

/// The parts of a version; or what is missing, before the first.
fn body(data: &ModelData) -> AnyView {
    let Some(version) = data.version.clone() else {
        let train = data.edits.then(|| train_link(data, "btn primary"));
        return view! {
            {untrained(&data.at, data.run.as_ref(), train, data.sees)}
            {card(data)}
        }
        .into_any();
    };
    let (at, shown) = (data.at.clone(), version.version);
    let evaluation = data.evaluation.as_ref();
    let good = evaluation.map(stats).map(|stats| {
        view! {
            <Card>
                <div class="stats">{stats}</div>
            </Card>
        }
    });
    let important = evaluation.map(|evaluation| evaluation.importance.clone()).unwrap_or_default();
    let looks = evaluation.and_then(|evaluation| importance(evaluation, ""));
    let report = evaluation
        .cloned()
        .map(|evaluation| view! { <EvaluationView evaluation rest=true/> }.into_any());
    // Without a card the form would stand above a void.
    let (below, beside) = match card(data) {
        Some(about) => (Some(about), looks),
        None => (looks, None),
    };
    let signature = version.signature.clone();
    let (model, origin, rows) = (data.model.clone(), data.origin.clone(), data.rows.clone());
    let usual = model.shown.unwrap_or(shown);
    let (sees, edits, all) = (data.sees, data.edits, u64::from(model.versions));
    let versions = Versions { at: at.clone(), shown, usual, all, sees, edits };
    view! {
        {parts(data)}
        <div class="model">
            {good} <div class="does stack loose">
                <TryCard at version=shown signature important/>
                {below}
            </div> <div class="stack loose">
                {beside}
                <VersionsCard about=versions rows/>
            </div>
        </div>
        {report}
        <UseCard model version origin/>
    }
    .into_any()
}
