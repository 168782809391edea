//! Training: a new model, or the next version of one. One page, one form: a choice on which the
//! rest depends has the page drawn anew, with everything that was typed.

#![expect(clippy::too_many_arguments, reason = "one for each field of the form")]

use super::given::Given;
use super::wizard::WizardView;
use crate::forms::{Call, typed};
use crate::{Failure, load, routes};
use leptos::prelude::*;
use mlhub_domain::algorithms::AlgorithmKind;
use mlhub_domain::datasets::{DatasetPath, DatasetVersion};
use mlhub_domain::jobs::Job;
use mlhub_domain::models::{AlgorithmChoice, DatasetRef, Proposal, Spec, Task};
use mlhub_domain::names::{DatasetName, ModelName};
use mlhub_domain::projects::ProjectPath;
use std::collections::BTreeMap;

/// What is wrong with a share of rows to keep aside.
const PERCENT: &str = "use a number from 5 to 50";

/// What is wrong with a seed.
const SEED: &str = "use a whole number from 0 to 18446744073709551615";

/// What the page is asked for.
#[derive(Clone, Default)]
pub(super) struct Asked {
    /// The model whose next version is to be trained; empty for a new model.
    pub(super) model: String,
    /// The run whose settings are to be changed; empty for none.
    pub(super) run: String,
    /// What stands in the form, or in the address.
    pub(super) given: Given,
}

/// A dataset, and what is proposed for it.
#[derive(Clone)]
pub(super) struct Chosen {
    pub(super) dataset: DatasetName,
    pub(super) version: u32,
    /// The version that is used where none is named.
    pub(super) current: u32,
    /// The versions that one can choose, the newest first.
    pub(super) versions: Vec<DatasetVersion>,
    /// The version that was asked for, where there is no such one to choose.
    pub(super) lost: Option<u32>,
    pub(super) proposal: Proposal,
    /// What a new model of it can be called: no other is.
    pub(super) name: String,
    /// Why nothing can be learnt about the column to predict, where that is known.
    pub(super) unfit: Option<String>,
}

/// What the page shows.
pub(super) struct Wizard {
    pub(super) at: ProjectPath,
    pub(super) asked: Asked,
    /// The model whose next version it will be.
    pub(super) model: Option<ModelName>,
    /// The definition to go on from.
    pub(super) spec: Option<Spec>,
    /// The dataset to go on with, where that was deleted.
    pub(super) gone: Option<DatasetName>,
    /// What the run to go on from was trained on.
    pub(super) trained_on: Option<DatasetRef>,
    /// The datasets that one can choose, in the order of their names.
    pub(super) datasets: Vec<DatasetName>,
    /// How many the project has, where those are not all that one can choose.
    pub(super) cut: Option<u64>,
    pub(super) chosen: Option<Chosen>,
    /// The dataset asked for, its version, and the job that reads it, while it is read for the first
    /// time.
    pub(super) reading: Option<(DatasetName, DatasetVersion, Option<Job>)>,
}

