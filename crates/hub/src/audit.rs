//! Who did what: written in the transaction of the act.

use crate::{Actor, Credential, Error, Hub, db};
use db::Conn;
use mlhub_domain::ids::ProjectId;
use serde_json::Value;

/// Notes that `actor` did `action` (as `project.create`) to `target`.
///
/// # Errors
/// `Internal` when the database refuses the row.
pub async fn record(
    conn: &mut Conn,
    hub: &Hub,
    actor: &Actor,
    project: Option<ProjectId>,
    (action, target): (&str, &str),
    detail: Value,
) -> Result<(), Error> {
    let token = match actor.credential {
        Credential::Token { id, .. } => Some(id),
        Credential::None | Credential::Session(_) | Credential::Console => None,
    };
    let actor = actor.id();
    let entry = db::audit::Entry { actor, token, project, action, target, detail, at: hub.now() };
    Ok(db::audit::record(conn, entry).await?)
}
