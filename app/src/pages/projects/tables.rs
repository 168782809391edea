//! Things in rows: in a project, on the dashboard, in explore.

use crate::components::{
    Column, Icon, Pick, RunTag, Scroll, Sorting, Tag, Time, VisibilityTag, heads,
};
use crate::format;
use crate::pages::models::{against, metric_title};
use leptos::prelude::*;
use mlhub_domain::dashboard::{DatasetCard, ModelCard, RunCard};
use mlhub_domain::datasets::VersionState;
use mlhub_domain::models::{Headline, Task};
use mlhub_domain::projects::Project;

/// The columns of a list of datasets.
const DATASETS: [Column; 6] = [
    Column::text("name", "Dataset"),
    Column::number("rows", "Rows"),
    Column::number("columns", "Columns"),
    Column::number("version", "Version"),
    Column::text("visibility", "Seen by"),
    Column::time("updated", "Updated"),
];

/// The columns of a list of models. On a phone the first two are in sight.
const MODELS: [Column; 7] = [
    Column::text("name", "Model"),
    Column::number("measured", "Measured"),
    Column::number("against", "Against the baseline"),
    Column::text("target", "Predicts"),
    Column::number("version", "Version"),
    Column::text("visibility", "Seen by"),
    Column::time("updated", "Updated"),
];

/// The columns of a list of runs.
const RUNS: [Column; 7] = [
    Column::time("run", "Run"),
    Column::text("status", "Status"),
    Column::text("model", "Model"),
    Column::text("dataset", "Trained on"),
    Column::number("measured", "Measured"),
    Column::number("took", "Took"),
    Column::time("created", "Started"),
];

/// A table of things.
fn table(
    label: &'static str,
    columns: &[Column],
    sorting: Option<&Sorting>,
    rows: Vec<AnyView>,
) -> AnyView {
    let measured = sorting.is_some_and(|Sorting { sort, .. }| {
        matches!(sort.trim_start_matches('-'), "measured" | "against")
    });
    let apart = measured.then(|| {
        view! {
            <p class="muted small">
                "Only what can be compared is put in order: accuracies together, RMSEs of the same \
                 target together. What was not measured comes last."
            </p>
        }
    });
    let heads = heads(columns, sorting);
    view! {
        {apart}
        <Scroll label=label>
            <table class="things">
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </Scroll>
    }
    .into_any()
}

/// The orders of a list of projects, which has no heads.
pub(in crate::pages) fn project_orders(sort: String) -> Pick {
    Pick {
        key: "sort",
        label: "Order",
        options: vec![
            ("", "Changed last first"),
            ("updated", "Changed last at the end"),
            ("name", "By name"),
            ("-name", "By name, backwards"),
        ],
        chosen: sort,
    }
}

/// Nothing, for a cell.
fn nothing() -> AnyView {
    view! { <span class="muted">"–"</span> }.into_any()
}

/// Datasets.
#[component]
pub fn DatasetTable(
    /// The rows.
    items: Vec<DatasetCard>,
    /// Whether each is named with its project.
    #[prop(optional)]
    anywhere: bool,
    /// Where the list stands, if it can be sorted.
    #[prop(optional_no_strip)]
    sorting: Option<Sorting>,
) -> impl IntoView {
    let rows = items.into_iter().map(|item| dataset(item, anywhere)).collect();
    table("Datasets", &DATASETS, sorting.as_ref(), rows)
}

fn dataset(item: DatasetCard, anywhere: bool) -> AnyView {
    let name = if anywhere {
        format!("{}/{}", item.at.project(), item.at.name)
    } else {
        item.at.name.to_string()
    };
    let version = match (item.state, item.current) {
        (Some(VersionState::Processing), _) => {
            view! { <Tag kind="live" pulse=true>"being read"</Tag> }.into_any()
        }
        (Some(VersionState::Failed), None) if item.cancelled => {
            view! { <Tag>"cancelled"</Tag> }.into_any()
        }
        (Some(VersionState::Failed), None) => view! { <Tag kind="bad">"failed"</Tag> }.into_any(),
        (_, Some(current)) => format!("v{current}").into_any(),
        (None | Some(VersionState::Ready), None) => nothing(),
    };
    let size =
        |n: u64| if item.current.is_some() { format::count(n).into_any() } else { nothing() };
    view! {
        <tr title=item.description.clone()>
            <td>
                <a href=item.at.page()>{name}</a>
            </td>
            <td class="num">{size(item.rows)}</td>
            <td class="num">{size(item.columns.into())}</td>
            <td class="num">{version}</td>
            <td>
                <VisibilityTag visibility=item.visibility/>
            </td>
            <td>
                <Time at=item.updated_at/>
            </td>
        </tr>
    }
    .into_any()
}