/// Fetches it.
async fn wizard_data(at: ProjectPath, asked: Asked) -> Result<Wizard, Failure> {
    on_server!({
        use crate::pages::datasets::fetch::reading_job;
        use mlhub_domain::datasets::VersionState;
        use mlhub_domain::lists::{ListQuery, MAX_LIMIT};
        use mlhub_domain::problem::Code;
        use mlhub_hub::{IfFound as _, datasets, projects};
        let (hub, actor) = crate::ssr::caller()?;
        projects::get_to_edit(&hub, &actor, &at).await?;
        let (spec, model, trained_on) = go_on_from(&at, &asked).await?;
        let most = ListQuery { limit: Some(MAX_LIMIT), ..ListQuery::default() };
        let all = datasets::list(&hub, &actor, &at, &most).await?;
        let cut = (all.total > all.items.len() as u64).then_some(all.total);
        let named = asked.given.get("dataset").parse::<DatasetName>().ok();
        let named = named.or(trained_on.as_ref().map(|trained_on| trained_on.name.clone()));
        let asked_for = match named.clone().map(|name| at.dataset(name)) {
            // A model outlives what it learnt from: its next version learns from something else.
            Some(name) if spec.is_some() => datasets::get(&hub, &actor, &name).await.if_found()?,
            Some(name) => Some(datasets::get(&hub, &actor, &name).await?),
            None => None,
        };
        let gone = named.filter(|_| asked_for.is_none());
        let unread = asked_for.as_ref().filter(|dataset| dataset.current.is_none());
        let reading =
            unread.and_then(|dataset| Some((dataset.name.clone(), dataset.latest.clone()?)));
        let reading = reading.filter(|(_, latest)| latest.state == VersionState::Processing);
        if let (Some(dataset), None) = (unread, &reading) {
            let detail = format!("“{}” has no version that could be read.", dataset.name);
            return Err(Failure::new(Code::VersionNotReady, detail));
        }
        let reading = match reading {
            Some((name, latest)) => {
                let job = reading_job(&latest).await?;
                Some((name, latest, job))
            }
            None => None,
        };
        let ready: Vec<_> =
            all.items.into_iter().filter_map(|d| Some((d.name, d.current?))).collect();
        let wanted = asked_for.and_then(|dataset| Some((dataset.name, dataset.current?)));
        let found = wanted.or(ready.first().cloned()).filter(|_| reading.is_none());
        let mut datasets: Vec<_> = ready.into_iter().map(|(name, _)| name).collect();
        // Also where it stands beyond those: a choice without it would begin with another.
        if let Some((name, _)) = found.as_ref().filter(|(name, _)| !datasets.contains(name)) {
            datasets.push(name.clone());
        }
        let chosen = None;
        let mut wizard =
            Wizard { at, asked, model, spec, gone, trained_on, datasets, cut, chosen, reading };
        if let Some((dataset, current)) = found {
            wizard.chosen = propose(&wizard, dataset, current).await?;
        }
        Ok(wizard)
    })
}

/// What the run or the model that is asked for goes on from: its definition, the model whose next
/// version it will be, what it was trained on.
async fn go_on_from(
    at: &ProjectPath,
    asked: &Asked,
) -> Result<(Option<Spec>, Option<ModelName>, Option<DatasetRef>), Failure> {
    on_server!({
        use mlhub_hub::{models, runs};
        let (hub, actor) = crate::ssr::caller()?;
        Ok(match (asked.run.parse(), asked.model.parse()) {
            // A run whose model was deleted trains none: its settings begin a new one.
            (Ok(run), _) => {
                let run = runs::get(&hub, &actor, &at.run(run)).await?;
                (run.spec, run.trains, run.dataset)
            }
            (Err(_), Ok(name)) => {
                let model = models::get(&hub, &actor, &at.model(name)).await?;
                (Some(model.spec), Some(model.name), None)
            }
            (Err(_), Err(_)) => (None, None, None),
        })
    })
}

/// The version of a dataset that is asked for, else the `current` one, and what is proposed for it;
/// `None` when nothing in it can be learnt.
async fn propose(
    wizard: &Wizard,
    dataset: DatasetName,
    current: u32,
) -> Result<Option<Chosen>, Failure> {
    on_server!({
        use mlhub_hub::{datasets, models};
        let (hub, actor) = crate::ssr::caller()?;
        let path = wizard.at.dataset(dataset.clone());
        let named = wizard.version(&dataset);
        let versions = ready(&path, [named, Some(current)]).await?;
        let lost = named.filter(|named| versions.iter().all(|ready| ready.version != *named));
        let version = named.filter(|_| lost.is_none()).unwrap_or(current);
        let profile = datasets::profile(&hub, &actor, &path, version).await?;
        let target = wizard.target();
        let proposal = models::propose(&profile, None)
            .filter(|proposal| target.is_none_or(|target| proposal.target == target))
            .or_else(|| models::propose(&profile, target));
        let Some(proposal) = proposal else { return Ok(None) };
        let (_, task, algorithm) = wizard.settle(&proposal);
        let wanted = usual_name(&dataset, algorithm);
        let name = models::free_name(&hub, &actor, &wizard.at, &wanted).await?.to_string();
        let unfit = models::unfit(&profile, &proposal.target, task);
        Ok(Some(Chosen { dataset, version, current, versions, lost, proposal, name, unfit }))
    })
}

