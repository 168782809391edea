//! Every metric and every curve of an evaluation, once: pure `f64`, the same code on the server
//! and in the visitor's browser.
//!
//! Each function equals the scikit-learn 1.9 function its doc names, and the golden tests hold it
//! to that. Data is checked once, where it comes in: [`Labelled`](classification::Labelled),
//! [`Probabilities`](probabilities::Probabilities), [`Scored`](ranking::Scored) and
//! [`Regression`](regression::Regression) refuse bad rows with an [`Error`]. From there on
//! nothing fails; a value that is not defined on the rows given is `None`. That is so for every
//! metric when there are no rows or when all weights are 0, where scikit-learn raises; each doc
//! says what else is undefined and what scikit-learn answers there.
//!
//! Weights, where given, are finite and at least 0, one per row. A row of weight 0 counts like a
//! row that is not there, unless a doc says otherwise.

pub mod calibration;
pub mod catalogue;
pub mod classification;
pub mod curves;
mod edges;
mod error;
pub mod intervals;
pub mod probabilities;
pub mod ranking;
pub mod regression;
pub mod residuals;
mod sum;
pub mod summary;
pub mod thin;
mod weights;

pub use error::Error;
