//! What can go wrong with a table.

use arrow_schema::ArrowError;
use parquet::errors::ParquetError;

/// Why a table could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The table has no such column.
    #[error("there is no column “{0}”")]
    NoColumn(String),
    /// The value of a filter does not fit its column; words for the person who wrote it.
    #[error("{message}")]
    Filter {
        /// The column.
        column: String,
        /// The value as it was given.
        value: String,
        /// What is wrong and what to write instead.
        message: String,
    },
    /// More rows were asked for than one answer holds, or a table has more than memory does.
    #[error("{0}")]
    TooMany(String),
    /// The file is not one of ours or is damaged.
    #[error("the table cannot be read")]
    Parquet(#[from] ParquetError),
    /// The table's columns do not fit together.
    #[error("the table cannot be read")]
    Arrow(#[from] ArrowError),
    /// The disk refuses.
    #[error("the file cannot be read or written")]
    Io(#[from] std::io::Error),
    /// Whoever follows the progress said stop.
    #[error("it was cancelled")]
    Cancelled,
}
