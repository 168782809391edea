//! The first administrator. While there is none, a link with a secret in it makes one. The secret
//! is derived from those of the installation: it is stored nowhere, the same after a restart and on
//! every web node, and worth nothing once an administrator exists.

use super::log_in::enter;
use super::sessions::SignedIn;
use super::sign_up::{NewAccount, create};
use super::throttle::Visit;
use crate::{Error, Hub, db};
use db::AsyncConnection as _;
use mlhub_domain::accounts::SetUpLink;
use mlhub_domain::problem::Code;

/// Whether there is no administrator yet.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn set_up_needed(hub: &Hub) -> Result<bool, Error> {
    let mut conn = hub.conn().await?;
    Ok(!db::accounts::admin_exists(&mut conn).await?)
}

/// The secret of the set-up link; `None` once an administrator exists.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn set_up_link(hub: &Hub) -> Result<Option<String>, Error> {
    Ok(set_up_needed(hub).await?.then(|| secret(hub)))
}

fn secret(hub: &Hub) -> String {
    hex::encode(&hub.secrets().derive("set-up link", &[])[..20])
}

/// What a link with the secret `link` is good for. It says no more than using the link would.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn look_at_link(hub: &Hub, link: &str) -> Result<SetUpLink, Error> {
    if !set_up_needed(hub).await? {
        return Ok(SetUpLink::Used);
    }
    // Compared as MACs, so that the time says nothing about how much of it is right.
    let mac = |text: &str| hub.secrets().derive("set-up comparison", text.as_bytes());
    let right = mac(link) == mac(&secret(hub));
    Ok(if right { SetUpLink::Good } else { SetUpLink::Wrong })
}

/// Makes the first administrator, who comes with the secret of the link, and their session.
///
/// # Errors
/// `SetupDone` when there is one; `NotFound` for a wrong secret; else as sign-up.
pub async fn set_up(
    hub: &Hub,
    link: &str,
    new: &NewAccount,
    visit: &Visit,
) -> Result<SignedIn, Error> {
    match look_at_link(hub, link).await? {
        SetUpLink::Good => {}
        SetUpLink::Used => return Err(done()),
        SetUpLink::Wrong => {
            let detail =
                "This is not the set-up link of this server: it is printed when the server starts.";
            return Err(Error::new(Code::NotFound, detail));
        }
    }
    let parsed = match new.parse() {
        Ok(parsed) => parsed,
        Err(rest) => return Err(new.refused(rest).await),
    };
    new.check_password().await?;
    let hash = hub.hasher().hash(&new.password).await?;
    let mut conn = hub.conn().await?;
    let started = conn.transaction(async |conn| {
        db::accounts::lock_setup(conn).await?;
        if db::accounts::admin_exists(conn).await? {
            return Err(done());
        }
        let login = create(conn, hub, &parsed, &hash, true).await?;
        enter(conn, hub, login, visit, "server.set-up").await
    });
    Ok(started.await?.committed(hub))
}

fn done() -> Error {
    Error::new(Code::SetupDone, "This server has an administrator already. Sign in instead.")
}
