//! The metrics against scikit-learn's answers, and laws that hold for any rows.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod golden;
mod laws;
