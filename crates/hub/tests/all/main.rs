//! The rules of ML Hub, without HTTP, on a real database. One file for each noun.

#![expect(clippy::unwrap_used, reason = "in a test, what fails ends the test")]

mod accounts;
mod artifacts;
mod confirm;
mod dashboard;
mod datasets;
mod idempotency;
mod jobs;
mod lists;
mod live;
mod members;
mod migrations;
mod models;
mod projects;
mod runs;
mod sessions;
mod set_up;
mod tokens;

use mlhub_domain::problem::{Code, Kind};
use mlhub_hub::Error;

/// The code of what went wrong.
#[track_caller]
fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> Code {
    result.unwrap_err().problem().code
}

/// The kind of what went wrong.
#[track_caller]
fn kind<T: std::fmt::Debug>(result: Result<T, Error>) -> Kind {
    result.unwrap_err().kind()
}

/// The fields of what went wrong.
#[track_caller]
fn fields<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<String> {
    let problem = result.unwrap_err().into_problem();
    problem.fields.into_iter().map(|field| field.field).collect()
}
