//! Rows from many projects at once. Which projects those are is part of each statement: the ones
//! that a person is in, what everybody sees, or both.

use crate::{Conn, Error, datasets, models, runs};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use mlhub_domain::dashboard::{Attention, DatasetCard, ModelCard, RunCard, Steps};
use mlhub_domain::ids::UserId;
use mlhub_domain::models::Model;

/// Whose things to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Those in the projects that this person is in.
    MemberOf(UserId),
    /// Those that everybody sees.
    Public,
    /// Those that everybody sees, and those in the projects that this person is in.
    SeenBy(UserId),
}

impl Whose {
    fn user(self) -> Option<i64> {
        match self {
            Self::MemberOf(user) | Self::SeenBy(user) => Some(user.0),
            Self::Public => None,
        }
    }
}

/// The condition on a thing `t` of the project `p`, for the person `$1` or nobody.
fn visible(whose: Whose, t: &str) -> String {
    let member = "role_on_project($1, p.id) IS NOT NULL";
    let public = format!("'public' IN ({t}.visibility, p.visibility)");
    let seen = match whose {
        Whose::MemberOf(_) => member.to_owned(),
        Whose::Public => format!("$1::bigint IS NULL AND {public}"),
        Whose::SeenBy(_) => format!("({public} OR {member})"),
    };
    format!(
        "{t}.deleted_at IS NULL AND p.deleted_at IS NULL AND {seen} AND \
         strpos(o.name || '/' || p.name || '/' || {t}.name, lower($2)) > 0 \
         ORDER BY {t}.updated_at DESC, {t}.id DESC LIMIT $3"
    )
}

/// Datasets whose name or project contains `q`, the one changed last first. Members see how far the
/// newest version is; what is shown to everybody has a version that is ready, and that one is shown.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn datasets(
    conn: &mut Conn,
    whose: Whose,
    q: &str,
    limit: i64,
) -> Result<Vec<DatasetCard>, Error> {
    let own = matches!(whose, Whose::MemberOf(_));
    let ready = if own { "" } else { "d.current IS NOT NULL AND " };
    let query = format!("{} WHERE {ready}{}", datasets::DATASET, visible(whose, "d"));
    let rows = diesel::sql_query(query)
        .bind::<Nullable<BigInt>, _>(whose.user())
        .bind::<Text, _>(q)
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?;
    let datasets = match own {
        true => datasets::with_latest(conn, rows).await?,
        false => datasets::with_current(conn, rows).await?,
    };
    Ok(datasets.into_iter().map(DatasetCard::from).collect())
}

/// Models with a version whose name or project contains `q`, the one changed last first.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn models(
    conn: &mut Conn,
    whose: Whose,
    q: &str,
    limit: i64,
) -> Result<Vec<ModelCard>, Error> {
    let visible = visible(whose, "m");
    let trained = format!("{} WHERE s.version IS NOT NULL AND {visible}", models::SELECT);
    let rows: Vec<models::Row> = diesel::sql_query(trained)
        .bind::<Nullable<BigInt>, _>(whose.user())
        .bind::<Text, _>(q)
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?;
    rows.into_iter().map(|row| Model::try_from(row).map(ModelCard::from)).collect()
}

/// Runs in the projects of `user`, the newest first.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn runs(conn: &mut Conn, user: UserId, limit: i64) -> Result<Vec<RunCard>, Error> {
    let rows: Vec<runs::Row> = diesel::sql_query(format!(
        "{} WHERE r.id IN ( \
             SELECT r.id FROM runs r JOIN projects p ON p.id = r.project_id \
             WHERE p.deleted_at IS NULL AND role_on_project($1, p.id) IS NOT NULL \
             ORDER BY r.id DESC LIMIT $2) \
         ORDER BY r.id DESC",
        runs::SELECT
    ))
    .bind::<BigInt, _>(user.0)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    rows.into_iter().map(|row| Ok(RunCard::new(&row.place()?, row.try_into()?))).collect()
}

