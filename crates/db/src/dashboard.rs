//! Rows from many projects at once. Which projects those are is part of each statement: the ones
//! that a person is in, what everybody sees, or both.

use crate::access::Asker;
use crate::orders::{found, made_last, range, total};
use crate::{Conn, Error, datasets, models, projects, runs};
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use mlhub_domain::dashboard::{
    Attention, DatasetCard, MOST_SEARCHED, ModelCard, RunCard, Steps, Thing,
};
use mlhub_domain::ids::UserId;
use mlhub_domain::lists::{List, ListQuery};
use mlhub_domain::names::OwnerName;

/// Whose things to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Those in the projects that this person is in.
    MemberOf(Asker),
    /// Those that everybody sees.
    Public,
    /// Those that everybody sees, and those in the projects that this person is in.
    SeenBy(Asker),
}

impl Whose {
    fn asker(self) -> Option<Asker> {
        match self {
            Self::MemberOf(asker) | Self::SeenBy(asker) => Some(asker),
            Self::Public => None,
        }
    }

    /// The number of the person `$1`.
    fn user(self) -> Option<i64> {
        self.asker().map(|asker| asker.user.0)
    }
}

/// The condition that `whose` sees a thing of the project `p`: the person `$1`, or everybody, who
/// see it where `public` holds.
fn seen(whose: Whose, public: &str) -> String {
    let member = "role_on_project($1, p.id) IS NOT NULL";
    match whose {
        Whose::MemberOf(_) => member.to_owned(),
        Whose::Public => format!("$1::bigint IS NULL AND {public}"),
        Whose::SeenBy(_) => format!("({public} OR {member})"),
    }
}

/// The condition that a list shows the dataset `d` of the project `p` to `whose`.
fn datasets_shown(whose: Whose) -> String {
    let listed = datasets::listed(datasets::edits(whose.asker()));
    let seen = seen(whose, "'public' IN (d.visibility, p.visibility)");
    format!("p.deleted_at IS NULL AND {listed} AND {seen}")
}

/// The condition that a list shows the model `m` of the project `p` to `whose`.
fn models_shown(whose: Whose) -> String {
    let trained = "m.deleted_at IS NULL \
                   AND EXISTS (SELECT FROM model_versions v WHERE v.model_id = m.id)";
    let seen = seen(whose, "'public' IN (m.visibility, p.visibility)");
    format!("p.deleted_at IS NULL AND {trained} AND {seen}")
}

/// The ids of all things of a kind that `whose` sees, those made last first.
fn all(whose: Whose, thing: Thing) -> String {
    let of = |things: &str, t: &str, shown: &str| {
        format!(
            "SELECT {t}.id FROM {things} {t} JOIN projects p ON p.id = {t}.project_id \
             WHERE {shown} ORDER BY {t}.id DESC"
        )
    };
    let public = seen(whose, "p.visibility = 'public'");
    match thing {
        Thing::Dataset => of("datasets", "d", &datasets_shown(whose)),
        Thing::Model => of("models", "m", &models_shown(whose)),
        Thing::Project => projects::all(&public),
        Thing::Run => of("runs", "r", &format!("p.deleted_at IS NULL AND {public}")),
    }
}

/// The condition that a search looks through the thing `t`.
fn searched(whose: Whose, thing: Thing, t: &str) -> String {
    made_last(&format!("{t}.id"), &all(whose, thing))
}

/// The condition on a thing `t` of the project `p`, in whose address the words of `$2` are found.
fn in_address(t: &str) -> String {
    found(&format!("o.name || '/' || p.name || '/' || {t}.name"), "$2")
}

/// A page of what a statement selects.
const PAGE: &str = "OFFSET $3 LIMIT $4";

/// The rows of the [`PAGE`] that `query` asks for. In `sql` the person is `$1`, the words are `$2`,
/// and the owner is `$5`.
async fn page_of<R: QueryableByName<Pg> + Send + 'static>(
    conn: &mut Conn,
    whose: Whose,
    (sql, owner): (String, Option<&OwnerName>),
    query: &ListQuery,
) -> Result<Vec<R>, Error> {
    let (offset, limit) = range(query);
    let rows = diesel::sql_query(sql)
        .bind::<Nullable<BigInt>, _>(whose.user())
        .bind::<Text, _>(query.q.as_deref().unwrap_or_default())
        .bind::<BigInt, _>(offset)
        .bind::<BigInt, _>(limit)
        .bind::<Nullable<Text>, _>(owner.map(OwnerName::as_str))
        .load(conn)
        .await?;
    Ok(rows)
}

