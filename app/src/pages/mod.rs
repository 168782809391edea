//! The pages, a folder for each noun.

mod design;
mod not_found;
mod problem;

pub use design::Design;
pub use not_found::NotFound;
pub use problem::ProblemPage;
