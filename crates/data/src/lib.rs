//! Tables: read files of people into typed Parquet, look at them, profile them, hand them on.
//! No HTTP, no database, no async: a job or a blocking thread calls.

mod cells;
mod error;
pub mod ingest;
mod profile;
mod schema;
pub mod table;

pub use error::Error;
pub use ingest::{Ingest, IngestError, IngestOptions, Limits, ingest};
pub use table::{Format, Table, rejected};