#[derive(QueryableByName)]
struct MoreRow {
    #[diesel(sql_type = Bool)]
    more: bool,
}

/// Whether `whose` sees more of a kind than a search looks through.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn more(conn: &mut Conn, whose: Whose) -> Result<bool, Error> {
    let past = |thing| format!("EXISTS ({} OFFSET {MOST_SEARCHED} LIMIT 1)", all(whose, thing));
    let row: MoreRow =
        diesel::sql_query(format!("SELECT {} AS more", Thing::ALL.map(past).join(" OR ")))
            .bind::<Nullable<BigInt>, _>(whose.user())
            .get_result(conn)
            .await?;
    Ok(row.more)
}

#[derive(QueryableByName)]
struct ShownRow {
    #[diesel(sql_type = Bool)]
    shown: bool,
}

/// Whether a list shows `whose` anything of `owner`: a project, or a thing that is more open than its
/// project.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn shows(conn: &mut Conn, whose: Whose, owner: &OwnerName) -> Result<bool, Error> {
    let row: ShownRow = diesel::sql_query(format!(
        "SELECT EXISTS ( \
             SELECT FROM projects p JOIN owners o ON o.id = p.owner_id \
             WHERE o.name = $2 AND p.deleted_at IS NULL AND ({} \
                OR EXISTS (SELECT FROM datasets d WHERE d.project_id = p.id AND {}) \
                OR EXISTS (SELECT FROM models m WHERE m.project_id = p.id AND {})) \
         ) AS shown",
        seen(whose, "p.visibility = 'public'"),
        datasets_shown(whose),
        models_shown(whose)
    ))
    .bind::<Nullable<BigInt>, _>(whose.user())
    .bind::<Text, _>(owner.as_str())
    .get_result(conn)
    .await?;
    Ok(row.shown)
}

/// Datasets whose name or project contains what the query looks for, of the [`MOST_SEARCHED`] made
/// last and as far as they are [`listed`](datasets::listed); the one changed last first when it says
/// no other order. Members see how far the newest version is, everybody else the one in use.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn datasets(
    conn: &mut Conn,
    whose: Whose,
    query: &ListQuery,
) -> Result<List<DatasetCard>, Error> {
    datasets_where(conn, whose, (&searched(whose, Thing::Dataset, "d"), None), query).await
}

/// The datasets of `owner`, all of them looked through; else as [`datasets`].
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn datasets_of(
    conn: &mut Conn,
    whose: Whose,
    owner: &OwnerName,
    query: &ListQuery,
) -> Result<List<DatasetCard>, Error> {
    let shown = format!("o.name = $5 AND {}", datasets_shown(whose));
    datasets_where(conn, whose, (&shown, Some(owner)), query).await
}

/// The datasets for which `shown` holds; `$5` in it is `owner`.
async fn datasets_where(
    conn: &mut Conn,
    whose: Whose,
    (shown, owner): (&str, Option<&OwnerName>),
    query: &ListQuery,
) -> Result<List<DatasetCard>, Error> {
    let (named, order) = (in_address("d"), datasets::order(query, "-updated"));
    let sql = format!("{} WHERE {shown} AND {named} ORDER BY {order} {PAGE}", datasets::DATASET);
    let rows: Vec<datasets::Row> = page_of(conn, whose, (sql, owner), query).await?;
    let total = total(&rows, |row| row.total);
    let datasets = match whose {
        Whose::MemberOf(_) => datasets::with_latest(conn, rows).await?,
        Whose::Public | Whose::SeenBy(_) => datasets::with_current(conn, rows).await?,
    };
    Ok(query.page(datasets.into_iter().map(DatasetCard::from).collect(), total))
}

/// Models with a version whose name or project contains what the query looks for, of the
/// [`MOST_SEARCHED`] made last; the one changed last first when it says no other order.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn models(
    conn: &mut Conn,
    whose: Whose,
    query: &ListQuery,
) -> Result<List<ModelCard>, Error> {
    models_where(conn, whose, (&searched(whose, Thing::Model, "m"), None), query).await
}

