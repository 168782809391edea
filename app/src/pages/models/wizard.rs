//! The wizard: data, target, algorithm, settings, measuring, in one form.

use super::given::{Given, has};
use super::new::{Chosen, TrainModel, Wizard};
use super::settings::{FeaturesCard, ParamsCard};
use crate::Page;
use crate::components::{Card, EmptyState, Icon, Note, with_query};
use crate::format;
use crate::forms::{
    About, Call, Checkbox, Choice, Chooses, ErrorLine, Form, FormState, Hidden, NumberField,
    RadioCards, Select, SelectOption, SubmitButton, TextField,
};
use crate::pages::datasets::{reading_card, stop_reading};
use crate::shell::Head;
use leptos::prelude::*;
use mlhub_domain::algorithms::{Algorithm, AlgorithmKind, CATALOGUE};
use mlhub_domain::datasets::DatasetVersion;
use mlhub_domain::models::{Proposal, Task};
use mlhub_domain::names::{DatasetName, ModelName};
use mlhub_domain::text::sentence;

/// The most columns that are named of those that are gone.
const NAMED: usize = 5;

/// The title over what an earlier definition has and this one cannot have.
const GONE: &str = "Not as before";

/// The page.
#[component]
pub(super) fn WizardView(wizard: Wizard) -> impl IntoView {
    let title = match &wizard.model {
        Some(model) => format!("Train a new version of {model}"),
        None => "Train a model".to_string(),
    };
    let page_title = format!("{title} · {}", wizard.at);
    let body = match (wizard.chosen.clone(), wizard.reading.clone()) {
        (Some(chosen), _) => form(&wizard, chosen),
        // The dataset that the address names is on its way: the page turns to it by itself.
        (None, Some((name, latest, job))) => {
            let (again, at) = (wizard.at.train_page(Some(&name)), wizard.at.dataset(name));
            let stop = stop_reading(at.clone(), latest.version);
            reading_card(at, &latest, job, again, Some(stop))
        }
        (None, None) => nothing_to_learn(&wizard),
    };
    view! {
        <Page title=page_title>
            <Head title=title/>
            {body}
        </Page>
    }
    .into_any()
}

