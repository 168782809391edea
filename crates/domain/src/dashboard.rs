//! What is shown of many projects at once: on the dashboard, the landing page, in explore.

use crate::access::Visibility;
use crate::datasets::{Dataset, DatasetPath, VersionState};
use crate::evaluation::headline;
use crate::jobs::RunningJob;
use crate::lists::{List, ListQuery, Sorts};
use crate::models::{Headline, Model, ModelPath, Task};
use crate::names::ModelName;
use crate::num::Num;
use crate::projects::{Project, ProjectPath};
use crate::runs::{Run, RunPath, RunStatus};
use chrono::{DateTime, Utc};

/// A dataset in a few facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatasetCard {
    /// Where it is.
    pub at: DatasetPath,
    /// What it is for.
    pub description: String,
    /// Who sees it.
    pub visibility: Visibility,
    /// How far its newest version is; `null` before the first upload.
    pub state: Option<VersionState>,
    /// Whether somebody stopped the reading of that version.
    pub cancelled: bool,
    /// The current version; `null` before one is ready.
    pub current: Option<u32>,
    /// Rows of the current version.
    pub rows: u64,
    /// Columns of the current version.
    pub columns: u32,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl From<Dataset> for DatasetCard {
    fn from(dataset: Dataset) -> Self {
        let at = dataset.path();
        Self {
            at,
            state: dataset.latest.as_ref().map(|version| version.state),
            cancelled: dataset.latest.is_some_and(|version| version.cancelled),
            current: dataset.current,
            rows: dataset.rows,
            columns: dataset.columns,
            description: dataset.description,
            visibility: dataset.visibility,
            updated_at: dataset.updated_at,
        }
    }
}

/// A model in a few facts.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelCard {
    /// Where it is.
    pub at: ModelPath,
    /// What it is for.
    pub description: String,
    /// Who sees it.
    pub visibility: Visibility,
    /// What kind of prediction.
    pub task: Task,
    /// The column it predicts.
    pub target: String,
    /// The version shown: `champion`, else the newest; `null` before the first training.
    pub version: Option<u32>,
    /// How good that version is.
    pub headline: Option<Headline>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl From<Model> for ModelCard {
    fn from(model: Model) -> Self {
        Self {
            at: model.path(),
            description: model.description,
            visibility: model.visibility,
            task: model.spec.task,
            target: model.spec.target,
            version: model.shown,
            headline: model.headline,
            updated_at: model.updated_at,
        }
    }
}

/// A run in a few facts.
#[derive(Clone, Debug, PartialEq)]
pub struct RunCard {
    /// Where it is.
    pub at: RunPath,
    /// How far it is.
    pub status: RunStatus,
    /// The model it trains, unless that was deleted.
    pub trains: Option<ModelName>,
    /// What it was trained on, as `name v3`.
    pub dataset: Option<String>,
    /// How good the model became.
    pub headline: Option<Headline>,
    /// Seconds from the start to the end; `null` while it has not ended.
    pub took: Option<Num>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

impl RunCard {
    /// The facts of `run`, which is in `project`.
    pub fn new(project: &ProjectPath, run: Run) -> Self {
        let metric = run.spec.as_ref().map(|spec| headline(spec.task));
        let measured = metric.and_then(|metric| {
            let value = *run.metrics.get(metric)?;
            Some(Headline { metric: metric.into(), value, baseline: None })
        });
        let span = run.started_at.zip(run.finished_at);
        let seconds = |(from, to): (DateTime<Utc>, DateTime<Utc>)| {
            Num((to - from).num_milliseconds() as f64 / 1e3)
        };
        Self {
            at: project.run(run.run),
            status: run.status,
            trains: run.trains,
            dataset: run.dataset.map(|dataset| format!("{} v{}", dataset.name, dataset.version)),
            headline: measured,
            took: span.map(seconds),
            created_at: run.created_at,
        }
    }
}

/// Something that went wrong and that nobody has repaired since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attention {
    /// What: `passengers v2`, `survival · run 7`.
    pub what: String,
    /// In which project: `ada/titanic`.
    pub project: String,
    /// Why, as a sentence.
    pub why: String,
    /// The page that tells more.
    pub page: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// The first steps, and which of them are done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    /// There is a project.
    pub project: bool,
    /// There is a dataset with a version that is ready.
    pub dataset: bool,
    /// There is a model with a version.
    pub model: bool,
    /// A model can be seen without being a member.
    pub shared: bool,
}

