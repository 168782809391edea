//! The server as its clients see it: every layer, on a real database, without a socket.

#![expect(clippy::unwrap_used, reason = "in a test, what fails ends the test")]

mod accounts;
mod admin;
mod bad_input;
mod browser;
mod crashes;
mod jobs;
mod policy;
mod projects;
mod security;
mod served;
