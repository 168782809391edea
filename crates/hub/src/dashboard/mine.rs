//! The dashboard of one person.

use crate::{Actor, Error, Hub, db};
use chrono::Duration;
use db::dashboard::Whose;
use db::projects::{Order, Which};
use mlhub_domain::dashboard::Dashboard;
use mlhub_domain::lists::ListQuery;

/// How long a failure asks for attention.
const RECENT: Duration = Duration::days(14);

/// Everything that the dashboard of the one who asks shows.
///
/// # Errors
/// `Unauthenticated` for a visitor.
pub async fn mine(hub: &Hub, actor: &Actor) -> Result<Dashboard, Error> {
    let asker = actor.asker().ok_or_else(Error::unauthenticated)?;
    let running = crate::jobs::open(hub, actor).await?;
    let mut conn = hub.conn().await?;
    let (some, newest) = (Some(asker), ("", Order::Newest));
    let (projects, _) = db::projects::list(&mut conn, some, &Which::Mine, newest, (0, 6)).await?;
    let whose = Whose::MemberOf(asker);
    let five = ListQuery { limit: Some(5), ..ListQuery::default() };
    Ok(Dashboard {
        running,
        attention: db::dashboard::attention(&mut conn, asker, hub.now() - RECENT, 5).await?,
        projects,
        datasets: db::dashboard::datasets(&mut conn, whose, &five).await?.items,
        models: db::dashboard::models(&mut conn, whose, &five).await?.items,
        runs: db::dashboard::newest_runs(&mut conn, asker.user, 8).await?,
        steps: db::dashboard::steps(&mut conn, asker.user).await?,
    })
}
