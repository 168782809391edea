//! What one may see of all projects, and a search in it.

use crate::projects::{Which, list};
use crate::{Actor, Error, Hub, db};
use db::dashboard::Whose;
use mlhub_domain::dashboard::{Explored, Scope, Search, Thing};
use mlhub_domain::lists::ListQuery;

/// The longest text that is searched for.
const LONGEST: usize = 200;

/// So many of each kind are shown where none is listed page by page.
const EACH: u32 = 20;

/// Projects, datasets, models and runs in whose address the words that are looked for are found: of
/// what everybody sees, and of the projects that the one who asks is in.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn explore(hub: &Hub, actor: &Actor, search: &Search) -> Result<Explored, Error> {
    let words = search.query.q.as_deref().unwrap_or_default().split_whitespace();
    let q: String = words.collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect();
    let query = ListQuery { q: Some(q).filter(|q| !q.is_empty()), ..search.query.clone() };
    let search = Search { query, ..search.clone() };
    let found = look(hub, actor, &search, EACH).await?;
    let Some(query) = search.thing.and_then(|thing| past_the_end(&search.query, &found, thing))
    else {
        return Ok(found);
    };
    // How many there are is told by each of them: the first one is asked.
    let counted = look(hub, actor, &Search { query, ..search }, EACH).await?;
    Ok(with_totals(found, &counted))
}

/// The newest public things, `limit` of each kind, for the landing page.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn newest(hub: &Hub, limit: u32) -> Result<Explored, Error> {
    look(hub, &Actor::visitor(), &Search::default(), limit).await
}

async fn look(hub: &Hub, actor: &Actor, search: &Search, each: u32) -> Result<Explored, Error> {
    let (which, whose) = match (actor.id(), search.scope) {
        (Some(user), Scope::Seen) => (Which::Seen, Whose::SeenBy(user)),
        (Some(user), Scope::Mine) => (Which::Mine, Whose::MemberOf(user)),
        (Some(_), Scope::Public) | (None, _) => (Which::Public, Whose::Public),
    };
    let query = |thing| query(search, thing, each);
    let projects = list(hub, actor, &which, &query(Thing::Project)).await?;
    let mut conn = hub.conn().await?;
    Ok(Explored {
        projects,
        datasets: db::dashboard::datasets(&mut conn, whose, &query(Thing::Dataset)).await?,
        models: db::dashboard::models(&mut conn, whose, &query(Thing::Model)).await?,
        runs: db::dashboard::runs(&mut conn, whose, &query(Thing::Run)).await?,
    })
}

/// What is asked for of one kind: the page of the one that is listed, one of each other for their
/// number; some of each where none is listed.
fn query(search: &Search, thing: Thing, each: u32) -> ListQuery {
    match search.thing {
        Some(listed) if listed == thing => search.query.clone(),
        Some(_) => ListQuery { q: search.query.q.clone(), limit: Some(1), ..ListQuery::default() },
        None => ListQuery { q: search.query.q.clone(), limit: Some(each), ..ListQuery::default() },
    }
}

fn past_the_end(query: &ListQuery, found: &Explored, thing: Thing) -> Option<ListQuery> {
    match thing {
        Thing::Model => query.past_the_end(&found.models.items),
        Thing::Dataset => query.past_the_end(&found.datasets.items),
        Thing::Project => query.past_the_end(&found.projects.items),
        Thing::Run => query.past_the_end(&found.runs.items),
    }
}

fn with_totals(mut found: Explored, counted: &Explored) -> Explored {
    found.models.total = counted.models.total;
    found.datasets.total = counted.datasets.total;
    found.projects.total = counted.projects.total;
    found.runs.total = counted.runs.total;
    found
}
