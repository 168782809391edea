//! Looking at runs.

use crate::{Actor, Error, Hub, access, db};
use db::grant::Read;
use mlhub_domain::lists::{List, ListQuery};
use mlhub_domain::num::Num;
use mlhub_domain::projects::ProjectPath;
use mlhub_domain::runs::{NumberedEvent, Run, RunLog, RunPath, RunStatus, Series};
use mlhub_jobs::live::Subscription;

/// The most events in one answer.
const MAX_EVENTS: u32 = 1_000;

/// The most points of a series in one answer, unless more are asked for.
const POINTS: usize = 500;

/// A run.
///
/// # Errors
/// `NotFound` from [`access::run`].
pub async fn get(hub: &Hub, actor: &Actor, at: &RunPath) -> Result<Run, Error> {
    let mut conn = hub.conn().await?;
    let run = access::run::<Read>(&mut conn, actor, at).await?;
    Ok(db::runs::get(&mut conn, &run).await?)
}

/// Which runs to list.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Only those that train this model.
    pub model: Option<String>,
    /// Only those of this experiment.
    pub experiment: Option<String>,
    /// Only those in this state.
    pub status: Option<RunStatus>,
    /// Page, search, order (`run` or `-run`).
    pub query: ListQuery,
}

/// Runs of a project, the newest first.
///
/// # Errors
/// `NotFound` from [`access::project`].
pub async fn list(
    hub: &Hub,
    actor: &Actor,
    at: &ProjectPath,
    listing: &Listing,
) -> Result<List<Run>, Error> {
    let mut conn = hub.conn().await?;
    let project = access::project::<Read>(&mut conn, actor, at).await?;
    let which = db::runs::Which {
        model: listing.model.as_deref(),
        experiment: listing.experiment.as_deref(),
        status: listing.status,
    };
    let (runs, total) = db::runs::list(&mut conn, &project, which, &listing.query).await?;
    Ok(listing.query.page(runs, total))
}

/// Events after `after`, in order, at most a thousand: ask again with the last one's number.
///
/// # Errors
/// `NotFound` from [`access::run`].
pub async fn events(
    hub: &Hub,
    actor: &Actor,
    at: &RunPath,
    after: u64,
) -> Result<Vec<NumberedEvent>, Error> {
    let mut conn = hub.conn().await?;
    let run = access::run::<Read>(&mut conn, actor, at).await?;
    Ok(db::runs::events(&mut conn, &run, after, MAX_EVENTS).await?)
}

/// The newest lines of a run's log, at most `newest` and at most a thousand, and the phase it is
/// in, without the values of metrics that most events are.
///
/// # Errors
/// `NotFound` from [`access::run`].
pub async fn log(hub: &Hub, actor: &Actor, at: &RunPath, newest: u32) -> Result<RunLog, Error> {
    let mut conn = hub.conn().await?;
    let run = access::run::<Read>(&mut conn, actor, at).await?;
    Ok(db::runs::log(&mut conn, &run, newest.min(MAX_EVENTS)).await?)
}

/// Follows a run: its events after `after`, and those to come.
///
/// # Errors
/// `NotFound` from [`access::run`].
pub async fn follow(
    hub: &Hub,
    actor: &Actor,
    at: &RunPath,
    after: u64,
) -> Result<Subscription, Error> {
    let mut conn = hub.conn().await?;
    let run = access::run::<Read>(&mut conn, actor, at).await?;
    drop(conn);
    Ok(hub.live().subscribe(run.id(), after).await?)
}

/// The logged metrics of a run: of `keys`, or of all, thinned to `points` each. First, last,
/// smallest and largest of what is left out stay visible.
///
/// # Errors
/// `NotFound` from [`access::run`].
pub async fn metrics(
    hub: &Hub,
    actor: &Actor,
    at: &RunPath,
    keys: &[String],
    points: Option<usize>,
) -> Result<Vec<Series>, Error> {
    let mut conn = hub.conn().await?;
    let run = access::run::<Read>(&mut conn, actor, at).await?;
    let mut all = db::runs::series(&mut conn, &run, keys).await?;
    for series in &mut all {
        series.points = thin(std::mem::take(&mut series.points), points.unwrap_or(POINTS).max(4));
    }
    Ok(all)
}

/// Keeps the first, the last, and of each stretch between them the smallest and the largest.
fn thin(points: Vec<(u64, Num)>, most: usize) -> Vec<(u64, Num)> {
    if points.len() <= most {
        return points;
    }
    let (first, last) = (points[0], points[points.len() - 1]);
    let inner = &points[1..points.len() - 1];
    let size = inner.len().div_ceil((most - 2) / 2);
    let mut kept = vec![first];
    for stretch in inner.chunks(size) {
        let by_value = |a: &&(u64, Num), b: &&(u64, Num)| a.1.0.total_cmp(&b.1.0);
        let ends = [stretch.iter().min_by(by_value), stretch.iter().max_by(by_value)];
        let mut ends: Vec<_> = ends.into_iter().flatten().copied().collect();
        ends.sort_by_key(|(step, _)| *step);
        ends.dedup_by_key(|(step, _)| *step);
        kept.extend(ends);
    }
    kept.push(last);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_the_ends_and_the_spikes() {
        let value = |step: u64| if step == 777 { 9.0 } else { 1.0 / (step + 1) as f64 };
        let points: Vec<_> = (0..10_000).map(|step| (step, Num(value(step)))).collect();
        let thinned = thin(points.clone(), 500);
        assert!(thinned.len() <= 500, "{}", thinned.len());
        assert_eq!((thinned[0], thinned[thinned.len() - 1]), (points[0], points[9_999]));
        assert!(thinned.contains(&(777, Num(9.0))));
        assert!(thinned.is_sorted_by_key(|(step, _)| *step));
        assert_eq!(thin(points[..500].to_vec(), 500).len(), 500);
    }
}
