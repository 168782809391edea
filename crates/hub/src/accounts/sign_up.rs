//! Making an account.

use super::log_in::enter;
use super::password::check_strength;
use super::sessions::SignedIn;
use super::throttle::{self, Visit};
use crate::{Error, Hub, db};
use db::accounts::{Login, NewUser};
use db::{AsyncConnection as _, Conn};
use mlhub_domain::accounts::{BadEmail, Email};
use mlhub_domain::names::OwnerName;
use mlhub_domain::problem::{Code, FieldError, Problem};

/// What somebody typed to get an account. `Debug` leaves the password out.
#[derive(Clone, Default)]
pub struct NewAccount {
    /// The address to log in with.
    pub email: String,
    /// The password.
    pub password: String,
    /// The name in addresses, whose letters become small ones; made from the e-mail address when
    /// absent or empty.
    pub username: Option<String>,
}

impl std::fmt::Debug for NewAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewAccount")
            .field("email", &self.email)
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

/// The same, understood.
pub(super) struct Parsed {
    email: Email,
    username: Option<OwnerName>,
}

impl NewAccount {
    /// # Errors
    /// `InvalidValue` naming every field that is wrong, with what was typed (but the password).
    pub(super) fn parse(&self) -> Result<Parsed, Error> {
        let mut fields = Vec::new();
        let mut wrong = |field: &str, why: String, given: &str| {
            fields.push(FieldError {
                field: field.into(),
                message: why,
                given: Some(given.into()),
            });
        };
        let email = self.email.parse::<Email>();
        let email = email.and_then(|email| email.is_whole().then_some(email).ok_or(BadEmail));
        if let Err(why) = &email {
            wrong("email", format!("{why}."), &self.email);
        }
        let typed = self.username.as_deref().map(str::trim).filter(|name| !name.is_empty());
        // Names are one whatever their case, and stored in small letters.
        let username = typed.map(|name| name.to_ascii_lowercase().parse::<OwnerName>()).transpose();
        if let Err(why) = &username {
            wrong("username", format!("A username: {why}."), typed.unwrap_or_default());
        }
        match (email, username) {
            (Ok(email), Ok(username)) => Ok(Parsed { email, username }),
            _ => {
                let detail = fields.iter().map(|field| field.message.as_str()).collect::<Vec<_>>();
                let problem = Problem::new(Code::InvalidValue, detail.join(" "));
                Err(Problem { fields, ..problem }.into())
            }
        }
    }

    /// Refuses a password that is easy to guess for who knows the rest.
    pub(super) async fn check_password(&self) -> Result<(), Error> {
        let username = self.username.as_deref().unwrap_or_default();
        check_strength(&self.password, &[&self.email, username]).await
    }

    /// What was wrong with the rest, and with the password too: nobody is told one after the other.
    pub(super) async fn refused(&self, rest: Error) -> Error {
        let all = Error::all([Err(rest), self.check_password().await]);
        all.expect_err("the rest is wrong")
    }
}

/// Makes an account and starts its first session, where sign-up is open.
///
/// # Errors
/// `RegistrationClosed`; `InvalidValue` and `WeakPassword` with the fields; `EmailTaken`,
/// `UsernameTaken`; `RateLimited`; `ServerBusy`.
pub async fn sign_up(hub: &Hub, new: &NewAccount, visit: &Visit) -> Result<SignedIn, Error> {
    if !hub.settings().registration_open {
        let detail = "An administrator of this server can make an account for you.";
        return Err(Error::new(Code::RegistrationClosed, detail));
    }
    let parsed = match new.parse() {
        Ok(parsed) => parsed,
        Err(rest) => return Err(new.refused(rest).await),
    };
    throttle::address(hub, "signup", visit, hub.settings().sign_ups_per_address).await?;
    new.check_password().await?;
    let hash = hub.hasher().hash(&new.password).await?;
    let mut conn = hub.conn().await?;
    let started = conn.transaction(async |conn| {
        let login = create(conn, hub, &parsed, &hash, false).await?;
        enter(conn, hub, login, visit, "user.create").await
    });
    Ok(started.await?.committed(hub))
}

/// Makes the account. Without a username it takes the first free one of `ada`, `ada-2`, `ada-3`, …
pub(super) async fn create(
    conn: &mut Conn,
    hub: &Hub,
    new: &Parsed,
    password_hash: &str,
    admin: bool,
) -> Result<Login, Error> {
    let now = hub.now();
    let email = &new.email;
    let taken = |name: &OwnerName| {
        let given = name.as_str();
        let text = format!("The username “{given}” is taken. Choose another.");
        Error::from(Problem::field(Code::UsernameTaken, "username", text, Some(given)))
    };
    let wished = match &new.username {
        Some(name) => name.clone(),
        None => OwnerName::suggested_by(email.as_str()).unwrap_or_else(someone),
    };
    // Beyond that, numbers are drawn: nobody waits for a thousand tries.
    let numbers = (2..=20).chain((0..5).map(|_| rand::random_range(1_000..1_000_000)));
    let more =
        numbers.map(|n| wished.numbered(n)).take(if new.username.is_some() { 0 } else { 24 });
    for name in std::iter::once(wished.clone()).chain(more) {
        let user = NewUser { username: &name, email, password_hash, admin, now };
        let made = db::accounts::create(conn, &user).await.map_err(|e| email_taken(e, email))?;
        if let Some(id) = made {
            return Ok(db::accounts::by_id(conn, id).await?);
        }
    }
    Err(taken(&wished))
}

fn someone() -> OwnerName {
    "user".parse().expect("a plain word is a name")
}

fn email_taken(error: db::Error, email: &Email) -> Error {
    match error {
        db::Error::Taken { .. } => {
            let text = "This e-mail cannot be used for a new account. If it is yours, sign in.";
            Problem::field(Code::EmailTaken, "email", text, Some(email.as_str())).into()
        }
        other => other.into(),
    }
}
