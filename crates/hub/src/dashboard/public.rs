//! What everybody sees, and a search in it.

use crate::{Actor, Error, Hub, db};
use db::dashboard::Whose;
use db::projects::{Order, Which};
use mlhub_domain::dashboard::Explored;

/// The longest text that is searched for.
const LONGEST: usize = 200;

/// Projects, datasets and models whose address contains `q`: of what is public, and of the projects
/// that the one who asks is in. Without a text to search for it is what everybody sees.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn explore(hub: &Hub, actor: &Actor, q: &str) -> Result<Explored, Error> {
    let q: String = q.trim().chars().take(LONGEST).collect();
    let visitor = Actor::visitor();
    look(hub, if q.is_empty() { &visitor } else { actor }, &q, Explored::EACH as i64).await
}

/// The newest public things, `limit` of each kind, for the landing page.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn newest(hub: &Hub, limit: u32) -> Result<Explored, Error> {
    look(hub, &Actor::visitor(), "", limit.into()).await
}

async fn look(hub: &Hub, actor: &Actor, q: &str, limit: i64) -> Result<Explored, Error> {
    let asker = actor.id();
    let (which, whose) = match asker {
        Some(user) => (Which::Seen, Whose::SeenBy(user)),
        None => (Which::Public, Whose::Public),
    };
    let mut conn = hub.conn().await?;
    let (order, range) = ((q, Order::Newest), (0, limit));
    let (projects, _) = db::projects::list(&mut conn, asker, &which, order, range).await?;
    Ok(Explored {
        projects,
        datasets: db::dashboard::datasets(&mut conn, whose, q, limit).await?,
        models: db::dashboard::models(&mut conn, whose, q, limit).await?,
    })
}