fn nothing_to_learn(wizard: &Wizard) -> AnyView {
    let upload = wizard.at.upload_page();
    let gone = wizard.gone.as_ref().map(|gone| {
        let said = format!("Dataset “{gone}” is not there any more, and there is no other.");
        view! { <Note title=GONE>{said}</Note> }
    });
    view! {
        {gone}
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

/// What the form is made for, with what was chosen and typed before.
#[derive(Clone)]
struct Plan {
    dataset: DatasetName,
    version: u32,
    /// The version that is current, where that is another one.
    current: Option<u32>,
    /// The versions that one can choose.
    versions: Vec<SelectOption>,
    /// The version that was asked for, where there is no such one to choose.
    lost: Option<u32>,
    proposal: Proposal,
    task: Task,
    algorithm: AlgorithmKind,
    /// A name that no model has yet.
    name: String,
    /// Why nothing can be learnt about the column to predict, where that is known.
    unfit: Option<String>,
    /// What stands in the settings, where it is not what is proposed.
    settings: Vec<(String, String)>,
}

impl Plan {
    fn new(wizard: &Wizard, chosen: Chosen) -> Self {
        let (given, task, algorithm) = wizard.settle(&chosen.proposal);
        let Chosen { dataset, version, current, versions, lost, proposal, name, unfit } = chosen;
        let settings = given.settings(dataset.as_str(), &proposal, &versions);
        let versions = versions.iter().map(|version| offer(version, current)).collect();
        let current = (current != version).then_some(current);
        Self {
            dataset,
            version,
            current,
            versions,
            lost,
            proposal,
            task,
            algorithm,
            name,
            unfit,
            settings,
        }
    }

    /// The address that shows the page with the same choices.
    fn address(&self, wizard: &Wizard) -> String {
        let task = if self.task == self.proposal.task { "" } else { self.task.as_str() };
        // A run alone means the version that it was trained on.
        let said = self.current.is_some() || !wizard.asked.run.is_empty();
        let version = if said { self.version.to_string() } else { String::new() };
        let keys = [
            ("model", wizard.asked.model.as_str()),
            ("run", &wizard.asked.run),
            ("dataset", self.dataset.as_str()),
            ("version", &version),
            ("target", &self.proposal.target),
            ("task", task),
            ("algorithm", self.algorithm.as_str()),
        ];
        let kept = keys.into_iter().filter(|(_, value)| !value.is_empty());
        kept.fold(wizard.at.train_page(None), |to, (key, value)| with_query(&to, key, Some(value)))
    }
}

impl Wizard {
    /// What stands in the form beside `proposal`, with the task and the algorithm that follow from it.
    pub(super) fn settle(&self, proposal: &Proposal) -> (Given, Task, AlgorithmKind) {
        let mut given = self.asked.given.clone();
        if let (Some(spec), false) = (&self.spec, given.came_back()) {
            given = Given::written(spec, proposal).with(given);
        }
        // What was said of another column does not hold for this one.
        let same = self.target().is_none_or(|target| target == proposal.target);
        let task = task_named(given.chosen("task")).filter(|_| same).unwrap_or(proposal.task);
        let algorithm = fitting(given.chosen("algorithm"), task);
        (given, task, algorithm)
    }
}

impl Wizard {
    /// What the address or the earlier definition asks for and cannot have, in words: a form must
    /// not change silently what a model predicts.
    fn gone(&self, plan: &Plan) -> Vec<(&'static str, String)> {
        let (proposal, table) = (&plan.proposal, format!("{} v{}", plan.dataset, plan.version));
        let dataset = self.gone.as_ref().map(|gone| {
            format!("Dataset “{gone}” is not there any more. This would train on {table}.")
        });
        let version = plan.lost.map(|lost| {
            let dataset = &plan.dataset;
            format!("{dataset} has no version {lost} to learn from. This would train on {table}.")
        });
        let target = self.target().filter(|target| *target != proposal.target).map(|target| {
            format!(
                "{table} has no column “{target}”. This would predict “{}”: choose another below.",
                proposal.target
            )
        });
        let before = self.spec.as_ref().filter(|_| !self.asked.given.came_back());
        let named = before.and_then(|spec| spec.features.as_ref()).into_iter().flatten();
        let lost: Vec<_> = named.filter(|name| !has(proposal, name)).collect();
        let said = lost.iter().take(NAMED).map(|name| format!("“{name}”")).collect::<Vec<_>>();
        let columns = (!lost.is_empty()).then(|| {
            let many = format::counted(lost.len() as u64, "column", "columns");
            let more = if lost.len() > NAMED { ", …" } else { "" };
            format!("{table} lacks {many} that it learnt from: {}{more}.", said.join(", "))
        });
        let version = version.map(|said| ("No such version", said));
        let before = [dataset, target, columns].into_iter().flatten();
        version.into_iter().chain(before.map(|said| (GONE, said))).collect()
    }
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

fn form(wizard: &Wizard, chosen: Chosen) -> AnyView {
    let plan = Plan::new(wizard, chosen);
    let at = wizard.at.clone();
    let (address, given) = (plan.address(wizard), plan.settings.clone());
    let (datasets, model, unseen) = (wizard.datasets.clone(), wizard.model.clone(), unseen(&plan));
    let cut = wizard.cut;
    let gone = wizard
        .gone(&plan)
        .into_iter()
        .map(|(title, said)| view! { <Note title=title>{said}</Note> }.into_any());
    let gone = gone.collect_view();
    view! {
        <Form action={Call::<TrainModel>::new()} given class="stack loose">
            // Enter in a field trains: a form is sent by the first of its buttons.
            <button class="visually-hidden" tabindex="-1" aria-hidden="true"></button>
            <About at/>
            {unseen}
            <div class="stack loose" data-address=address>
                {gone}
                <Parts datasets cut plan model/>
            </div>
        </Form>
    }
    .into_any()
}

/// What the page was made for, and the settings of the algorithms that are not chosen.
fn unseen(plan: &Plan) -> AnyView {
    let own = format!("params[{}]", plan.algorithm.as_str());
    let others = plan
        .settings
        .iter()
        .filter(|(name, _)| name.starts_with("params[") && !name.starts_with(&own));
    let others = others.cloned().map(|(name, value)| view! { <Hidden name value/> });
    view! {
        <Hidden name="before[dataset]" value=plan.dataset.to_string()/>
        <Hidden name="before[version]" value=plan.version.to_string()/>
        <Hidden name="before[target]" value=plan.proposal.target.clone()/>
        <Hidden name="before[name]" value=plan.name.clone()/>
        {others.collect_view()}
    }
    .into_any()
}

/// The cards. A component, so that the fields are made within their form and find in it what was
/// typed and what was wrong.
#[component]
fn Parts(
    datasets: Vec<DatasetName>,
    cut: Option<u64>,
    plan: Plan,
    model: Option<ModelName>,
) -> impl IntoView {
    view! {
        {data_card(&datasets, cut, &plan)}
        {target_card(&plan)}
        {algorithm_card(&plan)}
        <FeaturesCard features=plan.proposal.features.clone()/>
        <ParamsCard algorithm=plan.algorithm/>
        {last_card(&plan, model)}
    }
    .into_any()
}

fn data_card(datasets: &[DatasetName], cut: Option<u64>, plan: &Plan) -> AnyView {
    let names: Vec<SelectOption> =
        datasets.iter().map(|name| SelectOption::from(name.as_str())).collect();
    let (dataset, version) = (plan.dataset.to_string(), plan.version.to_string());
    let versions = plan.versions.clone();
    let cut = cut.map(|all| {
        let all = format::count(all);
        let said = format!("The first by name of {all} datasets. Others begin on their own page.");
        view! { <p class="small muted">{said}</p> }
    });
    view! {
        <Card title="Data" class="part">
            {cut}
            <Chooses>
                <Select name="dataset" label="Dataset" options=names value=dataset/>
                <Select name="version" label="Version" options=versions value=version/>
            </Chooses>
        </Card>
    }
    .into_any()
}

/// A version as one chooses it.
fn offer(version: &DatasetVersion, current: u32) -> SelectOption {
    let rows = format::counted(version.rows, "row", "rows");
    let columns = format::counted(version.columns.len() as u64, "column", "columns");
    let (number, date) = (version.version, format::date(version.created_at));
    let current = if number == current { ", current" } else { "" };
    let label = format!("v{number}{current} · {rows} × {columns} · {date}");
    SelectOption::new(number.to_string(), label)
}

fn target_card(plan: &Plan) -> AnyView {
    let proposal = &plan.proposal;
    let mut columns = vec![SelectOption::from(proposal.target.as_str())];
    columns.extend(proposal.features.iter().map(|f| SelectOption::from(f.name.as_str())));
    let tasks = vec![
        SelectOption::new("classification", "Which class: classification"),
        SelectOption::new("regression", "How much, a number: regression"),
    ];
    let (target, task) = (proposal.target.clone(), plan.task.as_str());
    let warning = plan.unfit.as_deref().map(sentence);
    let warning = warning.map(|why| view! { <Note title="Nothing to learn">{why}</Note> });
    let (why_target, why_task) = (proposal.target_reason.clone(), proposal.task_reason.clone());
    view! {
        <Card title="What to predict" class="part">
            <Chooses>
                <Select name="target" label="Column" options=columns value=target/>
                <p class="why">{why_target}</p>
                {warning}
            </Chooses>
            <Chooses>
                <Select name="task" label="Kind of prediction" options=tasks value=task/>
                <p class="why">{why_task}</p>
            </Chooses>
        </Card>
    }
    .into_any()
}

fn algorithm_card(plan: &Plan) -> AnyView {
    let cards = CATALOGUE.iter().map(|algorithm| {
        let mut card = Choice::new(algorithm.kind.as_str(), algorithm.title, algorithm.choose);
        if !algorithm.tasks.contains(&plan.task) {
            let predicts = match plan.task {
                Task::Classification => "numbers only, not classes",
                Task::Regression => "classes only, not numbers",
            };
            card.barred = Some(format!("Predicts {predicts}."));
        }
        card
    });
    let cards: Vec<Choice> = cards.collect();
    let value = plan.algorithm.as_str();
    view! {
        <Card title="Algorithm" class="part">
            <Chooses>
                <RadioCards name="algorithm" legend="How it learns" choices=cards value=value/>
            </Chooses>
        </Card>
    }
    .into_any()
}

/// Measuring, the name, and the button.
fn last_card(plan: &Plan, model: Option<ModelName>) -> AnyView {
    let (dataset, version) = (&plan.dataset, plan.version);
    let what = format!("{} of {dataset} v{version}", plan.algorithm.schema().title);
    let predicts = plan.proposal.target.clone();
    let as_version = model.as_ref().map(|model| format!(", as the next version of {model}"));
    let name = name_field(plan, model);
    view! {
        <Card title="Measuring and name" class="part">
            <div class="fields">
                {name}
                {measuring_fields()}
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
                    {what} ", to predict " <b>{predicts}</b> {as_version}
                </span>
            </div>
        </Card>
    }
    .into_any()
}

/// The name of a new model; that of `model`, whose next version it will be, is not asked for.
fn name_field(plan: &Plan, model: Option<ModelName>) -> AnyView {
    let Some(model) = model else {
        let value = plan.name.clone();
        return view! {
            <TextField
                name="name"
                label="Name"
                value=value
                help="What the model is called in addresses."
                required=true
                code=true
            />
        }
        .into_any();
    };
    view! {
        <Hidden name="name" value=model.to_string()/>
        <Hidden name="again" value="true"/>
        <Said field="name"/>
    }
    .into_any()
}

/// Which rows are kept aside.
fn measuring_fields() -> AnyView {
    view! {
        <NumberField
            name="holdout"
            label="Kept aside to measure"
            value="20"
            unit="% of rows"
            help="5 – 50. It never learns from these."
        />
        <NumberField
            name="seed"
            label="Seed"
            value="42"
            whole=true
            help="The same seed gives the same draw of rows."
        />
    }
    .into_any()
}

/// What is wrong with a field that one does not see.
#[component]
pub(super) fn Said(field: &'static str) -> impl IntoView {
    let wrong = FormState::around().and_then(|form| form.take_failure(field));
    view! { <ErrorLine id=format!("wrong-{field}") error=wrong/> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_algorithm_that_does_not_fit_gives_way() {
        assert_eq!(fitting("ridge", Task::Regression), AlgorithmKind::Ridge);
        assert_eq!(fitting("ridge", Task::Classification), AlgorithmKind::Lightgbm);
        assert_eq!(fitting("", Task::Regression), AlgorithmKind::Lightgbm);
    }
}
