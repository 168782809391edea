//! The pages, a folder for each noun.

mod accounts;
mod cards;
mod dashboard;
mod datasets;
mod design;
mod docs;
mod explore;
mod landing;
mod models;
mod not_found;
mod problem;
mod projects;
mod runs;

pub use accounts::{Appearance, LogInPage, Profile, Security, SetUpPage, SignUpPage, Tokens};
pub use dashboard::DashboardPage;
pub use datasets::{DatasetPage, NewDataset};
pub use design::Design;
pub use docs::Docs;
pub use explore::Explore;
pub use landing::Landing;
pub use models::{ModelPage, NewModel};
pub use not_found::NotFound;
pub use problem::ProblemPage;
pub use projects::{
    Members, NewProject, OwnerPage, ProjectDatasets, ProjectHome, ProjectModels, ProjectRuns,
    ProjectSettings,
};
pub use runs::{RunPage, Watched};
