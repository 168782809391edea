//! PostgreSQL: the only crate that names diesel. One file for each family of tables; rows never
//! leave their file, domain types do. Who may do what is decided above, in `hub`: functions here
//! take the proof ([`grant::Grant`]) and hold no policy.

pub mod access;
pub mod cluster;
pub mod error;
pub mod gauges;
pub mod grant;
pub mod migrate;
pub mod pool;
mod schema;

pub use diesel_async::AsyncConnection;
pub use diesel::result::Error as Driver;
pub use error::Error;
pub use pool::{Conn, Pool, Pooled};
