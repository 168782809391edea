//! Whole trainings on small tables made here.

mod bad;
mod flow;
mod report;
mod tables;
