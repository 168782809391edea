//! What ML Hub can do. REST, pages and the command line all end in the functions of this crate;
//! the rules live here, and here only: who may ([`access`]), what is allowed, what follows from
//! what. No HTTP, no SQL.

pub mod access;
pub mod accounts;
pub mod actor;
pub mod audit;
pub mod clock;
pub mod crowd;
pub mod dashboard;
pub mod datasets;
pub mod error;
pub mod health;
pub mod housekeeping;
pub mod hub;
pub mod idempotency;
pub mod jobs;
mod lists;
pub mod models;
pub mod orphans;
pub mod projects;
pub mod runs;
pub mod secrets;
pub mod settings;
pub mod tables;
mod texts;

pub use actor::{Actor, Credential};
pub use clock::Clock;
pub use error::{Error, IfFound};
pub use hub::{Hub, Parts};
pub use secrets::Secrets;
pub use settings::Settings;
pub use tables::Tables;

pub(crate) use mlhub_db as db;
