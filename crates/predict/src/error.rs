use mlhub_recipe::encoder::Mismatch;

/// Why an artifact cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Some other file.
    #[error("this is not a model of ML Hub")]
    Foreign,
    /// Written by a newer ML Hub.
    #[error("the model has format {0}, which this version of ML Hub cannot read: update it")]
    Newer(u32),
    /// Its parts contradict each other.
    #[error("the model file is damaged: {0}")]
    Damaged(String),
    /// The table has a column of another type.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
}

impl Error {
    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged(what.into())
    }
}

/// A cell that cannot be read as what the model was trained on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("row {row}, column “{column}”: {message}")]
pub struct RowError {
    /// From 1.
    pub row: usize,
    /// The column.
    pub column: String,
    /// What was expected and what was found.
    pub message: String,
}
