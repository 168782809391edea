//! Rows of `projects`.

use crate::access::Asker;
use crate::grant::{Changes, Confirmed, Grant, Level, Manage};
use crate::orders::{found, made_last};
use crate::schema::projects;
use crate::{Conn, Error, datasets};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use mlhub_domain::access::{Role, Visibility};
use mlhub_domain::ids::{ProjectId, UserId};
use mlhub_domain::names::{OwnerName, ProjectName};
use mlhub_domain::projects::Project;

/// A project to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewProject<'a> {
    /// Whose it will be.
    pub owner: UserId,
    /// Its name.
    pub name: &'a ProjectName,
    /// Who sees it.
    pub visibility: Visibility,
    /// What it is for.
    pub description: &'a str,
    /// Now.
    pub now: DateTime<Utc>,
}

/// What to change; `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Its name.
    pub name: Option<ProjectName>,
    /// Who sees it.
    pub visibility: Option<Visibility>,
    /// What it is for.
    pub description: Option<String>,
}

/// Which projects a list holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those that the one who asks is a member of.
    Mine,
    /// Those that everybody sees.
    Public,
    /// Those that everybody sees, and those that the one who asks is a member of.
    Seen,
    /// Those of one owner, as far as the one who asks sees them in a list.
    OwnedBy(OwnerName),
}

/// The orders a list can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By owner and name.
    Name,
    /// By owner and name, backwards.
    NameBackwards,
    /// The one changed longest ago first.
    Oldest,
    /// The one changed last first.
    Newest,
}

