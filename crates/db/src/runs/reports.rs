//! What a run reported: events, log, curves.

use crate::grant::{Grant, Read};
use crate::{Conn, Error, events};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Double, Text};
use diesel_async::RunQueryDsl;
use mlhub_domain::ids::RunId;
use mlhub_domain::num::Num;
use mlhub_domain::runs::{LogLine, NumberedEvent, RunLog, Series};
use std::collections::BTreeMap;

/// Events after `after`, at most `limit`, in order.
///
/// # Errors
/// [`Error::Corrupt`] when a stored event cannot be read.
pub async fn events(
    conn: &mut Conn,
    run: &Grant<RunId, Read>,
    after: u64,
    limit: u32,
) -> Result<Vec<NumberedEvent>, Error> {
    events::after(conn, run.id(), after, limit).await
}

/// Lines of a run's log after event `after`, at most `limit`, in order.
///
/// # Errors
/// [`Error::Corrupt`] when a stored event cannot be read.
pub async fn lines(
    conn: &mut Conn,
    run: &Grant<RunId, Read>,
    after: u64,
    limit: u32,
) -> Result<Vec<LogLine>, Error> {
    events::lines(conn, run.id(), after, limit).await
}

/// The newest lines of a run's log, at most `newest`, and the phase it is in.
///
/// # Errors
/// [`Error::Corrupt`] when a stored event cannot be read.
pub async fn log(conn: &mut Conn, run: &Grant<RunId, Read>, newest: u32) -> Result<RunLog, Error> {
    events::log(conn, run.id(), newest).await
}

/// What stays of a part of a long curve: the first point, the last, the lowest, the highest, and the
/// first that is no number, so that a gap stays a gap.
const STAYS: [&str; 5] = [
    "ORDER BY step",
    "ORDER BY step DESC",
    "AND abs(value) < 'Infinity' ORDER BY value, step",
    "AND abs(value) < 'Infinity' ORDER BY value DESC, step",
    "AND NOT abs(value) < 'Infinity' ORDER BY step",
];

/// The points of the curves `$2` of run `$1` (all, where none is named); of one with more than `$3`,
/// what [`STAYS`] of each of `$4` equally long parts. A part is read by itself, along the primary
/// key: a curve of a million points is neither sorted nor sent as a whole.
fn points() -> String {
    let stays = STAYS.map(|which| {
        format!(
            "(SELECT step, value FROM metric_points WHERE run_id = $1 AND key = p.key \
                AND step BETWEEN p.first AND p.last {which} LIMIT 1)"
        )
    });
    format!(
        "WITH curves AS ( \
             SELECT key, count(*) AS points, min(step) AS first, max(step) AS last \
             FROM metric_points WHERE run_id = $1 AND (cardinality($2) = 0 OR key = ANY ($2)) \
             GROUP BY key \
         ), parts AS ( \
             SELECT key, (first + div((last - first + 1::numeric) * n, $4))::bigint AS first, \
                    (first + div((last - first + 1::numeric) * (n + 1), $4) - 1)::bigint AS last \
             FROM curves, generate_series(0, $4 - 1) AS n WHERE points > $3 \
         ) \
         SELECT p.key, m.step, m.value FROM parts p, LATERAL ({}) m \
         UNION ALL \
         SELECT m.key, m.step, m.value FROM metric_points m JOIN curves c ON c.key = m.key \
         WHERE m.run_id = $1 AND c.points <= $3 \
         ORDER BY key, step",
        stays.join(" UNION ")
    )
}

/// A row of [`points`].
#[derive(QueryableByName)]
struct Point {
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = BigInt)]
    step: i64,
    #[diesel(sql_type = Double)]
    value: f64,
}

/// The logged values of a run's metrics, each by step: all of them, or only `keys`. A curve of more
/// than `most` points, at least five, is thinned to so many; its ends and its extremes stay.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn series(
    conn: &mut Conn,
    run: &Grant<RunId, Read>,
    keys: &[String],
    most: usize,
) -> Result<Vec<Series>, Error> {
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let read: Vec<Point> = diesel::sql_query(points())
        .bind::<BigInt, _>(run.id().0)
        .bind::<Array<Text>, _>(keys)
        .bind::<BigInt, _>(count(most))
        .bind::<BigInt, _>(count((most / STAYS.len()).max(1)))
        .load(conn)
        .await?;
    let mut by_key: BTreeMap<String, Vec<(u64, Num)>> = BTreeMap::new();
    for Point { key, step, value } in read {
        by_key.entry(key).or_default().push((step.unsigned_abs(), Num(value)));
    }
    Ok(by_key.into_iter().map(|(key, points)| Series { key, points }).collect())
}
