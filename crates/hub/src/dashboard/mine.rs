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
    let user = actor.id().ok_or_else(Error::unauthenticated)?;
    let running = crate::jobs::open(hub, actor).await?;
    let mut conn = hub.conn().await?;
    let (asker, newest) = ((Some(user), actor.may_edit()), ("", Order::Newest));
    let (projects, _) = db::projects::list(&mut conn, asker, &Which::Mine, newest, (0, 6)).await?;
    let whose = Whose::MemberOf(user);
    let five = ListQuery { limit: Some(5), ..ListQuery::default() };
    Ok(Dashboard {
        running,
        attention: db::dashboard::attention(&mut conn, user, hub.now() - RECENT, 5).await?,
        projects,
        datasets: db::dashboard::datasets(&mut conn, whose, &five).await?.items,
        models: db::dashboard::models(&mut conn, whose, &five).await?.items,
        runs: db::dashboard::newest_runs(&mut conn, user, 8).await?,
        steps: db::dashboard::steps(&mut conn, user).await?,
    })
}
