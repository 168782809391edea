//! Who may do what, in words. The decision itself is taken in `hub::access`.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// For how long, in minutes, a password that was given in a session counts for what
/// [`Action::confirms`].
pub const LATELY_MINUTES: i64 = 15;

/// What a member may do in a project; each role includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// See everything in the project, download it, predict.
    Read,
    /// Upload, train, change what is there.
    Edit,
    /// Members, visibility, deletion.
    Manage,
    /// The one who owns the project.
    Owner,
}

impl Role {
    /// The roles that can be given to a member.
    pub const GIVEN: [Self; 3] = [Self::Read, Self::Edit, Self::Manage];

    /// The word used in addresses, JSON and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Edit => "edit",
            Self::Manage => "manage",
            Self::Owner => "owner",
        }
    }

    /// What the role allows, as a sentence for the members page.
    pub const fn allows(self) -> &'static str {
        match self {
            Self::Read => {
                "Sees everything in the project, downloads it and predicts with its models."
            }
            Self::Edit => "Also uploads data, trains models and changes what is there.",
            Self::Manage => "Also decides on members, visibility and deletion.",
            Self::Owner => "Holds the project: one person, shown in its address.",
        }
    }
}

/// Who sees a thing without being a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Members only.
    Private,
    /// Whoever knows the address; it stands in no list.
    Unlisted,
    /// Everybody.
    Public,
}

impl Visibility {
    /// All, from the most closed to the most open.
    pub const ALL: [Self; 3] = [Self::Private, Self::Unlisted, Self::Public];

    /// The word used in JSON and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Unlisted => "unlisted",
            Self::Public => "public",
        }
    }

    /// Who sees it, as a sentence.
    pub const fn means(self) -> &'static str {
        match self {
            Self::Private => "Only members see it.",
            Self::Unlisted => "Whoever has the address sees it; no list shows it.",
            Self::Public => "Everybody sees it, without an account.",
        }
    }
}

/// A word that is none of the words allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("use one of: {0}")]
pub struct UnknownWord(pub &'static str);

impl FromStr for Role {
    type Err = UnknownWord;
    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        [Self::Read, Self::Edit, Self::Manage, Self::Owner]
            .into_iter()
            .find(|role| role.as_str() == word)
            .ok_or(UnknownWord("read, edit, manage"))
    }
}

impl FromStr for Visibility {
    type Err = UnknownWord;
    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|visibility| visibility.as_str() == word)
            .ok_or(UnknownWord("private, unlisted, public"))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Visibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What an act needs of the one who asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: everybody may.
    Nothing,
    /// The one-time set-up link.
    SetupLink,
    /// To be signed in, by cookie or token.
    User,
    /// To be signed in by cookie: no token may make tokens.
    Session,
    /// A role on the thing that the address names, or its visibility.
    Role(Role),
    /// The token of the running job that the address names.
    Job,
}

/// Every act that a route, a server function or a socket topic can be. The policy table maps each
/// of those to one of these, and there is no other way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Assets, landing page, health, forms of login and sign-up, API description, algorithms.
    Visit,
    /// Make the first administrator.
    SetUp,
    /// Make an account, or log in.
    SignIn,
    /// End the session.
    SignOut,
    /// See one's own account, dashboard, running jobs.
    SeeSelf,
    /// Change one's own profile, password.
    ChangeSelf,
    /// List and revoke personal access tokens.
    ManageTokens,
    /// Make a personal access token.
    MakeToken,
    /// Make a project.
    CreateProject,
    /// See a project and everything in it.
    Read,
    /// Predict with a model one may see.
    Predict,
    /// Upload, make current, train, cancel, set an alias, edit.
    Edit,
    /// Members, visibility.
    Manage,
    /// Delete a project, a dataset, a model.
    Delete,
    /// What a running job may do: read its inputs, report, publish.
    RunJob,
}

impl Action {
    /// What the act needs.
    pub const fn needs(self) -> Needs {
        match self {
            Self::Visit | Self::SignIn => Needs::Nothing,
            Self::SetUp => Needs::SetupLink,
            Self::SignOut | Self::SeeSelf | Self::CreateProject => Needs::User,
            Self::ChangeSelf | Self::ManageTokens | Self::MakeToken => Needs::Session,
            Self::Read | Self::Predict => Needs::Role(Role::Read),
            Self::Edit => Needs::Role(Role::Edit),
            Self::Manage | Self::Delete => Needs::Role(Role::Manage),
            Self::RunJob => Needs::Job,
        }
    }

    /// Whether in a session it needs a password that was given lately: it outlives the session, or
    /// cannot be undone.
    pub const fn confirms(self) -> bool {
        matches!(self, Self::MakeToken | Self::Delete)
    }
}
