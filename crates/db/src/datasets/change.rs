//! What people change about a dataset.

use crate::grant::{Confirmed, Edit, Grant, Manage};
use crate::schema::{dataset_versions, datasets};
use crate::{Conn, Error};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mlhub_domain::access::Visibility;
use mlhub_domain::ids::{DatasetId, ProjectId};
use mlhub_domain::names::DatasetName;

/// A dataset to be made.
pub struct NewDataset<'a> {
    /// Its name.
    pub name: &'a DatasetName,
    /// What it holds.
    pub description: &'a str,
    /// Who sees it; `None` follows the project.
    pub visibility: Option<Visibility>,
}

/// Makes a dataset without versions.
///
/// # Errors
/// [`Error::Taken`] when the project has one of this name (index `datasets_project_name`).
pub async fn create(
    conn: &mut Conn,
    project: &Grant<ProjectId, Edit>,
    new: &NewDataset<'_>,
) -> Result<DatasetId, Error> {
    let id: i64 = diesel::insert_into(datasets::table)
        .values((
            datasets::project_id.eq(project.id().0),
            datasets::name.eq(new.name.as_str()),
            datasets::description.eq(new.description),
            datasets::visibility.eq(new.visibility.map(Visibility::as_str)),
        ))
        .returning(datasets::id)
        .get_result(conn)
        .await?;
    Ok(DatasetId(id))
}

/// Sets the name of a dataset that is not deleted.
///
/// # Errors
/// [`Error::Missing`] when it was deleted meanwhile; [`Error::Taken`] when a sibling has the name.
pub async fn rename(
    conn: &mut Conn,
    dataset: &Grant<DatasetId, Edit>,
    name: &DatasetName,
) -> Result<(), Error> {
    let change = diesel::update(datasets::table.find(dataset.id().0))
        .filter(datasets::deleted_at.is_null())
        .set((datasets::name.eq(name.as_str()), datasets::updated_at.eq(diesel::dsl::now)));
    one(change.execute(conn).await?)
}

/// Says what a dataset holds.
///
/// # Errors
/// [`Error::Missing`] when it was deleted meanwhile.
pub async fn describe(
    conn: &mut Conn,
    dataset: &Grant<DatasetId, Edit>,
    description: &str,
) -> Result<(), Error> {
    let change = diesel::update(datasets::table.find(dataset.id().0))
        .filter(datasets::deleted_at.is_null())
        .set((datasets::description.eq(description), datasets::updated_at.eq(diesel::dsl::now)));
    one(change.execute(conn).await?)
}

/// Opens a dataset further than its project, or lets it follow the project with `None`.
///
/// # Errors
/// [`Error::Missing`] when it was deleted meanwhile.
pub async fn set_visibility(
    conn: &mut Conn,
    dataset: &Grant<DatasetId, Manage>,
    visibility: Option<Visibility>,
) -> Result<(), Error> {
    let change = diesel::update(datasets::table.find(dataset.id().0))
        .filter(datasets::deleted_at.is_null())
        .set((
            datasets::visibility.eq(visibility.map(Visibility::as_str)),
            datasets::updated_at.eq(diesel::dsl::now),
        ));
    one(change.execute(conn).await?)
}

/// Makes `version` the one that is shown and used.
///
/// # Errors
/// [`Error::Missing`] when the dataset has no such version that is ready.
pub async fn set_current(
    conn: &mut Conn,
    dataset: &Grant<DatasetId, Edit>,
    version: u32,
) -> Result<(), Error> {
    let version = i32::try_from(version).unwrap_or(i32::MAX);
    let ready = dataset_versions::table
        .filter(dataset_versions::dataset_id.eq(dataset.id().0))
        .filter(dataset_versions::version.eq(version))
        .filter(dataset_versions::state.eq("ready"));
    let change = diesel::update(datasets::table.find(dataset.id().0))
        .filter(datasets::deleted_at.is_null())
        .filter(diesel::dsl::exists(ready))
        .set((datasets::current.eq(Some(version)), datasets::updated_at.eq(diesel::dsl::now)));
    one(change.execute(conn).await?)
}

/// Takes a dataset away from everybody. Its rows and objects stay until they are collected.
///
/// # Errors
/// [`Error::Missing`] when it was deleted meanwhile.
pub async fn delete(
    conn: &mut Conn,
    dataset: &Grant<DatasetId, Manage>,
    _: &Confirmed,
) -> Result<(), Error> {
    let change = diesel::update(datasets::table.find(dataset.id().0))
        .filter(datasets::deleted_at.is_null())
        .set(datasets::deleted_at.eq(diesel::dsl::now));
    one(change.execute(conn).await?)
}

fn one(changed: usize) -> Result<(), Error> {
    if changed == 1 { Ok(()) } else { Err(Error::Missing) }
}
