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

/// The most texts that a column may tell apart.
pub const MOST_LEVELS: usize = 1_000;

/// Where a column has more texts, one that stands for itself is seen this often at least…
pub const RARE: usize = 10;

/// …and together they cover this share of the cells at least, or the column is left out.
pub const COVER: f64 = 0.5;

/// From so many cells on, a text column without any repetition is a name, not a category.
pub const NAMES: usize = 30;
