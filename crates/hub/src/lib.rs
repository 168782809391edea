//! What ML Hub can do. REST, pages and the command line all end in the functions of this crate;
//! the rules live here, and here only: who may ([`access`]), what is allowed, what follows from
//! what. No HTTP, no SQL.

pub mod access;
pub mod actor;
pub mod error;
pub mod health;
pub mod hub;
pub mod tables;

pub use actor::{Actor, Credential};
pub use error::Error;
pub use hub::{Hub, Parts};
pub use tables::Tables;

pub(crate) use mlhub_db as db;
