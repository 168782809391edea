//! The metrics against scikit-learn's answers, and laws that hold for any rows.

mod golden;
mod laws;
