//! Training a new model: one page. What is chosen stands in its address; what is set is posted.

#![expect(clippy::too_many_arguments, reason = "one for each field of the form")]

use super::settings::{FeaturesCard, ParamsCard};
use crate::components::{Card, EmptyState, Icon, with_query};
use crate::forms::{
    Call, Checkbox, Choice, Form, FormState, Hidden, NumberField, RadioCards, Select, SelectOption,
    SubmitButton, TextField,
};
use crate::pages::datasets::reading_card;
use crate::shell::Head;
use crate::{Failure, Page, format, load, routes};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use mlhub_domain::algorithms::{Algorithm, AlgorithmKind, CATALOGUE};
use mlhub_domain::datasets::DatasetVersion;
use mlhub_domain::models::{Proposal, Task};
use mlhub_domain::names::{DatasetName, ModelName};
use mlhub_domain::projects::ProjectPath;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the address says; empty where nothing is chosen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    dataset: String,
    target: String,
    task: String,
    algorithm: String,
}

/// A dataset, and what is proposed for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Chosen {
    dataset: DatasetName,
    version: u32,
    rows: u64,
    proposal: Proposal,
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Wizard {
    at: ProjectPath,
    asked: Asked,
    datasets: Vec<DatasetName>,
    chosen: Option<Chosen>,
    /// The version of the dataset asked for, while it is read for the first time.
    reading: Option<DatasetVersion>,
    /// Names that models of the project have already.
    taken: Vec<ModelName>,
}

/// Fetches it.
#[server(prefix = "/fn", endpoint = "models/new")]
pub(super) async fn wizard_data(
    at: ProjectPath,
    #[server(default)] asked: Asked,
) -> Result<Wizard, Failure> {
    use mlhub_domain::access::Role;
    use mlhub_domain::datasets::VersionState;
    use mlhub_domain::lists::{ListQuery, MAX_LIMIT};
    use mlhub_domain::problem::Code;
    use mlhub_hub::{datasets, models, projects};
    let (hub, actor) = crate::ssr::caller()?;
    let project = projects::get(&hub, &actor, &at).await?;
    if project.role < Some(Role::Edit) {
        return Err(mlhub_hub::Error::forbidden(project.role, Role::Edit).into());
    }
    let all = ListQuery { limit: Some(MAX_LIMIT), ..ListQuery::default() };
    let all = datasets::list(&hub, &actor, &at, &all).await?.items;
    let asked_for = match asked.dataset.parse::<DatasetName>() {
        Ok(name) => Some(datasets::get(&hub, &actor, &at.dataset(name)).await?),
        Err(_) => None,
    };
    let unread = asked_for.as_ref().filter(|dataset| dataset.current.is_none());
    let reading = unread.and_then(|dataset| dataset.latest.clone());
    let reading = reading.filter(|latest| latest.state == VersionState::Processing);
    if let (Some(dataset), None) = (unread, &reading) {
        let detail = format!("“{}” has no version that could be read.", dataset.name);
        return Err(Failure::new(Code::VersionNotReady, detail));
    }
    let ready: Vec<_> = all.into_iter().filter_map(|d| Some((d.name, d.current?))).collect();
    let wanted = asked_for.and_then(|dataset| Some((dataset.name, dataset.current?)));
    let found = wanted.or(ready.first().cloned()).filter(|_| reading.is_none());
    let Some((dataset, version)) = found else {
        return Ok(Wizard {
            at,
            asked,
            datasets: Vec::new(),
            chosen: None,
            reading,
            taken: Vec::new(),
        });
    };
    let profile = datasets::profile(&hub, &actor, &at.dataset(dataset.clone()), version).await?;
    let target = (!asked.target.is_empty()).then_some(asked.target.as_str());
    let chosen = models::propose(&profile, target).map(|proposal| Chosen {
        dataset,
        version,
        rows: profile.rows,
        proposal,
    });
    let datasets = ready.into_iter().map(|(name, _)| name).collect();
    let most = ListQuery { limit: Some(MAX_LIMIT), ..ListQuery::default() };
    let models = models::list(&hub, &actor, &at, &most).await?.items;
    let taken = models.into_iter().map(|model| model.name).collect();
    Ok(Wizard { at, asked, datasets, chosen, reading, taken })
}