/// The versions of a dataset that one can learn from, the newest first: the newest of all, and the
/// `wanted` ones wherever they stand.
async fn ready(at: &DatasetPath, wanted: [Option<u32>; 2]) -> Result<Vec<DatasetVersion>, Failure> {
    on_server!({
        use mlhub_domain::datasets::VersionState;
        use mlhub_domain::lists::{ListQuery, MAX_LIMIT};
        use mlhub_hub::{IfFound as _, datasets};
        let (hub, actor) = crate::ssr::caller()?;
        let most = ListQuery { limit: Some(MAX_LIMIT), ..ListQuery::default() };
        let mut versions = datasets::versions(&hub, &actor, at, &most).await?.items;
        for wanted in wanted.into_iter().flatten() {
            if versions.iter().all(|known| known.version != wanted) {
                versions.extend(datasets::version(&hub, &actor, at, wanted).await.if_found()?);
            }
        }
        versions.retain(|version| version.state == VersionState::Ready);
        Ok(versions)
    })
}

/// What a model is called that nobody named.
fn usual_name(dataset: &DatasetName, algorithm: AlgorithmKind) -> String {
    format!("{dataset}-{}", algorithm.as_str())
}

impl Wizard {
    /// The version of `dataset` to learn from, where it was said: now or by the run to go on from.
    fn version(&self, dataset: &DatasetName) -> Option<u32> {
        let given = &self.asked.given;
        let before = self.trained_on.as_ref().filter(|before| before.name == *dataset);
        let before = before.filter(|_| !given.came_back()).map(|before| before.version);
        let named = given.chosen("version").parse().ok().or(before);
        named.filter(|_| self.gone.is_none())
    }

    /// The column to predict, where it was said: now or in the definition to go on from.
    pub(super) fn target(&self) -> Option<&str> {
        let given = &self.asked.given;
        let before = self.spec.as_ref().filter(|_| !given.came_back()).map(|spec| &*spec.target);
        Some(given.chosen("target")).filter(|target| !target.is_empty()).or(before)
    }
}

/// Makes the model, or changes how it is trained (`again`), starts its training and goes to the run.
#[server(prefix = "/fn", endpoint = "models/train")]
pub(super) async fn train_model(
    at: ProjectPath,
    name: String,
    #[server(default)] again: bool,
    dataset: DatasetName,
    version: u32,
    target: String,
    task: Task,
    algorithm: AlgorithmKind,
    #[server(default)] features: Vec<String>,
    #[server(default)] params: BTreeMap<String, BTreeMap<String, String>>,
    holdout: String,
    seed: String,
    #[server(default)] refit: bool,
    #[server(default)] before: BTreeMap<String, String>,
) -> Result<(), Failure> {
    use mlhub_domain::models::Validation;
    use mlhub_domain::problem::Kind;
    use mlhub_hub::Error;
    use mlhub_hub::models::{self, Definition, Training};
    let (hub, actor) = crate::ssr::caller()?;
    let mut name = name;
    // Without script a name that was only proposed is that of what was chosen before.
    let wanted = usual_name(&dataset, algorithm);
    let proposed = !again && before.get("name") == Some(&name);
    if proposed && !models::is_proposed(&name, &wanted) {
        name = models::free_name(&hub, &actor, &at, &wanted).await?.to_string();
    }
    let named = name.trim().parse::<ModelName>().map_err(|e| Failure::invalid("name", e, &name));
    let percent = holdout.trim().parse::<f64>();
    let percent = percent.map_err(|_| Failure::invalid("holdout", PERCENT, &holdout));
    let drawn = seed.trim().parse::<u64>();
    let drawn = drawn.map_err(|_| Failure::invalid("seed", SEED, &seed));
    let wrong = [named.as_ref().err(), percent.as_ref().err(), drawn.as_ref().err()];
    let wrong = wrong.into_iter().flatten().cloned().reduce(Failure::and);
    let holdout = percent.map_or(Validation::default().holdout, |percent| percent / 100.0);
    let validation = Validation { holdout, refit };
    let (kind, algorithm) = (algorithm, typed_settings(algorithm, &params));
    let (features, seed) = (Some(features), drawn.unwrap_or_default());
    let spec = Spec { task, target, features, algorithm, validation, seed };
    // Without script another dataset may be chosen beside the version of the one before.
    let same = before.get("dataset").is_none_or(|before| before == dataset.as_str());
    let other = changed(&before, dataset.as_str(), &spec.target);
    let told = |error: Error| match &other {
        Some(other) if error.kind() == Kind::Invalid => other.clone(),
        _ => at_fields(error.into(), kind),
    };
    let training = Training { dataset, version: same.then_some(version) };
    if let Some(wrong) = wrong {
        // What else is wrong is told with it.
        let new = named.as_ref().ok().filter(|_| !again);
        let rest = models::check_training(&hub, &actor, &at, new, &spec, &training).await;
        let rest = rest.err().map(told);
        return Err(rest.into_iter().fold(wrong, Failure::and));
    }
    let model = at.model(named?);
    let definition = if again { Definition::Changed(&spec) } else { Definition::New(&spec) };
    let started = models::define_and_train(&hub, &actor, &model, definition, &training).await;
    let started = started.map_err(told)?;
    crate::ssr::see_other(&at.run(started.run).page())
}