/// The models of `owner`, all of them looked through; else as [`models`].
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn models_of(
    conn: &mut Conn,
    whose: Whose,
    owner: &OwnerName,
    query: &ListQuery,
) -> Result<List<ModelCard>, Error> {
    let shown = format!("o.name = $5 AND {}", models_shown(whose));
    models_where(conn, whose, (&shown, Some(owner)), query).await
}

/// The models for which `shown` holds; `$5` in it is `owner`.
async fn models_where(
    conn: &mut Conn,
    whose: Whose,
    (shown, owner): (&str, Option<&OwnerName>),
    query: &ListQuery,
) -> Result<List<ModelCard>, Error> {
    let (named, order) = (in_address("m"), models::order(query));
    let sql = format!("{} WHERE {shown} AND {named} ORDER BY {order} {PAGE}", models::SELECT);
    let (models, total) = models::page(page_of(conn, whose, (sql, owner), query).await?)?;
    Ok(query.page(models.into_iter().map(ModelCard::from).collect(), total))
}

/// Runs whose project, number (`run 7`), model or experiment contains what the query looks for, of
/// the [`MOST_SEARCHED`] newest. When it says no other order, the newest first, and before them those
/// whose number it names.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn runs(
    conn: &mut Conn,
    whose: Whose,
    query: &ListQuery,
) -> Result<List<RunCard>, Error> {
    let words = "po.name || '/' || p.name || ' run ' || r.number || ' ' || e.name || ' ' || \
                 coalesce(m.name, '')";
    let shown = format!("{} AND {}", searched(whose, Thing::Run, "r"), found(words, "$2"));
    let order = format!("{}{}", runs::named(query, "$2"), runs::order(query, "-created"));
    let sql = runs::select_page(&shown, &order, PAGE);
    let rows: Vec<runs::Row> = page_of(conn, whose, (sql, None), query).await?;
    let total = total(&rows, |row| row.total);
    Ok(query.page(rows.into_iter().map(card).collect::<Result<_, _>>()?, total))
}

fn card(row: runs::Row) -> Result<RunCard, Error> {
    Ok(RunCard::new(&row.place()?, row.try_into()?))
}

/// The newest runs in the projects of `user`; no others are looked at, however many there are.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn newest_runs(conn: &mut Conn, user: UserId, limit: i64) -> Result<Vec<RunCard>, Error> {
    let rows: Vec<runs::Row> = diesel::sql_query(format!(
        "{} WHERE r.id IN ( \
             SELECT r.id FROM runs r JOIN projects p ON p.id = r.project_id \
             WHERE p.deleted_at IS NULL AND role_on_project($1, p.id) IS NOT NULL \
             ORDER BY r.id DESC LIMIT $2) \
         ORDER BY r.id DESC",
        runs::select()
    ))
    .bind::<BigInt, _>(user.0)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    rows.into_iter().map(card).collect()
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

/// What `asker` started after `since` and what failed then by itself, unless something newer of the
/// same dataset or model stands in its place: the newest first.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn attention(
    conn: &mut Conn,
    asker: Asker,
    since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Attention>, Error> {
    let rows: Vec<AttentionRow> = diesel::sql_query(format!(
        "SELECT o.name || '/' || p.name AS project, f.what, \
                '/' || o.name || '/' || p.name || f.page AS page, f.why, f.at \
         FROM ( \
             SELECT d.project_id, d.name || ' v' || v.version AS what, \
                    '/datasets/' || d.name AS page, \
                    coalesce(v.error ->> 'message', '') AS why, v.created_at AS at \
             FROM dataset_versions v JOIN datasets d ON d.id = v.dataset_id \
             WHERE v.state = 'failed' AND v.created_by = $1 AND v.created_at > $2 \
               AND v.version = d.last_version AND {} \
               AND NOT EXISTS ( \
                   SELECT FROM jobs j WHERE j.id = v.job_id AND j.state = 'cancelled') \
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
        datasets::listed(datasets::edits(Some(asker)))
    ))
    .bind::<BigInt, _>(asker.user.0)
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
