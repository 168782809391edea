//! Counts for the operator.

use crate::{Conn, Error};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    users: i64,
    #[diesel(sql_type = BigInt)]
    projects: i64,
    #[diesel(sql_type = BigInt)]
    waiting: i64,
    #[diesel(sql_type = BigInt)]
    running: i64,
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

/// Name, meaning, value of each.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn all(conn: &mut Conn) -> Result<Vec<(&'static str, &'static str, i64)>, Error> {
    let row: Row = diesel::sql_query(
        "SELECT (SELECT count(*) FROM users) AS users, \
                (SELECT count(*) FROM projects WHERE deleted_at IS NULL) AS projects, \
                (SELECT count(*) FROM jobs WHERE state = 'ready') AS waiting, \
                (SELECT count(*) FROM jobs WHERE state = 'running') AS running, \
                (SELECT coalesce(sum(size), 0)::bigint FROM objects) AS bytes",
    )
    .get_result(conn)
    .await?;
    Ok(vec![
        ("mlhub_users", "Accounts.", row.users),
        ("mlhub_projects", "Projects that are not deleted.", row.projects),
        ("mlhub_jobs_waiting", "Jobs that wait for a worker.", row.waiting),
        ("mlhub_jobs_running", "Jobs at work.", row.running),
        ("mlhub_object_bytes", "Bytes of all objects that are referred to.", row.bytes),
    ])
}
