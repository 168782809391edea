//! Datasets and their versions.

use crate::access::{UnknownWord, Visibility};
use crate::digest::Digest;
use crate::ids::JobId;
use crate::names::{DatasetName, OwnerName, ProjectName};
use crate::projects::ProjectPath;
use crate::schema::Column;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Where a dataset is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DatasetPath {
    /// Whose project.
    pub owner: OwnerName,
    /// Which project.
    pub project: ProjectName,
    /// Which dataset.
    pub name: DatasetName,
}

impl DatasetPath {
    /// The project that holds it.
    pub fn project(&self) -> ProjectPath {
        ProjectPath { owner: self.owner.clone(), project: self.project.clone() }
    }

    /// The address of its page.
    pub fn page(&self) -> String {
        format!("/{}/{}/datasets/{}", self.owner, self.project, self.name)
    }

    /// The address of its REST resource.
    pub fn api(&self) -> String {
        format!("{}/datasets/{}", self.project().api(), self.name)
    }
}

/// A dataset, as lists and its own page show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Dataset {
    /// Whose project.
    pub owner: OwnerName,
    /// Which project.
    pub project: ProjectName,
    /// Its name.
    pub name: DatasetName,
    /// What it holds, in a sentence or two.
    pub description: String,
    /// Who sees it: never less than the project.
    pub visibility: Visibility,
    /// The number of the current version; `null` before the first is ready.
    pub current: Option<u32>,
    /// Rows of the current version.
    pub rows: u64,
    /// Columns of the current version.
    pub columns: u32,
    /// The newest version, whatever its state; `null` before the first upload.
    pub latest: Option<DatasetVersion>,
    /// How many versions it has.
    pub versions: u32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Dataset {
    /// Where it is.
    pub fn path(&self) -> DatasetPath {
        DatasetPath {
            owner: self.owner.clone(),
            project: self.project.clone(),
            name: self.name.clone(),
        }
    }
}

/// How far a version is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum VersionState {
    /// A job reads the file.
    Processing,
    /// The table can be looked at and trained on.
    Ready,
    /// The file could not be read.
    Failed,
}

impl VersionState {
    /// The word used in JSON and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Processing => "processing",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }
}

impl std::str::FromStr for VersionState {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        [Self::Processing, Self::Ready, Self::Failed]
            .into_iter()
            .find(|state| state.as_str() == word)
            .ok_or(UnknownWord("processing, ready, failed"))
    }
}

/// One immutable version of a dataset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct DatasetVersion {
    /// Its number, from 1.
    pub version: u32,
    /// How far it is.
    pub state: VersionState,
    /// The job that reads the file, while there is one.
    pub job: Option<JobId>,
    /// Rows of the table; 0 until it is ready.
    pub rows: u64,
    /// Rows of the file that are left out.
    pub rejected_rows: u64,
    /// Cells of the file that were turned into missing values.
    pub rejected_cells: u64,
    /// The columns; empty until it is ready.
    pub columns: Vec<Column>,
    /// Of the uploaded bytes.
    pub sha256: Digest,
    /// Bytes uploaded.
    pub original_size: u64,
    /// The name the file had where it came from. A text for people, never a path.
    pub original_name: String,
    /// Bytes of the table as Parquet; 0 until it is ready.
    pub size: u64,
    /// What was recognised: format, delimiter, encoding, decisions taken.
    pub notes: Vec<String>,
    /// Why it failed.
    pub error: Option<ReadError>,
    /// Whether it is no table because somebody stopped the reading, not because of its file.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cancelled: bool,
    /// Who uploaded it.
    pub created_by: OwnerName,
    /// When it was uploaded.
    pub created_at: DateTime<Utc>,
}

/// Why and where a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct ReadError {
    /// What is wrong, and what to do.
    pub message: String,
    /// The data row, from 1.
    pub row: Option<u64>,
    /// The physical line, from 1.
    pub line: Option<u64>,
    /// The column.
    pub column: Option<String>,
}
