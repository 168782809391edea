//! What concerns one person, and what everybody sees.

mod mine;
mod public;

pub use mine::mine;
pub use public::{explore, newest};