/// Makes the model, starts its training and goes to the run.
#[server(prefix = "/fn", endpoint = "models/train")]
pub(super) async fn train_model(
    at: ProjectPath,
    name: String,
    dataset: DatasetName,
    version: u32,
    target: String,
    task: Task,
    algorithm: AlgorithmKind,
    #[server(default)] features: Vec<String>,
    #[server(default)] params: BTreeMap<String, String>,
    holdout: String,
    seed: String,
    #[server(default)] refit: bool,
) -> Result<(), Failure> {
    use crate::ssr;
    use mlhub_domain::models::{AlgorithmChoice, Spec, Validation};
    use mlhub_hub::models::{Training, create_and_train};
    /// The problem of a definition, told of the form's own fields.
    fn to_fields(error: mlhub_hub::Error) -> Failure {
        let mut failure = Failure::from(error);
        for field in &mut failure.0.fields {
            let inner = field.field.strip_prefix("spec.").unwrap_or(&field.field);
            let own = match inner.strip_prefix("algorithm.params.") {
                Some(param) => format!("params[{param}]"),
                None => inner.rsplit('.').next().unwrap_or(inner).replace("kind", "algorithm"),
            };
            field.field = own;
        }
        failure
    }
    let name: ModelName = name.trim().parse().map_err(|e| Failure::invalid("name", e, &name))?;
    let percent: f64 = holdout
        .trim()
        .parse()
        .map_err(|_| Failure::invalid("holdout", "Use a number from 5 to 50.", &holdout))?;
    let seed: u64 = seed
        .trim()
        .parse()
        .map_err(|_| Failure::invalid("seed", "Use a whole number from 0.", &seed))?;
    let known = algorithm.schema().params.iter();
    let given = known.filter_map(|param| {
        let text = params.get(param.name).filter(|text| !text.trim().is_empty())?;
        Some((param.name.to_string(), param.domain.read(text)))
    });
    let algorithm = AlgorithmChoice { kind: algorithm, params: given.collect() };
    let validation = Validation { holdout: percent / 100.0, refit };
    let spec = Spec { task, target, features: Some(features), algorithm, validation, seed };
    let (hub, actor) = ssr::caller()?;
    let (model, training) = (at.model(name), Training { dataset, version: Some(version) });
    let started = create_and_train(&hub, &actor, &model, &spec, &training).await;
    let started = started.map_err(to_fields)?;
    ssr::see_other(&at.run(started.run).page())
}

fn task_named(word: &str) -> Option<Task> {
    [Task::Classification, Task::Regression].into_iter().find(|task| task.as_str() == word)
}

/// The algorithm that `word` names where it does `task`; else the first that does.
fn fitting(word: &str, task: Task) -> AlgorithmKind {
    let does = |algorithm: &&Algorithm| algorithm.tasks.contains(&task);
    let named = CATALOGUE.iter().filter(does).find(|a| a.kind.as_str() == word);
    named.or(CATALOGUE.iter().find(does)).map_or(AlgorithmKind::Baseline, |a| a.kind)
}

/// `/{owner}/{project}/train`
#[component]
pub fn NewModel() -> impl IntoView {
    let (path, map) = (routes::params::<ProjectPath>(), use_query_map());
    let at = Memo::new(move |_| {
        let get = |key: &str| map.with(|map| map.get(key)).unwrap_or_default();
        let asked = Asked {
            dataset: get("dataset"),
            target: get("target"),
            task: get("task"),
            algorithm: get("algorithm"),
        };
        path.get().map(|at| (at, asked))
    });
    let show = |wizard| view! { <WizardView wizard/> }.into_any();
    load(at, |(at, asked)| wizard_data(at, asked), show)
}

#[component]
fn WizardView(wizard: Wizard) -> impl IntoView {
    let title = format!("Train a model · {}", wizard.at);
    let body = match wizard.chosen.clone() {
        Some(chosen) => steps(&wizard, chosen),
        None => match &wizard.reading {
            Some(latest) => being_read(&wizard, latest),
            None => nothing_to_learn(&wizard.at),
        },
    };
    view! {
        <Page title=title>
            <Head title="Train a model"/>
            {body}
        </Page>
    }
    .into_any()
}

/// The dataset that the address names is on its way: the page turns to it by itself.
fn being_read(wizard: &Wizard, latest: &DatasetVersion) -> AnyView {
    let Ok(name) = wizard.asked.dataset.parse::<DatasetName>() else {
        return nothing_to_learn(&wizard.at);
    };
    let again = wizard.at.train_page(Some(&name));
    reading_card(wizard.at.dataset(name), latest, None, again)
}

