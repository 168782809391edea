//! What went wrong, for people and for scripts: the code table.

use serde::{Deserialize, Serialize};

/// The kind of a problem decides the HTTP status and what a caller can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Not understood at all: broken JSON, a broken header.
    Malformed,
    /// Nobody is signed in.
    Unauthenticated,
    /// Visible, but the role is too low.
    Forbidden,
    /// Not there, or not visible: the two look alike.
    NotFound,
    /// The address is there, but not for this method.
    Method,
    /// It clashes with the state of things: a taken name, a version that is not ready.
    Conflict,
    /// More than a limit allows.
    TooLarge,
    /// The body is said to be something that this address does not read.
    MediaType,
    /// A host name that is not ours.
    Misdirected,
    /// Understood, and wrong: a value, a key.
    Invalid,
    /// Too often: wait.
    Busy,
    /// Our fault.
    Internal,
    /// Something that we need is not there at the moment.
    Unavailable,
    /// No room left.
    Full,
}

impl Kind {
    /// The HTTP status.
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Method => 405,
            Self::Conflict => 409,
            Self::TooLarge => 413,
            Self::MediaType => 415,
            Self::Misdirected => 421,
            Self::Invalid => 422,
            Self::Busy => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
            Self::Full => 507,
        }
    }

    /// Whether whoever asked can mend it in what they gave. Of such problems all are told at once;
    /// any other, as a role that is too low, is told alone: nothing that is mended helps against it.
    pub const fn is_mistake(self) -> bool {
        matches!(self, Self::Invalid | Self::Conflict)
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $kind:ident, $title:literal;)+) => {
        /// Every problem that ML Hub reports. The text of a code never changes: scripts rely on it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
        pub enum Code {
            $(#[doc = $title] #[serde(rename = $code)] $name,)+
        }

        impl Code {
            /// All codes, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The code as scripts see it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// The kind of problem.
            pub const fn kind(self) -> Kind {
                match self { $(Self::$name => Kind::$kind,)+ }
            }

            /// One sentence that holds for every case of this code.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)+ }
            }
        }
    };
}

codes! {
    Malformed = "malformed", Malformed, "The request could not be read";
    Unauthenticated = "unauthenticated", Unauthenticated, "You are not signed in";
    WrongCredentials = "wrong-credentials", Unauthenticated, "E-mail and password do not match";
    BadToken = "bad-token", Unauthenticated, "The token is unknown, expired or revoked";
    Forbidden = "forbidden", Forbidden, "Your role does not allow this";
    CrossOrigin = "cross-origin", Forbidden, "The request came from another site";
    ConfirmLogin = "confirm-login", Forbidden, "Your password is asked for again";
    RegistrationClosed = "registration-closed", Forbidden, "Sign-up is closed on this server";
    TokenScope = "token-scope", Forbidden, "The token does not carry the scope for this";
    NotFound = "not-found", NotFound, "There is nothing here, or you may not see it";
    MethodNotAllowed = "method-not-allowed", Method, "This address does not know the method";
    EmailTaken = "email-taken", Conflict, "This e-mail cannot be used for a new account";
    UsernameTaken = "username-taken", Conflict, "The username is taken";
    ProjectNameTaken = "project-name-taken", Conflict, "You already have a project of this name";
    DatasetNameTaken = "dataset-name-taken", Conflict, "The project already has a dataset of this name";
    ModelNameTaken = "model-name-taken", Conflict, "The project already has a model of this name";
    MemberExists = "member-exists", Conflict, "This user is a member already";
    OwnerStays = "owner-stays", Conflict, "The owner of a project cannot be changed here";
    VersionNotReady = "version-not-ready", Conflict, "The version is not ready";
    RunEnded = "run-ended", Conflict, "The run has ended";
    StaleAttempt = "stale-attempt", Conflict, "Another attempt of this job has taken over";
    IdempotencyReuse = "idempotency-reuse", Conflict, "The Idempotency-Key was used for another request";
    IdempotencyBusy = "idempotency-busy", Conflict, "The first request with this Idempotency-Key is still at work";
    SetupDone = "setup-done", Conflict, "An administrator exists already";
    TooLarge = "too-large", TooLarge, "The request is larger than allowed";
    UnsupportedMediaType = "unsupported-media-type", MediaType, "This kind of body is not read here";
    Misdirected = "misdirected", Misdirected, "This host name is not served here";
    InvalidValue = "invalid-value", Invalid, "A value is not acceptable";
    UnknownKey = "unknown-key", Invalid, "The request has a key that is not known";
    WeakPassword = "weak-password", Invalid, "The password is not strong enough";
    InvalidSpec = "invalid-spec", Invalid, "The model cannot be trained like this";
    InvalidRows = "invalid-rows", Invalid, "The rows do not fit the model";
    InvalidFilter = "invalid-filter", Invalid, "The filter cannot be applied";
    RateLimited = "rate-limited", Busy, "Too many requests";
    ServerBusy = "server-busy", Unavailable, "The server is busy";
    Unavailable = "unavailable", Unavailable, "The server is not ready";
    SetupRequired = "setup-required", Unavailable, "This server has no administrator yet";
    StorageFull = "storage-full", Full, "There is no room left";
    Internal = "internal", Internal, "Something went wrong on our side";
}