/// What to say of settings that were made for something else: without script the page is not drawn
/// anew at a choice. The page that comes back has those that are proposed.
fn changed(before: &BTreeMap<String, String>, dataset: &str, target: &str) -> Option<Failure> {
    let choices =
        [("dataset", "The dataset", dataset), ("target", "The column to predict", target)];
    let (field, what, value) = choices
        .into_iter()
        .find(|(key, _, value)| before.get(*key).is_some_and(|before| before != value))?;
    let said = format!(
        "{what} is another one now, with the settings proposed for it below. Look them over and \
         press Train again."
    );
    Some(Failure::invalid(field, said, value))
}

/// The algorithm `kind` with what was typed of its settings; those left empty have their defaults.
fn typed_settings(
    kind: AlgorithmKind,
    params: &BTreeMap<String, BTreeMap<String, String>>,
) -> AlgorithmChoice {
    let typed = params.get(kind.as_str());
    let given = kind.schema().params.iter().filter_map(|param| {
        let text = typed?.get(param.name).filter(|text| !text.trim().is_empty())?;
        Some((param.name.to_string(), param.domain.read(text)))
    });
    AlgorithmChoice { kind, params: given.collect() }
}

/// The problem of a definition, told of the form's own fields.
fn at_fields(mut failure: Failure, kind: AlgorithmKind) -> Failure {
    for field in &mut failure.0.fields {
        let inner = field.field.strip_prefix("spec.").unwrap_or(&field.field);
        let own = match inner.strip_prefix("algorithm.params.") {
            Some(param) => format!("params[{}][{param}]", kind.as_str()),
            None => inner.rsplit('.').next().unwrap_or(inner).replace("kind", "algorithm"),
        };
        if own == "holdout" {
            field.message = PERCENT.into();
        }
        field.field = own;
    }
    failure
}

/// `/{owner}/{project}/train`
#[component]
pub fn NewModel() -> impl IntoView {
    let choices = ["dataset", "version", "target", "task", "algorithm"];
    let chosen = || choices.map(|key| (key.to_string(), routes::query(key)));
    let chosen = || chosen().into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let given = Given(typed(Call::<TrainModel>::new(), "").unwrap_or_else(chosen));
    let asked = Asked { model: routes::query("model"), run: routes::query("run"), given };
    let at = routes::params::<ProjectPath>().map(|at| (at, asked));
    let show = |wizard| view! { <WizardView wizard/> }.into_any();
    load(at, |(at, asked)| wizard_data(at, asked), show)
}
