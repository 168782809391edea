//! Projects and their members.

use crate::access::{Role, Visibility};
use crate::datasets::DatasetPath;
use crate::models::ModelPath;
use crate::names::{DatasetName, ModelName, OwnerName, ProjectName};
use crate::runs::RunPath;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Where a project is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ProjectPath {
    /// Whose it is.
    pub owner: OwnerName,
    /// Its name.
    pub project: ProjectName,
}

impl ProjectPath {
    /// The address of its page.
    pub fn page(&self) -> String {
        format!("/{}/{}", self.owner, self.project)
    }

    /// The address of its REST resource.
    pub fn api(&self) -> String {
        format!("/api/v1/projects/{}/{}", self.owner, self.project)
    }

    /// The address of the page that takes a file as a new dataset, or as the next version of one
    /// (`?dataset=name`).
    pub fn upload_page(&self) -> String {
        format!("{}/upload", self.page())
    }

    /// The address of the page that trains a new model, on `dataset` when one is named.
    pub fn train_page(&self, dataset: Option<&DatasetName>) -> String {
        match dataset {
            Some(dataset) => format!("{}/train?dataset={dataset}", self.page()),
            None => format!("{}/train", self.page()),
        }
    }

    /// The dataset called `name` in it.
    pub fn dataset(&self, name: DatasetName) -> DatasetPath {
        DatasetPath { owner: self.owner.clone(), project: self.project.clone(), name }
    }

    /// The model called `name` in it.
    pub fn model(&self, name: ModelName) -> ModelPath {
        ModelPath { owner: self.owner.clone(), project: self.project.clone(), name }
    }

    /// The run numbered `run` in it.
    pub fn run(&self, run: u32) -> RunPath {
        RunPath { owner: self.owner.clone(), project: self.project.clone(), run }
    }
}

impl std::fmt::Display for ProjectPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.owner, self.project)
    }
}

/// A project, as someone who may see it sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Project {
    /// Whose it is.
    pub owner: OwnerName,
    /// Its name.
    pub name: ProjectName,
    /// Who sees it without being a member.
    pub visibility: Visibility,
    /// What it is for, in a sentence or two.
    pub description: String,
    /// What the one who asks may do; `null` for a visitor without a role.
    pub role: Option<Role>,
    /// How many datasets it has.
    pub datasets: u64,
    /// How many models it has.
    pub models: u64,
    /// How many runs it has.
    pub runs: u64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When something in it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Project {
    /// Where it is.
    pub fn path(&self) -> ProjectPath {
        ProjectPath { owner: self.owner.clone(), project: self.name.clone() }
    }
}

/// A member of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Member {
    /// Who.
    pub user: OwnerName,
    /// The name shown to people.
    pub display_name: String,
    /// What they may do.
    pub role: Role,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// Somebody who owns projects, as others see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The name in addresses.
    pub name: OwnerName,
    /// The name shown to people.
    pub display_name: String,
    /// Since when.
    pub since: DateTime<Utc>,
}
