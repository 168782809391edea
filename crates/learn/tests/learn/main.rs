//! Whole trainings on small tables made here.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bad;
mod flow;
mod report;
mod tables;
