//! The object store: bytes under the name of their SHA-256.
//!
//! An object is written once, appears whole or not at all, and never changes. Knowing its name
//! is no right to its bytes: who may read is decided above.
//!
//! ```text
//! <folder>/tmp/…               what is being written; the name says nothing
//! <folder>/blobs/ab/cd/abcd…   finished objects, mode 0400
//! ```
//!
//! Callers see [`Store`], [`Writer`] and [`Reader`] and no paths, but for [`Store::local_path`],
//! which a store without files answers with none.

mod error;
mod folder;
mod list;
mod read;
mod store;
mod temp;
mod write;

pub use error::Error;
pub use list::Entry;
pub use read::Reader;
pub use store::Store;
pub use write::{Stored, Writer};
