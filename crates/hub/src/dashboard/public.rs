//! What one may see of all projects, and a search in it.

use crate::lists::Wanted;
use crate::projects::{Which, list};
use crate::{Actor, Error, Hub, db};
use db::Conn;
use db::dashboard::Whose;
use mlhub_domain::dashboard::{DatasetCard, Explored, ModelCard, RunCard, Scope, Search, Thing};
use mlhub_domain::lists::{List, ListQuery};

/// The longest text that is searched for.
const LONGEST: usize = 200;

/// So many of each kind are shown where none is listed page by page.
const EACH: u32 = 20;

/// Projects, datasets, models and runs in whose address the words that are looked for are found: of
/// what everybody sees, and of the projects that the one who asks is in. However many there are, no
/// more than [`MOST_SEARCHED`](mlhub_domain::dashboard::MOST_SEARCHED) of a kind are looked through.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn explore(hub: &Hub, actor: &Actor, search: &Search) -> Result<Explored, Error> {
    let words = search.query.q.as_deref().unwrap_or_default().split_whitespace();
    let q: String = words.collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect();
    let query = ListQuery { q: Some(q).filter(|q| !q.is_empty()), ..search.query.clone() };
    let search = Search { query, ..search.clone() };
    let (which, whose) = match (actor.asker(), search.scope) {
        (Some(asker), Scope::Seen) => (Which::Seen, Whose::SeenBy(asker)),
        (Some(asker), Scope::Mine) => (Which::Mine, Whose::MemberOf(asker)),
        (Some(_), Scope::Public) | (None, _) => (Which::Public, Whose::Public),
    };
    let projects = list(hub, actor, &which, &query_of(&search, Thing::Project)).await?;
    let mut conn = hub.conn().await?;
    Ok(Explored {
        projects,
        datasets: datasets(&mut conn, whose, &query_of(&search, Thing::Dataset)).await?,
        models: models(&mut conn, whose, &query_of(&search, Thing::Model)).await?,
        runs: runs(&mut conn, whose, &query_of(&search, Thing::Run)).await?,
        more: db::dashboard::more(&mut conn, whose).await?,
    })
}

/// The models and datasets that everybody sees, `limit` of each that changed last, for the landing
/// page.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn newest(hub: &Hub, limit: u32) -> Result<(Vec<ModelCard>, Vec<DatasetCard>), Error> {
    let query = ListQuery { limit: Some(limit), ..ListQuery::default() };
    let mut conn = hub.conn().await?;
    let models = models(&mut conn, Whose::Public, &query).await?.items;
    Ok((models, datasets(&mut conn, Whose::Public, &query).await?.items))
}

/// What is asked for of one kind: the page of the one that is listed, one of each other for their
/// number; some of each where none is listed.
fn query_of(search: &Search, thing: Thing) -> ListQuery {
    match search.thing {
        Some(listed) if listed == thing => search.query.clone(),
        Some(_) => ListQuery { q: search.query.q.clone(), limit: Some(1), ..ListQuery::default() },
        None => ListQuery { q: search.query.q.clone(), limit: Some(EACH), ..ListQuery::default() },
    }
}

async fn datasets(
    conn: &mut Conn,
    whose: Whose,
    query: &ListQuery,
) -> Result<List<DatasetCard>, Error> {
    let mut wanted = Wanted::of(query);
    loop {
        let found = db::dashboard::datasets(conn, whose, wanted.query()).await?;
        if let Some(page) = wanted.found(found.items, found.total) {
            return Ok(page);
        }
    }
}

async fn models(
    conn: &mut Conn,
    whose: Whose,
    query: &ListQuery,
) -> Result<List<ModelCard>, Error> {
    let mut wanted = Wanted::of(query);
    loop {
        let found = db::dashboard::models(conn, whose, wanted.query()).await?;
        if let Some(page) = wanted.found(found.items, found.total) {
            return Ok(page);
        }
    }
}

async fn runs(conn: &mut Conn, whose: Whose, query: &ListQuery) -> Result<List<RunCard>, Error> {
    let mut wanted = Wanted::of(query);
    loop {
        let found = db::dashboard::runs(conn, whose, wanted.query()).await?;
        if let Some(page) = wanted.found(found.items, found.total) {
            return Ok(page);
        }
    }
}
