//! HTTP: routes behind the policy table, problems as JSON, and extractors that explain themselves.

mod at_once;
pub mod bytes;
pub mod extract;
pub mod incoming;
pub mod keyed;
pub mod layers;
pub mod lists;
pub mod page;
pub mod rejection;
pub mod request;
pub mod routes;
mod words;

pub use at_once::AtOnce;
pub use extract::{Caller, Json, Path, Query};
pub use keyed::{KeyOnly, Keyed};
pub use lists::Page;
pub use rejection::Rejection;
pub use routes::{Routes, State};
pub(crate) use routes::{is_page, refusal, to_login, wrong_method};
