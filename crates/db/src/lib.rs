//! PostgreSQL: the only crate that names diesel. One file for each family of tables; rows never
//! leave their file, domain types do. Who may do what is decided above, in `hub`: functions here
//! take the proof ([`grant::Grant`]) and hold no policy.

pub mod access;
pub mod accounts;
pub mod audit;
pub mod cluster;
pub mod dashboard;
pub mod datasets;
pub mod error;
pub mod events;
pub mod gauges;
pub mod grant;
pub mod idempotency;
pub mod jobs;
mod json;
pub mod listen;
pub mod members;
pub mod migrate;
pub mod models;
pub mod objects;
mod orders;
pub mod pool;
pub mod projects;
pub mod runs;
mod schema;
pub mod sessions;
pub mod throttles;
pub mod tokens;

pub use diesel::result::Error as Driver;
pub use diesel_async::AsyncConnection;
pub use error::Error;
pub use orders::range;
pub use pool::{Conn, Pool, Pooled};
