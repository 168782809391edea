//! What everybody sees.

use crate::{Error, Hub, db};
use db::dashboard::Whose;
use db::projects::{Order, Which};
use mlhub_domain::dashboard::Explored;

/// The most things of each kind on the page.
const EACH: i64 = 50;

/// The longest text that is searched for.
const LONGEST: usize = 200;

/// Public projects, datasets and models whose address contains `q`.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn explore(hub: &Hub, q: &str) -> Result<Explored, Error> {
    let q: String = q.trim().chars().take(LONGEST).collect();
    look(hub, &q, EACH).await
}

/// The newest public things, `limit` of each kind, for the landing page.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn newest(hub: &Hub, limit: u32) -> Result<Explored, Error> {
    look(hub, "", limit.into()).await
}

async fn look(hub: &Hub, q: &str, limit: i64) -> Result<Explored, Error> {
    let mut conn = hub.conn().await?;
    let order = (q, Order::Newest);
    let (projects, _) =
        db::projects::list(&mut conn, None, &Which::Public, order, (0, limit)).await?;
    Ok(Explored {
        projects,
        datasets: db::dashboard::datasets(&mut conn, Whose::Public, q, limit).await?,
        models: db::dashboard::models(&mut conn, Whose::Public, q, limit).await?,
    })
}
