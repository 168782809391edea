//! Reads a model artifact and predicts: small and pure, so that the same code answers in a
//! training (the report measures what will be published), in the server and in a visitor's
//! browser.
//!
//! An [`Artifact`] is one self-describing file: a JSON [`Manifest`] (signature, fitted encoder and
//! design, kind of model) and the weights. A [`Predictor`] is an artifact that was checked: from
//! then on nothing in it can make a prediction fail.

mod artifact;
mod error;
mod forest;
mod linear;
mod network;
mod outputs;
mod predictor;
mod rows;
mod unusual;

pub use artifact::{Activation, Artifact, FORMAT, Head, Manifest};
pub use error::{Error, RowError};
pub use outputs::Outputs;
pub use predictor::Predictor;
pub use rows::cell;
