//! The one error of this crate: a problem for people, and its cause for the log.

use crate::db;
use mlhub_domain::access::Role;
use mlhub_domain::problem::{Code, Kind, Problem};

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why something was not done.
#[derive(Debug)]
pub struct Error {
    problem: Box<Problem>,
    cause: Option<Cause>,
}

impl Error {
    /// What people and scripts are told.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// The same, taken out.
    pub fn into_problem(self) -> Problem {
        *self.problem
    }

    /// The kind of the problem.
    pub fn kind(&self) -> Kind {
        self.problem.kind()
    }

    /// A problem of `code`.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Problem::new(code, detail).into()
    }

    /// What is not there, or may not be seen: the two look alike.
    pub fn not_found(what: impl std::fmt::Display) -> Self {
        Self::new(Code::NotFound, format!("There is nothing at {what}, or you may not see it."))
    }

    /// Seen, but the role is too low.
    pub fn forbidden(held: Option<Role>, needed: Role) -> Self {
        let held = held.map_or("You are not a member".into(), |r| format!("Your role is “{r}”"));
        Self::new(
            Code::Forbidden,
            format!("{held}; this needs “{needed}”. Ask a manager of the project."),
        )
    }

    /// The one who asks may do it, and their token does not reach so far.
    pub fn scope(needed: Role) -> Self {
        Self::new(Code::TokenScope, format!("This needs a token with the scope “{needed}”."))
    }

    /// Only a person at a browser may do it.
    pub fn session() -> Self {
        let detail = "This needs a browser that is signed in: a token cannot do it.";
        Self::new(Code::Forbidden, detail)
    }

    /// Nobody is signed in.
    pub fn unauthenticated() -> Self {
        Self::new(Code::Unauthenticated, "Sign in, or send a token in the Authorization header.")
    }

    /// Too many tries; the next one is taken after `wait` seconds.
    pub fn too_often(wait: f64) -> Self {
        // A float beyond the range becomes its end.
        let wait = wait.ceil().max(1.0) as u32;
        let detail = format!("That was too often. Try again in {wait} seconds.");
        Problem { wait: Some(wait), ..Problem::new(Code::RateLimited, detail) }.into()
    }

    /// One field is wrong.
    pub fn invalid(field: &str, message: impl Into<String>, given: Option<&str>) -> Self {
        Problem::field(Code::InvalidValue, field, message, given).into()
    }

    /// Our own fault; the cause goes to the log.
    pub fn internal(cause: impl Into<Cause>) -> Self {
        let detail = "Something went wrong on our side. It is logged; try again, and tell the administrator if it stays.";
        let problem = Problem::new(Code::Internal, detail).into();
        Self { problem, cause: Some(cause.into()) }
    }

    /// For `map_err` after a write: a taken name becomes a conflict of `code` on `field`.
    pub fn taken<'a>(
        code: Code,
        field: &'a str,
        given: &'a str,
    ) -> impl FnOnce(db::Error) -> Self + 'a {
        move |error| match error {
            db::Error::Taken { .. } => Self::conflict(code, field, given),
            other => other.into(),
        }
    }

    /// A conflict of `code`: the name `given` in `field` is taken.
    pub(crate) fn conflict(code: Code, field: &str, given: &str) -> Self {
        let message = format!("{}: “{given}”. Choose another name.", code.title());
        Problem::field(code, field, message, Some(given)).into()
    }

    /// Everything that is wrong at once: the first error, with the fields of the others; but what is
    /// no [mistake](Kind::is_mistake) in what was given alone.
    pub(crate) fn all(checked: impl IntoIterator<Item = Result<(), Self>>) -> Result<(), Self> {
        let mut whole: Option<Self> = None;
        for error in checked.into_iter().filter_map(Result::err) {
            if !error.kind().is_mistake() {
                return Err(error);
            }
            match &mut whole {
                None => whole = Some(error),
                Some(first) => first.problem.fields.extend(error.problem.fields),
            }
        }
        whole.map_or(Ok(()), Err)
    }
}

/// What may well not be there, or not for the one who asks.
pub trait IfFound<T> {
    /// `None` for what is not found. Anything else that went wrong still went wrong: a database
    /// that does not answer is no empty place.
    ///
    /// # Errors
    /// Every other one.
    fn if_found(self) -> Result<Option<T>, Error>;
}

impl<T> IfFound<T> for Result<T, Error> {
    fn if_found(self) -> Result<Option<T>, Error> {
        match self {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.kind() == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self { problem: problem.into(), cause: None }
    }
}

impl From<db::Error> for Error {
    fn from(error: db::Error) -> Self {
        match error {
            db::Error::Missing => Self::new(Code::NotFound, "It was deleted meanwhile."),
            db::Error::Nul => Self::new(
                Code::InvalidValue,
                "A text has the character NUL in it, which cannot be stored. Leave it out.",
            ),
            db::Error::Pool(_) => Self {
                problem: Problem::new(
                    Code::Unavailable,
                    "The database does not answer at the moment. Try again in a few seconds.",
                )
                .into(),
                cause: Some(error.into()),
            },
            other => Self::internal(other),
        }
    }
}

impl From<db::Driver> for Error {
    fn from(error: db::Driver) -> Self {
        db::Error::from(error).into()
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.problem.fmt(f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(|cause| &**cause as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_wrong_is_one_error_with_every_field() {
        let wrong = |field| Err(Error::invalid(field, "no", None));
        let all = Error::all([Ok(()), wrong("a"), Ok(()), wrong("b")]).unwrap_err();
        let fields: Vec<&str> = all.problem().fields.iter().map(|f| f.field.as_str()).collect();
        assert_eq!(fields, ["a", "b"]);
        assert!(Error::all([Ok(()), Ok(())]).is_ok());
    }

    #[test]
    fn what_is_no_mistake_in_what_was_given_is_told_alone() {
        let wrong = || Err(Error::invalid("a", "no", None));
        let taken = || Err(Error::conflict(Code::ModelNameTaken, "name", "x"));
        for (other, kind) in [
            (Error::forbidden(Some(Role::Read), Role::Edit), Kind::Forbidden),
            (db::Error::Pool("connection refused".into()).into(), Kind::Unavailable),
            (Error::internal("broken"), Kind::Internal),
        ] {
            let told = Error::all([wrong(), taken(), Err(other), wrong()]).unwrap_err();
            assert_eq!((told.kind(), told.problem().fields.len()), (kind, 0));
        }
        let both = Error::all([wrong(), taken()]).unwrap_err();
        assert_eq!((both.kind(), both.problem().fields.len()), (Kind::Invalid, 2));
    }

    #[test]
    fn only_what_is_not_there_is_nothing() {
        let away = || Error::from(db::Error::Pool("connection refused".into()));
        assert_eq!(Err::<(), _>(Error::not_found("/ada/x")).if_found().unwrap(), None);
        assert_eq!(Ok(3).if_found().unwrap(), Some(3));
        assert_eq!(Err::<(), _>(away()).if_found().unwrap_err().kind(), Kind::Unavailable);
    }
}
