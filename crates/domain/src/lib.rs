//! The vocabulary of ML Hub as plain types: what crosses a border between two crates, between the
//! server and the browser, or between the server and a script lives here, once.
//!
//! Nothing in this crate reads a clock, a file or the network.

pub mod access;
pub mod accounts;
pub mod algorithms;
pub mod dashboard;
pub mod datasets;
pub mod digest;
pub mod evaluation;
pub mod ids;
pub mod jobs;
pub mod json;
pub mod lists;
pub mod live;
pub mod models;
pub mod names;
pub mod num;
pub mod problem;
pub mod profile;
pub mod projects;
pub mod runs;
pub mod schema;
pub mod tables;
pub mod text;
