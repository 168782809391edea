//! For tests only: a whole ML Hub of one's own for each test, in a few hundredths of a second.
//!
//! One PostgreSQL cluster serves all tests of a machine: the first test process starts it, and it
//! stops with the last. The migrations run once, in a template database; each [`TestHub`] is a
//! clone of it, with a temporary object store and a clock that stands still.

#![expect(clippy::unwrap_used, reason = "in a test, what fails ends the test")]

pub mod database;
mod no_tables;
pub mod postgres;
mod test_hub;

pub use no_tables::NoTables;
pub use test_hub::TestHub;
