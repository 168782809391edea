//! Training: split, encode, fit, measure, fit again on all rows, write the artifact.
//!
//! [`train`] is the only way in. It knows no files, no HTTP and no database: it takes a [`Spec`]
//! and a [`Frame`], tells an [`Observer`] what happens, and returns a [`Trained`] model. The same
//! spec, rows and seed give the same artifact on the same machine.
//!
//! [`Spec`]: mlhub_domain::models::Spec
//! [`Frame`]: mlhub_recipe::Frame

mod assignment;
mod baseline;
mod error;
mod evaluate;
mod lightgbm;
mod linear;
mod network;
mod report;
mod rng;
mod split;
mod target;
mod train;

pub use error::TrainError;
pub use report::Observer;
pub use train::{Trained, TrainedModel, train};
