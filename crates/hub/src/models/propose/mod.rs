//! What a wizard proposes for a table.

mod names;
mod proposal;
mod target;

pub use proposal::propose;
