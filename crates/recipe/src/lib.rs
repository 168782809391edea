//! Preprocessing with fit and transform, on a small [`Frame`] of its own: pure, without Arrow, so
//! that the same code runs in a training, in the server and in a visitor's browser.

pub mod frame;

pub use frame::{Frame, Texts, Values};
