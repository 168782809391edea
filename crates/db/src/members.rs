//! Rows of `members`: everybody in a project but its owner.

use crate::grant::{Grant, Manage, Read};
use crate::orders::found;
use crate::schema::{members, projects};
use crate::{Conn, Error};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use mlhub_domain::access::Role;
use mlhub_domain::ids::{ProjectId, UserId};
use mlhub_domain::projects::Member;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    username: String,
    #[diesel(sql_type = Text)]
    display_name: String,
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = Timestamptz)]
    since: DateTime<Utc>,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

impl TryFrom<Row> for Member {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            user: row.username.parse().map_err(Error::corrupt("username"))?,
            display_name: row.display_name,
            role: row.role.parse().map_err(Error::corrupt("role"))?,
            since: row.since,
        })
    }
}

/// The members, the owner first, then by name; and how many there are.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn list(
    conn: &mut Conn,
    project: &Grant<ProjectId, Read>,
    q: &str,
    (offset, limit): (i64, i64),
) -> Result<(Vec<Member>, i64), Error> {
    let rows: Vec<Row> = diesel::sql_query(format!(
        "SELECT o.name AS username, u.display_name, m.role, m.since, count(*) OVER () AS total \
         FROM (SELECT p.owner_id AS user_id, 'owner' AS role, p.created_at AS since \
               FROM projects p WHERE p.id = $1 \
               UNION ALL SELECT user_id, role, since FROM members WHERE project_id = $1) m \
         JOIN users u ON u.id = m.user_id JOIN owners o ON o.id = u.id \
         WHERE {} ORDER BY m.role <> 'owner', o.name OFFSET $3 LIMIT $4",
        found("o.name || ' ' || lower(u.display_name)", "$2")
    ))
    .bind::<BigInt, _>(project.id().0)
    .bind::<Text, _>(q)
    .bind::<BigInt, _>(offset)
    .bind::<BigInt, _>(limit)
    .get_results(conn)
    .await?;
    let total = rows.as_slice().first().map_or(0, |row| row.total);
    Ok((rows.into_iter().map(Member::try_from).collect::<Result<_, _>>()?, total))
}

/// How many members there are, the owner not among them. Whoever asks next waits until this
/// transaction is over: so that nobody slips in between counting and adding.
///
/// # Errors
/// [`Error::Missing`] when the project was deleted meanwhile.
pub async fn count(conn: &mut Conn, project: &Grant<ProjectId, Manage>) -> Result<i64, Error> {
    let row = projects::table.find(project.id().0).select(projects::id);
    row.for_update().get_result::<i64>(conn).await?;
    let all = members::table.filter(members::project_id.eq(project.id().0));
    Ok(all.count().get_result(conn).await?)
}

/// Makes `user` a member.
///
/// # Errors
/// [`Error::Taken`] (`members_pkey`) when they are one.
pub async fn add(
    conn: &mut Conn,
    project: &Grant<ProjectId, Manage>,
    user: UserId,
    role: Role,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    diesel::insert_into(members::table)
        .values((
            members::project_id.eq(project.id().0),
            members::user_id.eq(user.0),
            members::role.eq(role.as_str()),
            members::since.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Gives a member another role. Returns since when they are a member.
///
/// # Errors
/// [`Error::Missing`] when they are none.
pub async fn set_role(
    conn: &mut Conn,
    project: &Grant<ProjectId, Manage>,
    user: UserId,
    role: Role,
) -> Result<DateTime<Utc>, Error> {
    let since = diesel::update(members::table.find((project.id().0, user.0)))
        .set(members::role.eq(role.as_str()))
        .returning(members::since)
        .get_result(conn)
        .await?;
    Ok(since)
}

/// Ends a membership.
///
/// # Errors
/// [`Error::Missing`] when they are no member.
pub async fn remove(
    conn: &mut Conn,
    project: &Grant<ProjectId, Manage>,
    user: UserId,
) -> Result<(), Error> {
    end(conn, project.id(), user).await
}

/// Ends one's own membership: for that it is enough to see the project.
///
/// # Errors
/// [`Error::Missing`] when they are no member.
pub async fn leave(
    conn: &mut Conn,
    project: &Grant<ProjectId, Read>,
    user: UserId,
) -> Result<(), Error> {
    end(conn, project.id(), user).await
}

async fn end(conn: &mut Conn, project: ProjectId, user: UserId) -> Result<(), Error> {
    let ended = diesel::delete(members::table.find((project.0, user.0))).execute(conn).await?;
    if ended == 0 { Err(Error::Missing) } else { Ok(()) }
}
