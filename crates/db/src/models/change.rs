//! A model is made, described, opened, deleted.

use crate::grant::{Confirmed, Edit, Grant, Manage};
use crate::schema::models;
use crate::{Conn, Error, json};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mlhub_domain::access::Visibility;
use mlhub_domain::ids::{ModelId, ProjectId};
use mlhub_domain::models::Spec;
use mlhub_domain::names::ModelName;

/// Makes a model.
///
/// # Errors
/// [`Error::Taken`] when the project has one of this name (index `models_project_name`).
pub async fn create(
    conn: &mut Conn,
    project: &Grant<ProjectId, Edit>,
    name: &ModelName,
    spec: &Spec,
) -> Result<ModelId, Error> {
    let id = diesel::insert_into(models::table)
        .values((
            models::project_id.eq(project.id().0),
            models::name.eq(name.as_str()),
            models::spec.eq(json::write("spec", spec)?),
        ))
        .returning(models::id)
        .get_result(conn)
        .await?;
    Ok(ModelId(id))
}

/// What can be changed of a model; `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct Change<'a> {
    /// Another name.
    pub name: Option<&'a ModelName>,
    /// What it is for.
    pub description: Option<&'a str>,
    /// The card, as Markdown.
    pub card: Option<&'a str>,
    /// How it is trained from now on.
    pub spec: Option<&'a Spec>,
}

/// Changes a model.
///
/// # Errors
/// [`Error::Missing`] when it was deleted meanwhile; [`Error::Taken`] when the name is.
pub async fn update(
    conn: &mut Conn,
    model: &Grant<ModelId, Edit>,
    change: Change<'_>,
) -> Result<(), Error> {
    let spec = change.spec.map(|spec| json::write("spec", spec)).transpose()?;
    diesel::update(models::table.find(model.id().0))
        .filter(models::deleted_at.is_null())
        .set((
            change.name.map(|name| models::name.eq(name.as_str())),
            change.description.map(|text| models::description.eq(text)),
            change.card.map(|text| models::card.eq(text)),
            spec.map(|spec| models::spec.eq(spec)),
            models::updated_at.eq(diesel::dsl::now),
        ))
        .returning(models::id)
        .get_result::<i64>(conn)
        .await?;
    Ok(())
}

/// Opens or closes a model; `None` lets it follow its project.
///
/// # Errors
/// [`Error::Missing`] when it was deleted meanwhile.
pub async fn set_visibility(
    conn: &mut Conn,
    model: &Grant<ModelId, Manage>,
    visibility: Option<Visibility>,
) -> Result<(), Error> {
    diesel::update(models::table.find(model.id().0))
        .filter(models::deleted_at.is_null())
        .set((
            models::visibility.eq(visibility.map(Visibility::as_str)),
            models::updated_at.eq(diesel::dsl::now),
        ))
        .returning(models::id)
        .get_result::<i64>(conn)
        .await?;
    Ok(())
}

/// Deletes a model: it disappears, its versions stay for the collector.
///
/// # Errors
/// [`Error::Missing`] when it was deleted meanwhile.
pub async fn delete(
    conn: &mut Conn,
    model: &Grant<ModelId, Manage>,
    _: &Confirmed,
) -> Result<(), Error> {
    diesel::update(models::table.find(model.id().0))
        .filter(models::deleted_at.is_null())
        .set(models::deleted_at.eq(diesel::dsl::now))
        .returning(models::id)
        .get_result::<i64>(conn)
        .await?;
    Ok(())
}
