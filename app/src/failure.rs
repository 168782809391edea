//! What a server function answers when it cannot do what was asked.

use mlhub_domain::problem::{Code, Problem};
use serde::{Deserialize, Serialize};
use server_fn::codec::JsonEncoding;
use server_fn::error::{FromServerFnError, ServerFnErrorErr};
use std::fmt::Display;

/// The error of every server function. [`Problem`] lives in `domain`, the trait in `server_fn`:
/// this is the bridge that the orphan rule asks for, and nothing more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Failure(pub Problem);

impl Failure {
    /// A failure of `code` with its story.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self(Problem::new(code, detail))
    }

    /// The value `given` of `field` is not acceptable, for the reason `error`.
    pub fn invalid(field: &str, error: impl Display, given: &str) -> Self {
        let given = (!crate::forms::is_secret(field)).then_some(given);
        Self(Problem::field(Code::InvalidValue, field, error.to_string(), given))
    }

    /// The same failure with one more field that is wrong, so that a form shows all at once; but
    /// what is no [mistake](mlhub_domain::problem::Kind::is_mistake) in what was typed alone.
    pub fn and(mut self, other: Self) -> Self {
        if !other.0.kind().is_mistake() {
            return other;
        }
        if self.0.kind().is_mistake() {
            self.0.fields.extend(other.0.fields);
        }
        self
    }

    /// What happened, to what, and what to do.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// What is wrong with `field`, if anything.
    pub fn of_field(&self, field: &str) -> Option<&str> {
        self.0.fields.iter().find(|f| f.field == field).map(|f| f.message.as_str())
    }

    /// The HTTP status of the answer.
    pub fn status(&self) -> u16 {
        self.0.kind().status()
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.detail)
    }
}

impl std::error::Error for Failure {}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl FromServerFnError for Failure {
    type Encoder = JsonEncoding;

    /// Everything that goes wrong outside of our own code, in words for the person at the screen.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        use ServerFnErrorErr as E;
        match error {
            E::Args(what) | E::MissingArg(what) => {
                Self::new(Code::Malformed, format!("The form could not be read: {what}."))
            }
            E::Request(_) => Self::new(
                Code::Unavailable,
                "The server could not be reached. Check the connection and try again.",
            ),
            E::Registration(_) | E::Deserialization(_) => Self::new(
                Code::Unavailable,
                "This page is older than the server. Reload it and try again.",
            ),
            E::UnsupportedRequestMethod(_)
            | E::MiddlewareError(_)
            | E::ServerError(_)
            | E::Serialization(_)
            | E::Response(_) => Self::new(
                Code::Internal,
                "Something went wrong on our side. It has been written to the log.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_survives_the_wire_as_a_problem() {
        let failure = Failure::invalid("name", "use 1 to 64 characters", "Not A Name");
        let back = Failure::de(failure.ser());
        assert_eq!(back, failure);
        assert_eq!(back.of_field("name"), Some("use 1 to 64 characters"));
        assert_eq!(back.status(), 422);
    }

    #[test]
    fn what_is_no_mistake_in_what_was_typed_is_told_alone() {
        let wrong = |field| Failure::invalid(field, "no", "");
        let away = || Failure::new(Code::Unavailable, "The database does not answer.");
        assert_eq!(wrong("a").and(wrong("b")).0.fields.len(), 2);
        assert_eq!(wrong("a").and(away()), away());
        assert_eq!(away().and(wrong("a")), away());
    }

    #[test]
    fn what_was_typed_into_a_secret_is_not_given_back() {
        let failure = Failure::invalid("password", "too short", "hunter2");
        assert_eq!(failure.0.fields[0].given, None);
    }
}
