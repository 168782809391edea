//! Names for versions.

use crate::grant::{Edit, Grant};
use crate::schema::{model_aliases, models};
use crate::{Conn, Error};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use mlhub_domain::ids::ModelId;
use mlhub_domain::names::Alias;

/// Lets `alias` point at a version, wherever it pointed before.
///
/// # Errors
/// [`Error::Missing`] when there is no such version.
pub async fn set_alias(
    conn: &mut Conn,
    model: &Grant<ModelId, Edit>,
    alias: &Alias,
    version: u32,
) -> Result<(), Error> {
    let version = i32::try_from(version).unwrap_or(i32::MAX);
    let set = diesel::insert_into(model_aliases::table)
        .values((
            model_aliases::model_id.eq(model.id().0),
            model_aliases::alias.eq(alias.as_str()),
            model_aliases::version.eq(version),
        ))
        .on_conflict((model_aliases::model_id, model_aliases::alias))
        .do_update()
        .set((
            model_aliases::version.eq(excluded(model_aliases::version)),
            model_aliases::updated_at.eq(diesel::dsl::now),
        ))
        .execute(conn)
        .await;
    match set {
        Ok(_) => touch(conn, model).await,
        Err(diesel::result::Error::DatabaseError(
            diesel::result::DatabaseErrorKind::ForeignKeyViolation,
            _,
        )) => Err(Error::Missing),
        Err(other) => Err(other.into()),
    }
}

/// Takes `alias` away from the version that it points at.
///
/// # Errors
/// [`Error::Missing`] when the model has no such alias.
pub async fn remove_alias(
    conn: &mut Conn,
    model: &Grant<ModelId, Edit>,
    alias: &Alias,
) -> Result<(), Error> {
    let pointing = model_aliases::table.find((model.id().0, alias.as_str()));
    match diesel::delete(pointing).execute(conn).await? {
        0 => Err(Error::Missing),
        _ => touch(conn, model).await,
    }
}

/// Notes that a model has changed.
async fn touch(conn: &mut Conn, model: &Grant<ModelId, Edit>) -> Result<(), Error> {
    let touch = diesel::update(models::table.find(model.id().0));
    touch.set(models::updated_at.eq(diesel::dsl::now)).execute(conn).await?;
    Ok(())
}
