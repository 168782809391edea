//! Rows of `audit`: who did what to what. Only ever added, in the transaction of the act itself.

use crate::schema::audit;
use crate::{Conn, Error, json};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mlhub_domain::ids::{ProjectId, TokenId, UserId};
use serde_json::Value;

/// One act.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// Who; `None` for nobody signed in, and for the console.
    pub actor: Option<UserId>,
    /// With which token.
    pub token: Option<TokenId>,
    /// In which project.
    pub project: Option<ProjectId>,
    /// What, as noun and verb: `project.create`.
    pub action: &'a str,
    /// To what, as its address or name.
    pub target: &'a str,
    /// What else matters: before, after.
    pub detail: Value,
    /// When.
    pub at: DateTime<Utc>,
}

/// Adds a row.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn record(conn: &mut Conn, entry: Entry<'_>) -> Result<(), Error> {
    diesel::insert_into(audit::table)
        .values((
            audit::at.eq(entry.at),
            audit::actor_id.eq(entry.actor.map(|id| id.0)),
            audit::token_id.eq(entry.token.map(|id| id.0)),
            audit::project_id.eq(entry.project.map(|id| id.0)),
            audit::action.eq(entry.action),
            audit::target.eq(entry.target),
            audit::detail.eq(json::write("detail", &entry.detail)?),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