impl Order {
    fn sql(self) -> &'static str {
        match self {
            Self::Name => "o.name, p.name",
            Self::NameBackwards => "o.name DESC, p.name DESC",
            Self::Oldest => "p.updated_at, p.id",
            Self::Newest => "p.updated_at DESC, p.id DESC",
        }
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    visibility: String,
    #[diesel(sql_type = Text)]
    description: String,
    #[diesel(sql_type = Nullable<Text>)]
    role: Option<String>,
    #[diesel(sql_type = BigInt)]
    datasets: i64,
    #[diesel(sql_type = BigInt)]
    models: i64,
    #[diesel(sql_type = BigInt)]
    runs: i64,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    updated_at: DateTime<Utc>,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

/// What [`Row`] selects of `projects p` and `owners o`, for the asker `$1`: as many datasets as
/// their list has, where the condition `edits` says whether they can upload to the dataset `d`.
fn columns(edits: &str) -> String {
    format!(
        "o.name AS owner, p.name, p.visibility, p.description, \
         role_on_project($1, p.id) AS role, \
         (SELECT count(*) FROM datasets d WHERE d.project_id = p.id AND {}) AS datasets, \
         (SELECT count(*) FROM models m WHERE m.project_id = p.id AND m.deleted_at IS NULL) AS models, \
         (SELECT count(*) FROM runs r WHERE r.project_id = p.id) AS runs, \
         p.created_at, p.updated_at, count(*) OVER () AS total",
        datasets::listed(edits)
    )
}

impl TryFrom<Row> for Project {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let role = row.role.as_deref().map(str::parse).transpose();
        Ok(Self {
            owner: row.owner.parse().map_err(Error::corrupt("owner"))?,
            name: row.name.parse().map_err(Error::corrupt("project name"))?,
            visibility: row.visibility.parse().map_err(Error::corrupt("visibility"))?,
            description: row.description,
            role: role.map_err(Error::corrupt("role"))?,
            datasets: row.datasets.unsigned_abs(),
            models: row.models.unsigned_abs(),
            runs: row.runs.unsigned_abs(),
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// Makes a project.
///
/// # Errors
/// [`Error::Taken`] (`projects_owner_name`) when the owner has one of this name.
pub async fn create(conn: &mut Conn, new: &NewProject<'_>) -> Result<ProjectId, Error> {
    let id: i64 = diesel::insert_into(projects::table)
        .values((
            projects::owner_id.eq(new.owner.0),
            projects::name.eq(new.name.as_str()),
            projects::visibility.eq(new.visibility.as_str()),
            projects::description.eq(new.description),
            projects::created_at.eq(new.now),
            projects::updated_at.eq(new.now),
        ))
        .returning(projects::id)
        .get_result(conn)
        .await?;
    Ok(ProjectId(id))
}

/// A project as `asker` sees it, with the role that the grant knows.
///
/// # Errors
/// [`Error::Missing`] when it was deleted meanwhile.
pub async fn get<L: Level>(
    conn: &mut Conn,
    project: &Grant<ProjectId, L>,
    asker: Option<UserId>,
) -> Result<Project, Error> {
    let row: Row = diesel::sql_query(format!(
        "SELECT {} FROM projects p JOIN owners o ON o.id = p.owner_id \
         WHERE p.id = $2 AND p.deleted_at IS NULL",
        columns("$3")
    ))
    .bind::<Nullable<BigInt>, _>(asker.map(|user| user.0))
    .bind::<BigInt, _>(project.id().0)
    .bind::<Bool, _>(project.role() >= Some(Role::Edit))
    .get_result(conn)
    .await?;
    Ok(Project { role: project.role(), ..row.try_into()? })
}

/// The condition that the one who asks, `$1`, is in the project `p`.
const MINE: &str = "(p.owner_id = $1 OR EXISTS (SELECT FROM members m \
                    WHERE m.project_id = p.id AND m.user_id = $1))";

/// The ids of all projects `p` for which `which` holds, those made last first.
pub(crate) fn all(which: &str) -> String {
    format!("SELECT p.id FROM projects p WHERE p.deleted_at IS NULL AND {which} ORDER BY p.id DESC")
}

/// Projects in whose `owner/name` each word of `q` is found, and how many there are on all pages.
/// Where everybody's are looked through, it is those [`made_last`]. Datasets without a version that
/// is ready are counted where `asker` can upload to them.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn list(
    conn: &mut Conn,
    asker: Option<Asker>,
    which: &Which,
    (q, order): (&str, Order),
    (offset, limit): (i64, i64),
) -> Result<(Vec<Project>, i64), Error> {
    let made_last = |which: &str| format!("$2 = '' AND {}", made_last("p.id", &all(which)));
    let (condition, owner) = match which {
        Which::Mine => (format!("$2 = '' AND {MINE}"), ""),
        Which::Public => (made_last("p.visibility = 'public'"), ""),
        Which::Seen => (made_last(&format!("(p.visibility = 'public' OR {MINE})")), ""),
        Which::OwnedBy(owner) => {
            (format!("o.name = $2 AND (p.visibility = 'public' OR {MINE})"), owner.as_str())
        }
    };
    let rows: Vec<Row> = diesel::sql_query(format!(
        "SELECT {} FROM projects p JOIN owners o ON o.id = p.owner_id \
         WHERE p.deleted_at IS NULL AND {condition} \
           AND {} ORDER BY {} OFFSET $4 LIMIT $5",
        columns(datasets::edits(asker)),
        found("o.name || '/' || p.name", "$3"),
        order.sql()
    ))
    .bind::<Nullable<BigInt>, _>(asker.map(|asker| asker.user.0))
    .bind::<Text, _>(owner)
    .bind::<Text, _>(q)
    .bind::<BigInt, _>(offset)
    .bind::<BigInt, _>(limit)
    .get_results(conn)
    .await?;
    let total = rows.as_slice().first().map_or(0, |row| row.total);
    Ok((rows.into_iter().map(Project::try_from).collect::<Result<_, _>>()?, total))
}

/// Changes a project. What the change needs (edit or manage) is for the caller to ask for.
///
/// # Errors
/// [`Error::Missing`] when it was deleted meanwhile; [`Error::Taken`] (`projects_owner_name`)
/// when its owner has another one of this name.
pub async fn update<L: Changes>(
    conn: &mut Conn,
    project: &Grant<ProjectId, L>,
    change: &Change,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let changed = diesel::update(projects::table.find(project.id().0))
        .filter(projects::deleted_at.is_null())
        .set((
            change.name.as_ref().map(|name| projects::name.eq(name.as_str())),
            change.visibility.map(|visibility| projects::visibility.eq(visibility.as_str())),
            change.description.as_deref().map(|text| projects::description.eq(text)),
            projects::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    if changed == 0 { Err(Error::Missing) } else { Ok(()) }
}

/// Deletes a project softly: its name becomes free, its rows stay until they are collected.
///
/// # Errors
/// [`Error::Missing`] when it was deleted meanwhile.
pub async fn delete(
    conn: &mut Conn,
    project: &Grant<ProjectId, Manage>,
    _: &Confirmed,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let deleted = diesel::update(projects::table.find(project.id().0))
        .filter(projects::deleted_at.is_null())
        .set(projects::deleted_at.eq(now))
        .execute(conn)
        .await?;
    if deleted == 0 { Err(Error::Missing) } else { Ok(()) }
}