/// Models.
#[component]
pub fn ModelTable(
    /// The rows.
    items: Vec<ModelCard>,
    /// Whether each is named with its project.
    #[prop(optional)]
    anywhere: bool,
    /// Where the list stands, if it can be sorted.
    #[prop(optional_no_strip)]
    sorting: Option<Sorting>,
) -> impl IntoView {
    let rows = items.into_iter().map(|item| model(item, anywhere)).collect();
    table("Models", &MODELS, sorting.as_ref(), rows)
}

/// What a model predicts, in words.
pub(in crate::pages) fn predicts(task: Task, target: &str) -> String {
    match task {
        Task::Classification => format!("the class of {target}"),
        Task::Regression => format!("{target}, a number"),
    }
}

/// A metric and its name: `0.8756 accuracy`.
pub(in crate::pages) fn measured(headline: &Headline) -> AnyView {
    let value = format::metric(headline.value.0);
    view! {
        <b>{value}</b>
        " "
        <span class="muted">{metric_title(&headline.metric)}</span>
    }
    .into_any()
}

fn model(item: ModelCard, anywhere: bool) -> AnyView {
    let name = if anywhere {
        format!("{}/{}", item.at.project(), item.at.name)
    } else {
        item.at.name.to_string()
    };
    let value = item.headline.as_ref().map_or_else(nothing, measured);
    let against = item.headline.as_ref().and_then(|headline| {
        let baseline = headline.baseline?.0;
        let (text, verdict) = against(&headline.metric, headline.value.0, baseline);
        let class = match verdict {
            "" => "good",
            "worse" => "failed",
            _ => "muted",
        };
        Some(view! { <span class=class>{text}</span> }.into_any())
    });
    let version = match item.version {
        Some(version) => format!("v{version}").into_any(),
        None => view! { <Tag>"not trained"</Tag> }.into_any(),
    };
    view! {
        <tr title=item.description.clone()>
            <td>
                <a href=item.at.page()>{name}</a>
            </td>
            <td class="num">{value}</td>
            <td class="num">{against.unwrap_or_else(nothing)}</td>
            <td>{predicts(item.task, &item.target)}</td>
            <td class="num">{version}</td>
            <td>
                <VisibilityTag visibility=item.visibility/>
            </td>
            <td>
                <Time at=item.updated_at/>
            </td>
        </tr>
    }
    .into_any()
}

/// Runs.
#[component]
pub fn RunTable(
    /// The rows.
    items: Vec<RunCard>,
    /// Whether each is named with its project.
    #[prop(optional)]
    anywhere: bool,
    /// Where the list stands, if it can be sorted.
    #[prop(optional_no_strip)]
    sorting: Option<Sorting>,
) -> impl IntoView {
    let rows = items.into_iter().map(|item| run(item, anywhere)).collect();
    table("Runs", &RUNS, sorting.as_ref(), rows)
}

fn run(item: RunCard, anywhere: bool) -> AnyView {
    let project = item.at.project();
    let run = format!("run {}", item.at.run);
    let name = if anywhere { format!("{project} · {}", item.at.run) } else { run.clone() };
    // What the palette calls it.
    let label = match &item.trains {
        Some(model) => format!("{project} · {run} · {model}"),
        None => format!("{project} · {run}"),
    };
    let trains = match item.trains {
        Some(name) => {
            let href = project.model(name.clone()).page();
            view! { <a href=href>{name.to_string()}</a> }.into_any()
        }
        None => nothing(),
    };
    let took = item.took.map_or_else(nothing, |took| format::duration(took.0).into_any());
    view! {
        <tr>
            <td>
                <a href=item.at.page() data-label=label>
                    {name}
                </a>
            </td>
            <td>
                <RunTag status=item.status/>
            </td>
            <td>{trains}</td>
            <td>{item.dataset.map_or_else(nothing, IntoAny::into_any)}</td>
            <td class="num">{item.headline.as_ref().map_or_else(nothing, measured)}</td>
            <td class="num">{took}</td>
            <td>
                <Time at=item.created_at/>
            </td>
        </tr>
    }
    .into_any()
}

/// Projects, one below the other.
#[component]
pub fn ProjectList(
    /// The projects.
    items: Vec<Project>,
) -> impl IntoView {
    let rows = items.into_iter().map(|project| {
        let counts = format!(
            "{}, {}, {}",
            format::counted(project.datasets, "dataset", "datasets"),
            format::counted(project.models, "model", "models"),
            format::counted(project.runs, "run", "runs"),
        );
        let description = (!project.description.is_empty())
            .then(|| view! { <span class="meta">{project.description.clone()}</span> });
        view! {
            <li class="item">
                <Icon name="folder"/>
                <span class="what">
                    <a href=project.path().page()>{project.path().to_string()}</a>
                    {description}
                    <span class="meta">{counts}</span>
                </span>
                <VisibilityTag visibility=project.visibility/>
            </li>
        }
        .into_any()
    });
    view! {
        <ul class="list" role="list">
            {rows.collect_view()}
        </ul>
    }
}
