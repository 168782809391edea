//! Row numbers, one type for each table: an id of one thing cannot be handed in for another.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// A user's account.
    UserId,
    /// A login on one browser.
    SessionId,
    /// A personal access token.
    TokenId,
    /// A project.
    ProjectId,
    /// A dataset.
    DatasetId,
    /// One version of a dataset.
    DatasetVersionId,
    /// A model.
    ModelId,
    /// One version of a model.
    ModelVersionId,
    /// An experiment.
    ExperimentId,
    /// A run.
    RunId,
    /// A job.
    JobId,
}
