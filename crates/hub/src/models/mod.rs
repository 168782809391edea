//! Models: their definition, their versions, and what one does with them.

mod alias;
mod cache;
mod change;
mod create;
mod look;
mod name;
mod predict;
mod propose;
mod rows;
mod spec;
mod train;

pub(crate) use cache::Predictors;

pub use alias::{remove_alias, set_alias};
pub use change::{Change, delete, update};
pub use create::create;
pub use look::{Listing, evaluation, get, importance, list, version, versions};
pub use name::{free_name, is_proposed};
pub use predict::{Asked, MAX_ROWS, Ready, ask, predict_texts};
pub use propose::propose;
pub use rows::Rows;
pub use spec::{check, unfit};
pub use train::{Definition, Started, Training, check_training, define_and_train, train};
