//! What can go wrong between ML Hub and PostgreSQL, by what a caller can do about it.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as Driver};

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The row is not there (any more).
    #[error("the row is not there")]
    Missing,
    /// A unique index refuses the row; its name says which.
    #[error("taken: {constraint}")]
    Taken {
        /// The index or constraint.
        constraint: String,
    },
    /// The state of the row does not allow this, although it was right a moment ago.
    #[error("the row is in another state")]
    Stale,
    /// A text has the character NUL, which PostgreSQL does not store.
    #[error("a text has the character NUL")]
    Nul,
    /// Something stored no longer reads as what it was written as.
    #[error("stored {what} cannot be read: {why}")]
    Corrupt {
        /// What.
        what: &'static str,
        /// Why.
        why: String,
    },
    /// No connection could be had, or it was lost: PostgreSQL is away, or begins anew.
    #[error("no connection to PostgreSQL: {0}")]
    Pool(String),
    /// Migrations could not be applied.
    #[error("the database cannot be brought up to date: {0}")]
    Migration(String),
    /// Anything else that PostgreSQL said.
    #[error(transparent)]
    Driver(Driver),
}

impl Error {
    /// For `map_err`: a stored `what` that no longer parses.
    pub fn corrupt<E: std::fmt::Display>(what: &'static str) -> impl FnOnce(E) -> Self {
        move |why| Self::Corrupt { what, why: why.to_string() }
    }
}

impl From<Driver> for Error {
    fn from(error: Driver) -> Self {
        match error {
            Driver::NotFound => Self::Missing,
            Driver::DatabaseError(DatabaseErrorKind::UniqueViolation, info) => {
                Self::Taken { constraint: info.constraint_name().unwrap_or_default().into() }
            }
            Driver::DatabaseError(kind, info) if lost(&kind, &*info) => {
                Self::Pool(info.message().into())
            }
            Driver::BrokenTransactionManager => Self::Pool("the connection was lost".into()),
            Driver::DatabaseError(_, info) if info.message().ends_with(": 0x00") => Self::Nul,
            other => Self::Driver(other),
        }
    }
}

/// Whether PostgreSQL ended the connection, or it broke. The driver knows no kinds for it, and the
/// server's messages are always the English ones.
fn lost(kind: &DatabaseErrorKind, info: &dyn DatabaseErrorInformation) -> bool {
    let starts = |beginnings: &[&str]| beginnings.iter().any(|b| info.message().starts_with(b));
    match kind {
        DatabaseErrorKind::ClosedConnection => true,
        DatabaseErrorKind::UnableToSendCommand => {
            starts(&["connection closed", "error communicating with the server"])
        }
        DatabaseErrorKind::Unknown => starts(&["terminating connection", "the database system is"]),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_that_was_lost_is_no_mistake_of_ours() {
        let error = |kind, message: &str| {
            Error::from(Driver::DatabaseError(kind, Box::new(message.to_owned())))
        };
        let crash = "terminating connection due to unexpected postmaster exit";
        for (kind, message) in [
            (DatabaseErrorKind::UnableToSendCommand, "connection closed"),
            (DatabaseErrorKind::Unknown, crash),
            (DatabaseErrorKind::Unknown, "the database system is starting up"),
        ] {
            assert!(matches!(error(kind, message), Error::Pool(_)), "{message}");
        }
        let ours = error(DatabaseErrorKind::UnableToSendCommand, "error serializing parameter 0");
        assert!(matches!(ours, Error::Driver(_)));
        let nul = "invalid byte sequence for encoding \"UTF8\": 0x00";
        assert!(matches!(error(DatabaseErrorKind::Unknown, nul), Error::Nul));
    }
}