#[derive(QueryableByName)]
struct AttentionRow {
    #[diesel(sql_type = Text)]
    project: String,
    #[diesel(sql_type = Text)]
    what: String,
    #[diesel(sql_type = Text)]
    page: String,
    #[diesel(sql_type = Text)]
    why: String,
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
}

/// What `user` started after `since` and what failed then, unless something newer of the same
/// dataset or model stands in its place: the newest first.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn attention(
    conn: &mut Conn,
    user: UserId,
    since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Attention>, Error> {
    let rows: Vec<AttentionRow> = diesel::sql_query(
        "SELECT o.name || '/' || p.name AS project, f.what, \
                '/' || o.name || '/' || p.name || f.page AS page, f.why, f.at \
         FROM ( \
             SELECT d.project_id, d.name || ' v' || v.version AS what, \
                    '/datasets/' || d.name AS page, \
                    coalesce(v.error ->> 'message', '') AS why, v.created_at AS at \
             FROM dataset_versions v JOIN datasets d ON d.id = v.dataset_id \
             WHERE v.state = 'failed' AND v.created_by = $1 AND v.created_at > $2 \
               AND v.version = d.last_version AND d.deleted_at IS NULL \
             UNION ALL \
             SELECT r.project_id, coalesce(m.name || ' · ', '') || 'run ' || r.number, \
                    '/runs/' || r.number, coalesce(r.error ->> 'message', ''), \
                    coalesce(r.finished_at, r.created_at) \
             FROM runs r LEFT JOIN models m ON m.id = r.model_id \
             WHERE r.status = 'failed' AND r.created_by = $1 AND r.created_at > $2 \
               AND m.deleted_at IS NULL AND NOT EXISTS ( \
                   SELECT FROM runs n WHERE n.model_id = r.model_id AND n.number > r.number) \
         ) f JOIN projects p ON p.id = f.project_id JOIN owners o ON o.id = p.owner_id \
         WHERE p.deleted_at IS NULL AND role_on_project($1, p.id) IS NOT NULL \
         ORDER BY f.at DESC LIMIT $3",
    )
    .bind::<BigInt, _>(user.0)
    .bind::<Timestamptz, _>(since)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    let show = |row: AttentionRow| {
        let AttentionRow { project, what, page, why, at } = row;
        Attention { what, project, why, page, at }
    };
    Ok(rows.into_iter().map(show).collect())
}

#[derive(QueryableByName)]
struct StepsRow {
    #[diesel(sql_type = Bool)]
    project: bool,
    #[diesel(sql_type = Bool)]
    dataset: bool,
    #[diesel(sql_type = Bool)]
    model: bool,
    #[diesel(sql_type = Bool)]
    shared: bool,
}

/// Which of the first steps `user`, or somebody they work with, has taken.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn steps(conn: &mut Conn, user: UserId) -> Result<Steps, Error> {
    let StepsRow { project, dataset, model, shared } = diesel::sql_query(
        "WITH mine AS ( \
             SELECT p.id, p.visibility FROM projects p \
             WHERE p.deleted_at IS NULL AND role_on_project($1, p.id) IS NOT NULL) \
         SELECT EXISTS (SELECT FROM mine) AS project, \
             EXISTS (SELECT FROM mine JOIN datasets d ON d.project_id = mine.id \
                 WHERE d.current IS NOT NULL AND d.deleted_at IS NULL) AS dataset, \
             EXISTS (SELECT FROM mine JOIN models m ON m.project_id = mine.id \
                 WHERE m.last_version > 0 AND m.deleted_at IS NULL) AS model, \
             EXISTS (SELECT FROM mine JOIN models m ON m.project_id = mine.id \
                 WHERE m.last_version > 0 AND m.deleted_at IS NULL \
                   AND (mine.visibility <> 'private' OR m.visibility <> 'private')) AS shared",
    )
    .bind::<BigInt, _>(user.0)
    .get_result(conn)
    .await?;
    Ok(Steps { project, dataset, model, shared })
}
