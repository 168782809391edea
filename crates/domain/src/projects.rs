//! Projects and their members.

use crate::access::{Role, Visibility};
use crate::names::{OwnerName, ProjectName};
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
