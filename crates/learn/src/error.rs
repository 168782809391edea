/// Why a training ended without a model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TrainError {
    /// What happened.
    pub message: String,
    /// What to try.
    pub hint: String,
}

impl TrainError {
    pub(crate) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into() }
    }
}
