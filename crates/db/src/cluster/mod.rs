//! ML Hub's own PostgreSQL: a private cluster below the data folder.
//!
//! No TCP, one unix socket in a folder of mode 0700, a generated password, fsync and checksums
//! on. The postmaster is our child, but outlives us: whoever is killed leaves it running, and
//! the next start takes it over.
//!
//! | file | what |
//! | --- | --- |
//! | `config` | what the caller decides |
//! | `binaries` | where PostgreSQL is installed |
//! | `folder` | what lies where, the lock, the password, the socket |
//! | `init` | the first start: `initdb`, all or nothing |
//! | `processes` | which processes work on a cluster, and what they say of themselves |
//! | `postmaster` | start, take over, wait for, stop |
//! | `run` | [`Cluster`]: all of it in order, and the watch over it |

mod binaries;
mod config;
mod error;
mod folder;
mod init;
mod postmaster;
mod processes;
mod run;
#[cfg(test)]
mod tests;

pub use config::{ClusterConfig, Durability, User};
pub use error::ClusterError;
pub use run::Cluster;
