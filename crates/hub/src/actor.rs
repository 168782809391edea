//! Who asks.

use crate::db::access::Asker;
use mlhub_domain::access::Role;
use mlhub_domain::ids::{SessionId, TokenId, UserId};
use mlhub_domain::names::OwnerName;

/// The one who asks for something, as the server recognised them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actor {
    /// The account; `None` for a visitor.
    pub user: Option<Account>,
    /// How they were recognised.
    pub credential: Credential,
}

/// The account of one who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Row number.
    pub id: UserId,
    /// The name in addresses.
    pub username: OwnerName,
    /// The name shown to people.
    pub display_name: String,
    /// Whether this is a site administrator.
    pub admin: bool,
}

/// How somebody was recognised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Credential {
    /// Not at all.
    #[default]
    None,
    /// By the cookies of a browser.
    Session(SessionId),
    /// By a personal access token.
    Token {
        /// Which.
        id: TokenId,
        /// The highest role that its scopes allow.
        most: Option<Role>,
    },
    /// By running on this machine as the owner of the data folder: `mlhub admin`.
    Console,
}

impl Actor {
    /// Nobody in particular.
    pub fn visitor() -> Self {
        Self::default()
    }

    /// The account's row number.
    pub fn id(&self) -> Option<UserId> {
        self.user.as_ref().map(|user| user.id)
    }

    /// `role` as far as the credential lets it reach. Seeing what is open to everybody needs none.
    pub(crate) fn capped(&self, role: Role) -> Option<Role> {
        match &self.credential {
            Credential::Token { most, .. } => most.map(|most| role.min(most)),
            Credential::None | Credential::Session(_) | Credential::Console => Some(role),
        }
    }

    /// The one who asks for a list; `None` when they are shown what everybody is.
    pub(crate) fn asker(&self) -> Option<Asker> {
        let (user, most) = self.id().zip(self.capped(Role::Owner))?;
        Some(Asker { user, may_edit: most >= Role::Edit })
    }
}
