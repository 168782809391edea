//! The algorithms and their hyperparameters: one schema from which the form, the validation, the
//! REST answer and the documentation come.

mod algorithm;
mod catalogue;
mod params;

pub use algorithm::{Algorithm, AlgorithmKind};
pub use catalogue::CATALOGUE;
pub use params::{BadParam, Param, ParamDomain, Scale};

/// The fewest rows with a value to predict that a model can be made and measured with.
pub const FEWEST_ROWS: u64 = 10;

/// The most classes that are told apart.
pub const MOST_CLASSES: u64 = 1_000;
