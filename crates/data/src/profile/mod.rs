//! What the columns of a table look like: exact, by a second look at the written columns.
//!
//! Each column is read alone, so memory is that of one column for each thread. A sorted copy of
//! its values gives distinct values, the most frequent ones, quantiles and histogram at once.
//! Only beyond [`EXACT_ROWS`] are some of these estimated, and then named in `approximate`.

mod column;
mod duplicates;
mod numbers;
mod partition;
mod strays;
mod texts;
mod warnings;

use crate::Error;
use crate::table::Table;
use column::Hashed;
use duplicates::RowHashes;
use mlhub_domain::profile::{ColumnProfile, Profile};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use strays::Strays;

/// Up to this many rows everything is exact: 160 MB for each thread.
pub(crate) const EXACT_ROWS: u64 = 20_000_000;

/// What the ingest knows and the warnings should say.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) rejected_rows: u64,
    pub(crate) rejected_cells: u64,
    /// Decisions that someone should look at, with their column.
    pub(crate) guessed: Vec<(Option<String>, String)>,
    /// For each column row and line, from 1, of its first text, where it is text.
    pub(crate) first_texts: Vec<Option<(u64, u64)>>,
}

/// The profile of `table`. `progress` hears the share that is done.
pub(crate) fn of(
    table: &Table,
    threads: usize,
    found: Found,
    progress: &(dyn Fn(f64) -> ControlFlow<()> + Sync),
) -> Result<Profile, Error> {
    let total = table.columns().len();
    let next = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    let work = || -> Result<(Vec<(usize, Seen)>, RowHashes), Error> {
        let (mut mine, mut rows) = (Vec::new(), RowHashes::new(table.rows_count()));
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= total {
                return Ok((mine, rows));
            }
            mine.push((index, column::look(table, index, &mut rows)?));
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if progress(done as f64 / total as f64).is_break() {
                next.store(total, Ordering::Relaxed);
                return Err(Error::Cancelled);
            }
        }
    };
    let results = std::thread::scope(|scope| {
        let workers: Vec<_> =
            (0..threads.clamp(1, total.max(1))).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect::<Result<Vec<_>, Error>>()
    })?;
    let mut columns = Vec::with_capacity(total);
    let mut rows = RowHashes::new(0);
    for (mine, hashes) in results {
        columns.extend(mine);
        rows.join(hashes);
    }
    columns.sort_by_key(|(index, _)| *index);
    let mut columns: Vec<Seen> = columns.into_iter().map(|(_, seen)| seen).collect();
    pair(table.rows_count(), &mut columns);
    let duplicates = rows.duplicates();
    let warnings = warnings::of(table.rows_count(), &columns, duplicates, found);
    let columns = columns.into_iter().map(|seen| seen.profile).collect();
    Ok(Profile { rows: table.rows_count(), columns, warnings })
}

/// In fewer rows columns divide alike by chance.
const PAIRED_ROWS: u64 = 20;

/// Names to each column the first one that divides the rows alike.
fn pair(rows: u64, columns: &mut [Seen]) {
    if rows < PAIRED_ROWS {
        return;
    }
    let mut first: HashMap<u64, String> = HashMap::new();
    for seen in columns {
        let Some(partition) = seen.hashed.partition else { continue };
        match first.entry(partition) {
            Entry::Occupied(other) => seen.profile.same_as = Some(other.get().clone()),
            Entry::Vacant(place) => {
                place.insert(seen.profile.name.clone());
            }
        }
    }
}

/// What was seen of one column.
pub(crate) struct Seen {
    pub(crate) profile: ColumnProfile,
    pub(crate) hashed: Hashed,
    /// The words but for which a text column would not be one.
    pub(crate) strays: Option<Strays>,
}
