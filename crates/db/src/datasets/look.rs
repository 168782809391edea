//! Datasets as people see them.

use super::versions::{self, Shown};
use crate::access::{self, Asker};
use crate::grant::{Grant, Level, Read};
use crate::orders::{self, Order, found, range, total};
use crate::{Conn, Error};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use mlhub_domain::access::Role;
use mlhub_domain::datasets::{Dataset, DatasetVersion};
use mlhub_domain::ids::{DatasetId, ProjectId};
use mlhub_domain::lists::{List, ListQuery};

/// Datasets `d` of projects `p`, with their current versions `c`.
pub(crate) const DATASET: &str = "SELECT d.id, o.name AS owner, p.name AS project, d.name, d.description, \
        p.visibility, d.visibility AS own_visibility, d.current, d.last_version, \
        c.rows, jsonb_array_length(c.columns) AS columns, \
        d.created_at, d.updated_at, count(*) OVER () AS total \
    FROM datasets d JOIN projects p ON p.id = d.project_id JOIN owners o ON o.id = p.owner_id \
    LEFT JOIN dataset_versions c ON c.dataset_id = d.id AND c.version = d.current";

/// The condition under which a list shows the dataset `d` to somebody for whom the condition `edits`
/// says whether they can upload to it. One that never had a version that is ready stands only in the
/// lists of those: for everybody else it was never there. Its address is open to all who may see it.
pub(crate) fn listed(edits: &str) -> String {
    format!("d.deleted_at IS NULL AND (d.current IS NOT NULL OR {edits})")
}

/// The condition that `asker`, who is `$1`, can upload to the dataset `d`.
pub(crate) fn edits(asker: Option<Asker>) -> &'static str {
    match asker {
        Some(Asker { may_edit: true, .. }) => {
            "role_on_project($1, d.project_id) IN ('edit', 'manage', 'owner')"
        }
        Some(Asker { may_edit: false, .. }) | None => "false",
    }
}

/// A row of [`DATASET`].
#[derive(QueryableByName)]
pub(crate) struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Text)]
    project: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    description: String,
    #[diesel(sql_type = Text)]
    visibility: String,
    #[diesel(sql_type = Nullable<Text>)]
    own_visibility: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    current: Option<i32>,
    #[diesel(sql_type = Integer)]
    last_version: i32,
    #[diesel(sql_type = Nullable<BigInt>)]
    rows: Option<i64>,
    #[diesel(sql_type = Nullable<Integer>)]
    columns: Option<i32>,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    updated_at: DateTime<Utc>,
    #[diesel(sql_type = BigInt)]
    pub(crate) total: i64,
}

impl Row {
    fn dataset(self, latest: Option<DatasetVersion>) -> Result<Dataset, Error> {
        Ok(Dataset {
            owner: self.owner.parse().map_err(Error::corrupt("owner name"))?,
            project: self.project.parse().map_err(Error::corrupt("project name"))?,
            name: self.name.parse().map_err(Error::corrupt("dataset name"))?,
            description: self.description,
            visibility: access::open(&self.visibility, self.own_visibility.as_deref())?,
            current: self.current.map(i32::unsigned_abs),
            rows: self.rows.unwrap_or_default().unsigned_abs(),
            columns: self.columns.unwrap_or_default().unsigned_abs(),
            latest,
            versions: self.last_version.unsigned_abs(),
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

/// A dataset with its newest version.
///
/// # Errors
/// [`Error::Missing`] when it was deleted meanwhile.
pub async fn find<L: Level>(
    conn: &mut Conn,
    dataset: &Grant<DatasetId, L>,
) -> Result<Dataset, Error> {
    let row: Row = diesel::sql_query(format!("{DATASET} WHERE d.id = $1 AND d.deleted_at IS NULL"))
        .bind::<BigInt, _>(dataset.id().0)
        .get_result(conn)
        .await?;
    with_latest(conn, vec![row]).await?.pop().ok_or(Error::Missing)
}

/// The order that `query` asks for of [`DATASET`], or `own`.
pub(crate) fn order(query: &ListQuery, own: &str) -> String {
    let (key, falling) = query.order(own);
    let order = match key {
        "rows" => Order::by(["c.rows"]),
        "columns" => Order::by(["jsonb_array_length(c.columns)"]),
        "version" => Order::by(["d.current"]),
        "visibility" => Order::by([&orders::openness("d")]),
        "updated" => Order::by(["d.updated_at", "d.id"]),
        "created" => Order::by(["d.id"]),
        _ => Order::by(["o.name", "p.name", "d.name"]),
    };
    order.sql(falling, "o.name, p.name, d.name")
}

/// The datasets of a project that are [`listed`] for who holds the grant, by name when the query says
/// nothing that [`Sorts::DATASETS`] has.
///
/// [`Sorts::DATASETS`]: mlhub_domain::lists::Sorts::DATASETS
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn list(
    conn: &mut Conn,
    project: &Grant<ProjectId, Read>,
    query: &ListQuery,
) -> Result<List<Dataset>, Error> {
    let (order, (offset, limit)) = (order(query, "name"), range(query));
    let rows: Vec<Row> = diesel::sql_query(format!(
        "{DATASET} WHERE d.project_id = $1 AND {} AND {} \
         ORDER BY {order} OFFSET $3 LIMIT $4",
        listed("$5"),
        found("d.name", "$2"),
    ))
    .bind::<BigInt, _>(project.id().0)
    .bind::<Text, _>(query.q.as_deref().unwrap_or_default())
    .bind::<BigInt, _>(offset)
    .bind::<BigInt, _>(limit)
    .bind::<Bool, _>(project.role() >= Some(Role::Edit))
    .load(conn)
    .await?;
    let total = total(&rows, |row| row.total);
    Ok(query.page(with_latest(conn, rows).await?, total))
}

/// The datasets of these rows, each with its newest version.
pub(crate) async fn with_latest(conn: &mut Conn, rows: Vec<Row>) -> Result<Vec<Dataset>, Error> {
    with(conn, rows, Shown::Latest).await
}

/// The datasets of these rows, each with its current version in place of the newest, where it has
/// one: for who has nothing to do with what is on its way or went wrong.
pub(crate) async fn with_current(conn: &mut Conn, rows: Vec<Row>) -> Result<Vec<Dataset>, Error> {
    with(conn, rows, Shown::Current).await
}

async fn with(conn: &mut Conn, rows: Vec<Row>, shown: Shown) -> Result<Vec<Dataset>, Error> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut versions = versions::shown_of(conn, &ids, shown).await?;
    let with_version = |row: Row| {
        let version = versions.remove(&row.id);
        row.dataset(version)
    };
    rows.into_iter().map(with_version).collect()
}