fn nothing_to_learn(at: &ProjectPath) -> AnyView {
    let upload = at.upload_page();
    view! {
        <EmptyState
            icon="database"
            title="No table to learn from"
            text="A model learns from a dataset of this project. Upload one; it is ready when it has been read."
        >
            <a class="btn primary" href=upload>
                <Icon name="upload"/>
                "Upload data"
            </a>
        </EmptyState>
    }
    .into_any()
}

fn steps(wizard: &Wizard, chosen: Chosen) -> AnyView {
    let path = wizard.at.train_page(None);
    let keys = [
        ("dataset", chosen.dataset.to_string()),
        ("target", chosen.proposal.target.clone()),
        ("task", wizard.asked.task.clone()),
        ("algorithm", wizard.asked.algorithm.clone()),
    ];
    let kept = keys.into_iter().filter(|(_, value)| !value.is_empty());
    let address = kept.fold(path, |to, (key, value)| with_query(&to, key, Some(&value)));
    let data = data_card(wizard, &chosen, &address);
    let task = task_named(&wizard.asked.task).unwrap_or(chosen.proposal.task);
    let algorithm = fitting(&wizard.asked.algorithm, task);
    let target = target_card(&chosen, task, &address);
    let algorithms = algorithm_card(task, algorithm, &address);
    view! {
        <div class="stack loose">
            {data}
            {target}
            {algorithms}
            <TrainForm at=wizard.at.clone() chosen task algorithm taken=wizard.taken.clone()/>
        </div>
    }
    .into_any()
}

/// A choice that shows the page anew: by its button without script, by itself with it (by
/// `enhance.js`). What depends on it (`drops`) is forgotten.
#[component]
fn Pick(
    address: String,
    key: &'static str,
    drops: &'static [&'static str],
    children: Children,
) -> impl IntoView {
    let base = drops.iter().fold(address, |to, drop| with_query(&to, drop, None));
    let (path, query) = base.split_once('?').unwrap_or((base.as_str(), ""));
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let kept = pairs.filter(|(name, _)| *name != key).map(|(name, value)| {
        let value = unescaped(value);
        view! { <input type="hidden" name=name.to_string() value=value/> }
    });
    let kept = kept.collect_view();
    let action = path.to_string();
    view! {
        <form method="get" action=action data-chooses="main" autocomplete="off">
            {kept}
            <div class="stack">
                {children()}
                <div class="actions">
                    <button class="btn needs-no-script">"Choose"</button>
                </div>
            </div>
        </form>
    }
    .into_any()
}

/// The text behind `%XX`, as [`with_query`] writes it.
fn unescaped(escaped: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = escaped.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        let code = more.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &more[2..];
            }
            Some(_) | None => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn data_card(wizard: &Wizard, chosen: &Chosen, address: &str) -> AnyView {
    let address = address.to_owned();
    let names = wizard.datasets.iter().map(|name| SelectOption::from(name.as_str()));
    let names: Vec<SelectOption> = names.collect();
    let value = chosen.dataset.to_string();
    let said =
        format!("Version {}, {}.", chosen.version, format::counted(chosen.rows, "row", "rows"));
    view! {
        <Card title="Data" class="part">
            <Pick address=address key="dataset" drops=&["target", "task", "algorithm"]>
                <Select name="dataset" label="Dataset" options=names value=value help=said/>
            </Pick>
        </Card>
    }
    .into_any()
}

fn target_card(chosen: &Chosen, task: Task, address: &str) -> AnyView {
    let address = address.to_owned();
    let again = address.clone();
    let proposal = &chosen.proposal;
    let mut columns = vec![SelectOption::from(proposal.target.as_str())];
    columns.extend(proposal.features.iter().map(|f| SelectOption::from(f.name.as_str())));
    let tasks =
        [Task::Classification, Task::Regression].map(|task| SelectOption::from(task.as_str()));
    let (target, task) = (proposal.target.clone(), task.as_str());
    let (why_target, why_task) = (proposal.target_reason.clone(), proposal.task_reason.clone());
    view! {
        <Card title="What to predict" class="part">
            <Pick address=again key="target" drops=&["task", "algorithm"]>
                <Select name="target" label="Column" options=columns value=target/>
                <p class="why">{why_target}</p>
            </Pick>
            <Pick address=address key="task" drops=&["algorithm"]>
                <Select name="task" label="Kind of prediction" options=tasks.to_vec() value=task/>
                <p class="why">{why_task}</p>
            </Pick>
        </Card>
    }
    .into_any()
}

