//! Rows of `run_events`: what happened in a run, numbered without a gap.

use crate::schema::{run_events, runs};
use crate::{Conn, Error, json};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Jsonb, Timestamptz};
use diesel_async::RunQueryDsl;
use mlhub_domain::ids::RunId;
use mlhub_domain::runs::{Event, LogLine, NumberedEvent, RunLog};
use serde_json::Value;

/// Says that a run has new events; the payload is `run seq`.
pub const CHANNEL: &str = "mlhub_runs";

/// Adds events to a run; answers the number of its newest. Whoever adds waits for whoever adds
/// to the same run, so that the numbers become visible in their order.
///
/// # Errors
/// [`Error::Missing`] when there is no such run.
pub async fn append(conn: &mut Conn, run: RunId, events: &[Event]) -> Result<u64, Error> {
    let count = i64::try_from(events.len()).unwrap_or(i64::MAX);
    let last: i64 = diesel::update(runs::table.find(run.0))
        .set(runs::last_seq.eq(runs::last_seq + count))
        .returning(runs::last_seq)
        .get_result(conn)
        .await?;
    let mut rows = Vec::with_capacity(events.len());
    for (seq, event) in (last - count + 1..).zip(events) {
        let event = json::write("event", event)?;
        rows.push((
            run_events::run_id.eq(run.0),
            run_events::seq.eq(seq),
            run_events::event.eq(event),
        ));
    }
    diesel::insert_into(run_events::table).values(rows).execute(conn).await?;
    Ok(last.unsigned_abs())
}

/// At most `limit` events of a run behind number `after`, in order.
///
/// # Errors
/// [`Error::Corrupt`] when a stored event cannot be read.
pub async fn after(
    conn: &mut Conn,
    run: RunId,
    after: u64,
    limit: u32,
) -> Result<Vec<NumberedEvent>, Error> {
    let rows: Vec<(i64, DateTime<Utc>, Value)> = run_events::table
        .filter(run_events::run_id.eq(run.0))
        .filter(run_events::seq.gt(i64::try_from(after).unwrap_or(i64::MAX)))
        .order(run_events::seq)
        .limit(i64::from(limit))
        .select((run_events::seq, run_events::at, run_events::event))
        .load(conn)
        .await?;
    let numbered = |(seq, at, event): (i64, DateTime<Utc>, Value)| {
        Ok(NumberedEvent { seq: seq.unsigned_abs(), at, event: json::read("event", event)? })
    };
    rows.into_iter().map(numbered).collect()
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    seq: i64,
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
    #[diesel(sql_type = Jsonb)]
    event: Value,
}

/// The newest lines of a run's log, at most `newest`, and the phase it is in. Of a long run most
/// events are values of metrics: indexes of lines and phases alone spare reading those.
///
/// # Errors
/// [`Error::Corrupt`] when a stored event cannot be read.
pub async fn log(conn: &mut Conn, run: RunId, newest: u32) -> Result<RunLog, Error> {
    let rows: Vec<Row> = diesel::sql_query(
        "(SELECT seq, at, event FROM run_events \
          WHERE run_id = $1 AND event ->> 'kind' = 'phase' ORDER BY seq DESC LIMIT 1) \
         UNION ALL \
         (SELECT seq, at, event FROM run_events \
          WHERE run_id = $1 AND event ->> 'kind' = 'log' ORDER BY seq DESC LIMIT $2) \
         ORDER BY seq",
    )
    .bind::<BigInt, _>(run.0)
    .bind::<BigInt, _>(i64::from(newest))
    .load(conn)
    .await?;
    read(rows, newest)
}

fn read(rows: Vec<Row>, newest: u32) -> Result<RunLog, Error> {
    let (mut log, most) = (RunLog::default(), usize::try_from(newest).unwrap_or(usize::MAX));
    for Row { seq, at, event } in rows {
        let event = json::read("event", event)?;
        log.take_in(&NumberedEvent { seq: seq.unsigned_abs(), at, event }, most);
    }
    Ok(log)
}

/// Lines of a run's log after event `after`, at most `limit`, in order.
///
/// # Errors
/// [`Error::Corrupt`] when a stored event cannot be read.
pub async fn lines(
    conn: &mut Conn,
    run: RunId,
    after: u64,
    limit: u32,
) -> Result<Vec<LogLine>, Error> {
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT seq, at, event FROM run_events \
         WHERE run_id = $1 AND event ->> 'kind' = 'log' AND seq > $2 ORDER BY seq LIMIT $3",
    )
    .bind::<BigInt, _>(run.0)
    .bind::<BigInt, _>(i64::try_from(after).unwrap_or(i64::MAX))
    .bind::<BigInt, _>(i64::from(limit))
    .load(conn)
    .await?;
    Ok(read(rows, limit)?.lines)
}

/// The number of a run's newest event.
///
/// # Errors
/// [`Error::Missing`] when there is no such run.
pub async fn last(conn: &mut Conn, run: RunId) -> Result<u64, Error> {
    let last: i64 = runs::table.find(run.0).select(runs::last_seq).first(conn).await?;
    Ok(last.unsigned_abs())
}
