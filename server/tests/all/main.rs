//! The server as its clients see it: every layer, on a real database, without a socket.

#![expect(clippy::unwrap_used, reason = "in a test, what fails ends the test")]

mod accounts;
mod admin;
mod answers;
mod bad_input;
mod browser;
mod contract;
mod crashes;
mod dataset_pages;
mod forms;
mod jobs;
mod live;
mod model_pages;
mod policy;
mod processes;
mod projects;
mod refusals;
mod repeated;
mod rows;
mod security;
mod served;
mod settings;
mod tab;
mod train_pages;
mod uploads;