/// What is wrong with one field of a form or a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The field, as it is called in the form or the JSON; dots go into nested values.
    pub field: String,
    /// What is wrong and what to do.
    pub message: String,
    /// What was typed, so that a form without script can show it again. Never a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
}

/// A problem, ready to be shown or sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The entry of the code table.
    pub code: Code,
    /// What happened, to what, and what to do.
    pub detail: String,
    /// The fields it concerns.
    #[serde(default)]
    pub fields: Vec<FieldError>,
    /// Seconds after which it is worth trying again, when that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<u32>,
}

/// Seconds after which to try again what may help then, when nobody knows better.
const SOON: u32 = 5;

impl Problem {
    /// A problem of `code` with its story.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), fields: Vec::new(), wait: None }
    }

    /// A problem with one field; the detail is the field's message.
    pub fn field(code: Code, field: &str, message: impl Into<String>, given: Option<&str>) -> Self {
        let message = message.into();
        let given = given.map(String::from);
        Self {
            code,
            detail: message.clone(),
            fields: vec![FieldError { field: field.into(), message, given }],
            wait: None,
        }
    }

    /// The kind of the problem.
    pub fn kind(&self) -> Kind {
        self.code.kind()
    }

    /// What an answer says in `Retry-After`: seconds, where trying again may help.
    pub fn retry_after(&self) -> Option<u32> {
        let passes = matches!(self.kind(), Kind::Busy | Kind::Unavailable);
        passes.then(|| self.wait.unwrap_or(SOON))
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn only_what_passes_by_itself_is_worth_trying_again() {
        let problem = |code| Problem::new(code, "no");
        assert_eq!(problem(Code::InvalidValue).retry_after(), None);
        assert_eq!(problem(Code::Unavailable).retry_after(), Some(5));
        let known = Problem { wait: Some(20), ..problem(Code::RateLimited) };
        assert_eq!(known.retry_after(), Some(20));
        let sent = serde_json::to_string(&known).unwrap();
        assert_eq!(serde_json::from_str::<Problem>(&sent).unwrap(), known);
    }

    #[test]
    fn every_code_is_unique_and_says_something() {
        let codes: HashSet<_> = Code::ALL.iter().map(|c| c.as_str()).collect();
        assert_eq!(codes.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!(code.as_str().bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{code:?}");
            assert!(code.title().len() > 10, "{code:?}");
            assert_eq!(serde_json::to_string(code).unwrap(), format!("\"{}\"", code.as_str()));
        }
    }
}