fn algorithm_card(task: Task, chosen: AlgorithmKind, address: &str) -> AnyView {
    let address = address.to_owned();
    let cards = CATALOGUE.iter().map(|algorithm| {
        let mut card = Choice::new(algorithm.kind.as_str(), algorithm.title, algorithm.choose);
        if !algorithm.tasks.contains(&task) {
            card.barred = Some(format!("Does not do {}.", task.as_str()));
        }
        card
    });
    let cards: Vec<Choice> = cards.collect();
    let value = chosen.as_str();
    view! {
        <Card title="Algorithm" class="part">
            <Pick address=address key="algorithm" drops=&[]>
                <RadioCards name="algorithm" legend="How it learns" choices=cards value=value/>
            </Pick>
        </Card>
    }
    .into_any()
}

/// What is posted: features, settings, measuring, name.
#[component]
fn TrainForm(
    at: ProjectPath,
    chosen: Chosen,
    task: Task,
    algorithm: AlgorithmKind,
    taken: Vec<ModelName>,
) -> impl IntoView {
    let Chosen { dataset, version, proposal, .. } = chosen;
    let name = free_name(&format!("{dataset}-{}", algorithm.as_str()), &taken);
    let summary = format!("{} of {dataset} v{version}", algorithm.schema().title);
    let predicts = proposal.target.clone();
    view! {
        <Form action={Call::<TrainModel>::new()} class="stack loose">
            <Hidden name="at[owner]" value=at.owner.to_string()/>
            <Hidden name="at[project]" value=at.project.to_string()/>
            <Hidden name="dataset" value=dataset.to_string()/>
            <Hidden name="version" value=version.to_string()/>
            <Hidden name="target" value=proposal.target/>
            <Hidden name="task" value=task.as_str()/>
            <Hidden name="algorithm" value=algorithm.as_str()/>
            <Elsewhere/>
            <FeaturesCard features=proposal.features/>
            <ParamsCard algorithm/>
            <Card title="Measuring and name" class="part">
                <div class="fields">
                    <TextField name="name" label="Name" value=name required=true code=true/>
                    <NumberField name="holdout" label="Kept aside to measure" value="20" unit="%"/>
                    <NumberField name="seed" label="Seed" value="42" whole=true/>
                </div>
                <Checkbox
                    name="refit"
                    label="Fit again on all rows before publishing"
                    checked=true
                    help="The report stays that of the rows kept aside."
                />
                <div class="actions">
                    <SubmitButton>"Train"</SubmitButton>
                    <span class="muted small">
                        {summary} ", to predict " <b>{predicts}</b>
                    </span>
                </div>
            </Card>
        </Form>
    }
    .into_any()
}

/// `wanted`, or with a number behind it when a model is called so already.
fn free_name(wanted: &str, taken: &[ModelName]) -> String {
    let is_free = |name: &String| taken.iter().all(|other| other.as_str() != name.as_str());
    let short = |length: usize| wanted.chars().take(length).collect::<String>();
    let numbered = (2..).map(|n| format!("{}-{n}", short(60)));
    std::iter::once(short(64)).chain(numbered).find(is_free).unwrap_or_default()
}

/// What is wrong with a choice that stands above the form.
#[component]
fn Elsewhere() -> impl IntoView {
    let fields = ["dataset", "version", "target", "task", "algorithm", "features"];
    let wrong = FormState::around().map(|form| {
        let said: Vec<String> = fields.iter().filter_map(|f| form.take_failure(f)).collect();
        said.join("; ")
    });
    view! {
        <p class="error" role="alert">
            {wrong}
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_model_is_proposed_a_name_that_is_free() {
        let taken: Vec<ModelName> =
            ["iris-mlp", "iris-mlp-2"].map(|name| name.parse().unwrap()).to_vec();
        assert_eq!(free_name("iris-mlp", &taken), "iris-mlp-3");
        assert_eq!(free_name("iris-ridge", &taken), "iris-ridge");
        assert_eq!(free_name(&"x".repeat(80), &taken).len(), 64);
    }

    #[test]
    fn an_algorithm_that_does_not_fit_gives_way() {
        assert_eq!(fitting("ridge", Task::Regression), AlgorithmKind::Ridge);
        assert_eq!(fitting("ridge", Task::Classification), AlgorithmKind::Lightgbm);
        assert_eq!(fitting("", Task::Regression), AlgorithmKind::Lightgbm);
    }

    #[test]
    fn an_address_gives_its_text_back() {
        let address = with_query("/a/b/train", "target", Some("50% über"));
        let (_, value) = address.split_once('=').unwrap();
        assert_eq!(unescaped(value), "50% über");
    }
}