impl Steps {
    /// Whether nothing is left to do.
    pub const fn done(&self) -> bool {
        self.project && self.dataset && self.model && self.shared
    }
}

/// What concerns one person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dashboard {
    /// Their jobs that have not ended.
    pub running: Vec<RunningJob>,
    /// What went wrong in the last fourteen days.
    pub attention: Vec<Attention>,
    /// Projects they are in, the one changed last first.
    pub projects: Vec<Project>,
    /// Datasets of those projects, the one changed last first.
    pub datasets: Vec<DatasetCard>,
    /// Models of those projects, the one changed last first.
    pub models: Vec<ModelCard>,
    /// Runs of those projects, the newest first.
    pub runs: Vec<RunCard>,
    /// Their first steps.
    pub steps: Steps,
}

/// A kind of thing that explore finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// Models with a version.
    Model,
    /// Datasets with a version that is ready.
    Dataset,
    /// Projects.
    Project,
    /// Runs.
    Run,
}

impl Thing {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Model, Self::Dataset, Self::Project, Self::Run];

    /// The word in an address: that for several.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Model => "models",
            Self::Dataset => "datasets",
            Self::Project => "projects",
            Self::Run => "runs",
        }
    }

    /// What a list of them can be sorted by.
    pub const fn sorts(self) -> Sorts {
        match self {
            Self::Model => Sorts::MODELS,
            Self::Dataset => Sorts::DATASETS,
            Self::Project => Sorts::PROJECTS,
            Self::Run => Sorts::RUNS,
        }
    }
}

/// Whose things explore finds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// Those that everybody sees, and those of the projects that the one who asks is in.
    #[default]
    Seen,
    /// Those that everybody sees.
    Public,
    /// Those of the projects that the one who asks is in.
    Mine,
}

impl Scope {
    /// All, the widest first.
    pub const ALL: [Self; 3] = [Self::Seen, Self::Public, Self::Mine];

    /// The word in an address; the widest has none.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Seen => "",
            Self::Public => "public",
            Self::Mine => "mine",
        }
    }
}

/// What is looked for in explore.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Search {
    /// Whose things.
    pub scope: Scope,
    /// The kind that is listed page by page; the newest of each kind when absent.
    pub thing: Option<Thing>,
    /// What their addresses contain; for a kind that is listed also its page and order.
    pub query: ListQuery,
}

/// The most things of a kind that a search looks through: those made last. The others are found in
/// the lists of their projects.
pub const MOST_SEARCHED: u32 = 10_000;

/// What one may see of all projects, as far as it is looked for. The kinds that are not listed have
/// their number at least.
#[derive(Clone, Debug, PartialEq)]
pub struct Explored {
    /// Projects.
    pub projects: List<Project>,
    /// Datasets.
    pub datasets: List<DatasetCard>,
    /// Models.
    pub models: List<ModelCard>,
    /// Runs.
    pub runs: List<RunCard>,
    /// Whether there are more of a kind than a search looks through, [`MOST_SEARCHED`].
    pub more: bool,
}

impl Explored {
    /// How many there are of a kind.
    pub const fn total(&self, thing: Thing) -> u64 {
        match thing {
            Thing::Model => self.models.total,
            Thing::Dataset => self.datasets.total,
            Thing::Project => self.projects.total,
            Thing::Run => self.runs.total,
        }
    }
}
