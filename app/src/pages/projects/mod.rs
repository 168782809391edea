//! Projects: what they hold, who is in them, who sees them.

mod content;
mod frame;
mod home;
mod members;
mod new;
mod owner;
mod settings;
mod tables;

pub use content::{ProjectDatasets, ProjectModels, ProjectRuns};
pub(super) use content::{beyond, strange_note};
pub use home::ProjectHome;
pub use members::Members;
pub use new::NewProject;
pub use owner::OwnerPage;
pub use settings::ProjectSettings;
pub(super) use tables::{
    DatasetTable, ModelTable, ProjectList, RunTable, measured, predicts, project_orders,
};
