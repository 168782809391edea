//! Preprocessing with fit and transform, on a small [`Frame`] of its own: pure, without Arrow, so
//! that the same code runs in a training, in the server and in a visitor's browser.
//!
//! A model sees a table through two fitted stages, both part of its artifact: the [`Encoder`]
//! turns cells of any type into numbers and category codes ([`Table`], all that trees need), and
//! the [`Design`] spreads those over the inputs of a linear model or a network: imputed, scaled,
//! one input for each category.

pub mod design;
pub mod encoder;
pub mod frame;
pub mod json;
pub mod table;
pub mod times;

pub use design::Design;
pub use encoder::Encoder;
pub use frame::{Frame, Texts, Values};
pub use table::Table;
